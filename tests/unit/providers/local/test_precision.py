"""The dtype of a model is known without torch, and is the one that torch gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest
import torch

from evalkit.config.schema import Dtype
from evalkit.errors import ModelLoadError
from evalkit.providers.local import machine, precision

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("wanted", get_args(Dtype))
@pytest.mark.parametrize("device", ["cpu", "auto"])
def test_the_name_is_that_of_the_dtype_torch_is_given(wanted: Dtype, device: str) -> None:
    """For every dtype of the config, on the CPU and on whatever `auto` is here."""
    given = machine.pick_dtype(wanted, machine.pick_device(device))
    assert f"torch.{precision.dtype_name(wanted, device)}" == str(given)


def test_a_build_for_a_gpu_is_asked_for_its_devices(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such a build may have a GPU, whose dtype only torch knows."""
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text("")
    (tmp_path / "torch" / "version.py").write_text(
        "from typing import Optional\ncuda: Optional[str] = '12.8'\nhip = None\n"
    )
    monkeypatch.setattr(
        precision, "find_spec", lambda _: _Spec(str(tmp_path / "torch" / "__init__.py"))
    )
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: True)
    assert precision.dtype_name("auto", "auto") == "bfloat16"
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: False)
    assert precision.dtype_name("auto", "auto") == "float32"


def test_a_device_that_is_not_there_is_refused() -> None:
    """Though its dtype is named: the run would fail later."""
    with pytest.raises(ModelLoadError, match="no device cuda:7"):
        precision.dtype_name("float16", "cuda:7")


class _Spec:
    def __init__(self, origin: str) -> None:
        self.origin = origin
