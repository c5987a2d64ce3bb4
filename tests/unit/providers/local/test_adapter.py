"""A LoRA adapter as peft writes it: merged, in the fingerprint, never a pickle."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import peft
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

from evalkit.config.sources import FolderAdapter
from evalkit.errors import ModelLoadError, WeightsError
from evalkit.providers import local
from evalkit.providers.local.weights.check import adapter_problems
from tests.support.asking import request
from tests.support.tiny_model import config, loaded, opened

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing:FutureWarning")
WEIGHTS = "adapter_model.safetensors"


@pytest.fixture(scope="module")
def adapter(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an adapter that changes what the tiny model writes."""
    made = tmp_path_factory.mktemp("adapter")
    settings: Any = peft.LoraConfig(
        r=4, target_modules=["q_proj", "down_proj"], init_lora_weights=False, lora_alpha=16
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        peft.get_peft_model(model_in(folder), settings).save_pretrained(made)
    return made


def model_in(folder: Path) -> Any:  # noqa: ANN401 - transformers is untyped
    """Return the model in a folder, as its library loads it."""
    library: Any = AutoModelForCausalLM
    return library.from_pretrained(folder, dtype=torch.float32)


def with_adapter(path: Path) -> dict[str, FolderAdapter]:
    """Return the settings of a model with an adapter."""
    return {"adapter": FolderAdapter(folder=path)}


def test_an_adapted_model_writes_what_peft_writes(folder: Path, adapter: Path) -> None:
    """Merged into the weights, on the fast path; source: peft's own unmerged model."""
    asked = request("今年有几件大事？", max_new_tokens=12)
    with loaded(folder, **with_adapter(adapter)) as session:
        assert session.facts["attention"] == "shared"
        prompt = session.row(asked).prompt
        (adapted,) = session.generate([asked])
    with loaded(folder) as session:
        (plain,) = session.generate([asked])
        decode = session.chat.decode
    model: Any = peft.PeftModel.from_pretrained(model_in(folder), adapter)
    ids = torch.tensor([prompt])
    written = model.generate(input_ids=ids, max_new_tokens=12, do_sample=False)
    assert adapted.text == decode(written[0, len(prompt) :].tolist())
    assert adapted.text != plain.text


def test_an_adapter_is_in_the_fingerprint(folder: Path, adapter: Path, tmp_path: Path) -> None:
    """Its weights and its config are; where it lies is not."""
    copied = shutil.copytree(adapter, tmp_path / "copied")
    prints = [opened(folder).fingerprint, opened(folder, **with_adapter(adapter)).fingerprint]
    assert opened(folder, **with_adapter(copied)).fingerprint == prints[1]
    edit_config(copied, lora_alpha=17)
    prints.append(opened(folder, **with_adapter(copied)).fingerprint)
    tensors = load_file(copied / WEIGHTS)
    save_file({name: tensor * 2 for name, tensor in tensors.items()}, copied / WEIGHTS)
    prints.append(opened(folder, **with_adapter(copied)).fingerprint)
    assert len(set(prints)) == 4


def edit_config(folder: Path, **changes: object) -> None:
    """Change an adapter's config."""
    file = folder / "adapter_config.json"
    settings = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(settings | changes), encoding="utf-8")


SPOILT: dict[str, Callable[[Path], object]] = {
    "no folder": shutil.rmtree,
    "no config": lambda folder: (folder / "adapter_config.json").unlink(),
    "broken config": lambda folder: (folder / "adapter_config.json").write_text("{"),
    "other type": lambda folder: edit_config(folder, peft_type="IA3"),
    "pickle": lambda folder: (folder / WEIGHTS).rename(folder / "adapter_model.bin"),
    "cut short": lambda folder: (folder / WEIGHTS).write_bytes(b"\xff" * 9),
}


@pytest.mark.parametrize("spoil", SPOILT)
def test_a_spoilt_adapter_is_found_before_loading(
    folder: Path, adapter: Path, tmp_path: Path, spoil: str
) -> None:
    """`problems` and opening say the same; a pickle is never opened."""
    copied = shutil.copytree(adapter, tmp_path / "adapter")
    SPOILT[spoil](copied)
    entry = config(folder, **with_adapter(copied))
    (problem,) = local.problems(entry)
    assert (problem.code, problem.key, bool(problem.remedy)) == ("unusable", "adapter.folder", True)
    with pytest.raises(WeightsError) as caught:
        opened(folder, **with_adapter(copied))
    assert problem.what in str(caught.value)


@pytest.mark.parametrize("change", ["missing", "more", "shape"])
def test_an_adapter_of_another_model_is_refused(
    folder: Path, adapter: Path, tmp_path: Path, change: str
) -> None:
    """Nothing of it is left out in silence, and the key of the config is named."""
    copied = shutil.copytree(adapter, tmp_path / "adapter")
    tensors = load_file(copied / WEIGHTS)
    name = min(tensors)
    if change == "shape":
        tensors[name] = torch.zeros(4, 99)
    elif change == "more":
        tensors[name.replace("layers.0", "layers.9")] = tensors[name].clone()
    else:
        del tensors[name]
    save_file(tensors, copied / WEIGHTS)
    session = loaded(folder, **with_adapter(copied))
    with pytest.raises(ModelLoadError, match="cannot be adapted") as caught, session:
        pass
    assert caught.value.key == "adapter"


def test_a_missing_peft_is_found_before_anything_runs(
    adapter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the extra that installs it."""
    monkeypatch.setattr("evalkit.providers.local.weights.check.find_spec", lambda _: None)
    (problem,) = adapter_problems(FolderAdapter(folder=adapter))
    assert problem.code == "missing-extra"
    assert problem.extra == "adapters"
