"""Products with weights in oneDNN's own layout: the same model, faster."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import torch

from evalkit.config.environment import cache_folder
from evalkit.providers.local import kernels
from evalkit.providers.local.kernels import Products, choose_products
from evalkit.providers.local.layers import PackedLinear, n_parameters
from evalkit.providers.local.shared import SharedPath
from tests.support.families import (
    FAMILIES,
    SMALL,
    build,
    expected_of,
    fastest,
    make,
    model_of,
    written_by,
)
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from torch.nn import Linear, Module
    from transformers import PreTrainedModel

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not torch.backends.mkldnn.is_available(),  # type: ignore[no-untyped-call]
        reason="torch lacks oneDNN",
    ),
]


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep measurements of these tests apart."""
    monkeypatch.setenv("EVALKIT_CACHE", str(tmp_path))


def always(*, packed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have one of the two ways measured as faster."""

    def seconds(ways: Sequence[Sequence[Module]], _: Linear) -> list[dict[int, float]]:
        return [{1: 1.0, 8: 2.0 - (packed and at)} for at, _ in enumerate(ways)]

    monkeypatch.setattr(kernels, "_seconds", seconds)


WIDTHS = """
import psutil, torch
from evalkit.providers.local.kernels import choose_products
from evalkit.providers.local.layers import PackedLinear
from tests.support.families import SMALL, build
choose_products(build("qwen2", **SMALL))
layer = PackedLinear(torch.nn.Linear(896, 896, bias=False))
before = psutil.Process().memory_info().rss
with torch.inference_mode():
    for n_rows in range(1, 401):
        layer(torch.ones(n_rows, 896))
print(psutil.Process().memory_info().rss - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted otherwise elsewhere")
def test_batches_of_many_sizes_leave_little_behind() -> None:
    """Of the kernels that oneDNN makes for each number of rows, few are kept; all were, before."""
    few, all_of_them = (
        int(
            subprocess.run(  # noqa: S603 - ourselves
                [sys.executable, "-c", WIDTHS],
                capture_output=True,
                check=True,
                cwd=ROOT,
                env=os.environ | given,
            ).stdout
        )
        for given in ({}, {"ONEDNN_PRIMITIVE_CACHE_CAPACITY": "1024", "LRU_CACHE_CAPACITY": "1024"})
    )
    assert few < 0.7 * all_of_them


def packed_in(model: PreTrainedModel) -> list[str]:
    """Return the names of packed layers."""
    return [name for name, module in model.named_modules() if isinstance(module, PackedLinear)]


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("shape", [(1,), (7,), (1, 5), (2, 3)])
def test_a_packed_layer_gives_the_product(shape: tuple[int, ...], *, bias: bool) -> None:
    """Rows of any shape, also transposed ones: as in float64, within float32's rounding."""
    linear = torch.nn.Linear(48, 80, bias=bias)
    rows = torch.randn(48, *shape[::-1]).permute(*range(len(shape), -1, -1))
    with torch.inference_mode():
        expected = copy.deepcopy(linear).double()(rows.double())
        torch.testing.assert_close(PackedLinear(linear)(rows), expected.float())


def test_a_packed_layer_still_tells_its_weights() -> None:
    """Code that reads `weight` gets the numbers that were packed; elsewhere they are plain."""
    linear = torch.nn.Linear(48, 80)
    packed = PackedLinear(linear)
    assert torch.equal(packed.weight, linear.weight)
    assert packed.to("meta").weight.shape == (80, 48)


@pytest.mark.parametrize("family", FAMILIES)
def test_packed_equals_generate(family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every family writes the token ids that its library writes with plain weights."""
    always(packed=True, monkeypatch=monkeypatch)
    model = copy.deepcopy(model_of(family))
    assert choose_products(model) == Products(packed=True, guess_width=8, full_width=8)
    assert packed_in(model)
    path = SharedPath(model=model, chunk=64, kernels=fastest())
    assert written_by(path, 5) == expected_of(family)


def test_the_faster_way_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights are packed only where that was measured to be faster."""
    always(packed=False, monkeypatch=monkeypatch)
    model = make("qwen2")
    assert not choose_products(model).packed
    assert not packed_in(model)


def test_weights_of_the_embedding_are_not_held_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """An output layer that shares the embedding's weights stays as it is."""
    always(packed=True, monkeypatch=monkeypatch)
    model = build("qwen2", **(SMALL | {"tie_word_embeddings": True}))
    n_before = model.num_parameters()
    choose_products(model)
    assert n_parameters(model) == n_before
    assert packed_in(model)
    assert "lm_head" not in packed_in(model)


def test_code_of_the_models_own_reads_plain_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """A class from outside of transformers is left as it is."""
    always(packed=True, monkeypatch=monkeypatch)
    model = make("qwen2")
    monkeypatch.setattr(type(model), "__module__", "modeling_own")
    assert not choose_products(model).packed
    assert not packed_in(model)


def test_what_was_measured_once_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next load takes the same way without measuring, unless what was kept is damaged."""
    measured = choose_products(make("qwen2"))

    def fail(*_: object) -> None:
        pytest.fail("measured again")

    with monkeypatch.context() as patch:
        patch.setattr(kernels, "_seconds", fail)
        assert choose_products(make("qwen2")) == measured
    (file,) = cache_folder().iterdir()
    kept = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({key: {"packed": 1, "more": 2} for key in kept}), encoding="utf-8")
    assert isinstance(choose_products(make("qwen2")), Products)


@pytest.mark.parametrize(
    ("seconds", "guess_width", "full_width"),
    [
        ({1: 4.0, 2: 5.1, 8: 4.4, 16: 6.0, 32: 10.2, 64: 18.5, 128: 35.4}, 16, 32),
        ({1: 1.0, 2: 1.0, 8: 1.0, 16: 1.0, 32: 1.0, 64: 1.1, 128: 1.2}, 128, 128),
        ({1: 1.0, 2: 2.1, 8: 8.0, 16: 16.0, 32: 32.0, 64: 64.0, 128: 128.0}, 1, 1),
    ],
)
def test_widths_follow_from_seconds(
    seconds: dict[int, float], guess_width: int, full_width: int
) -> None:
    """Guesses may double a step; a batch is full where a row costs what it does among many."""
    found = kernels._widths(seconds, packed=True)  # noqa: SLF001 - measured times vary
    assert (found.guess_width, found.full_width) == (guess_width, full_width)
