"""Promise: of a model on a hub only what is safe is fetched, once, and each file has its hash."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from typing import TYPE_CHECKING

import pytest
import safetensors.torch
import torch
from huggingface_hub import constants
from transformers import dynamic_module_utils

from evalkit.config.schema import LanguageModel
from evalkit.config.sources import HubAdapter, HubWeights, TinyWeights
from evalkit.errors import WeightsError
from evalkit.providers import Setting
from evalkit.providers.local.provider import open_provider
from evalkit.providers.local.weights.model_cache import PROVENANCE, sha256
from evalkit.providers.local.weights.resolve import (
    n_adapter_bytes_to_download,
    n_bytes_to_download,
    resolve,
    resolve_adapter,
)
from evalkit.records import Corpus
from tests.support.fetching import REVISION, point_to
from tests.support.progress import Said

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.fetching import Hub


@pytest.fixture
def model(hub: type[Hub], tmp_path: Path) -> HubWeights:
    """Put a model on the hub, with pickles and a subfolder beside it."""
    folder = resolve(TinyWeights(tiny=0), cache=tmp_path / "made")
    hub.files = {path.name: path.read_bytes() for path in folder.iterdir()}
    del hub.files[PROVENANCE]
    hub.files |= {"pytorch_model.bin": b"pickle", "README.md": b"text"}
    return HubWeights(hub="maker/small", revision=REVISION)


def test_a_model_on_the_hub_is_linked_without_its_pickles(
    hub: type[Hub], model: HubWeights, tmp_path: Path
) -> None:
    """Only safe files are fetched, once; what they weigh is known before."""
    fetched = {name for name in hub.files if not name.endswith((".bin", ".md"))}
    assert n_bytes_to_download(model, tmp_path) == sum(len(hub.files[name]) for name in fetched)
    folder = resolve(model, cache=tmp_path)
    assert {path.name for path in folder.iterdir()} == {*fetched, PROVENANCE}
    assert sha256(folder / "model.safetensors") == (
        hashlib.sha256(hub.files["model.safetensors"]).hexdigest()
    )
    hub.asked.clear()
    assert resolve(model, cache=tmp_path) == folder
    assert n_bytes_to_download(model, tmp_path) == 0
    assert hub.asked == []


def test_a_model_in_the_library_s_cache_needs_no_hub(
    hub: type[Hub], model: HubWeights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another program has fetched is used offline; what is nowhere is an error."""
    resolve(model, cache=tmp_path / "one")
    hub.asked.clear()
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert n_bytes_to_download(model, tmp_path / "two") is None
    assert resolve(model, cache=tmp_path / "two").is_dir()
    assert hub.asked == []
    other = HubWeights(hub="maker/other", revision=REVISION)
    with pytest.raises(WeightsError, match=r"maker/other.*HF_HUB_OFFLINE"):
        resolve(other, cache=tmp_path)


def test_a_hub_out_of_reach_is_given_up_at_once(
    hub: type[Hub], model: HubWeights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason is one line, before the library's own thirty seconds are over."""
    point_to("http://127.0.0.1:9", monkeypatch)
    started = time.monotonic()
    with pytest.raises(WeightsError, match=r"127\.0\.0\.1:9 cannot be reached"):
        resolve(model, cache=tmp_path)
    assert time.monotonic() - started < 30
    assert hub.asked == []


def test_a_model_of_pickles_is_refused(hub: type[Hub], model: HubWeights, tmp_path: Path) -> None:
    """A repository without safetensors is an error, not a reason to open pickles."""
    del hub.files["model.safetensors"]
    with pytest.raises(WeightsError, match=r"no \*\.safetensors"):
        resolve(model, cache=tmp_path)
    assert not any("pytorch_model.bin" in line for line in hub.asked)


def test_a_file_of_the_library_s_cache_must_have_its_hash(
    model: HubWeights, tmp_path: Path
) -> None:
    """A weight file spoilt there is named with its hash, deleted, and fetched again next time."""
    blob = (resolve(model, cache=tmp_path / "one") / "model.safetensors").resolve()
    blob.write_bytes(bytes(len(blob.read_bytes())))
    with pytest.raises(WeightsError, match=blob.name):
        resolve(model, cache=tmp_path / "two")
    assert sha256(resolve(model, cache=tmp_path / "two") / "model.safetensors") == blob.name


def test_a_hub_that_knows_no_such_model_weighs_nothing_known(
    hub: type[Hub], model: HubWeights, tmp_path: Path
) -> None:
    """No answer is not zero bytes."""
    assert hub.files
    unknown = model.model_copy(update={"hub": "not a/valid/id"})
    assert n_bytes_to_download(unknown, tmp_path) is None
    with pytest.raises(WeightsError, match="does not give"):
        resolve(unknown, cache=tmp_path)


CODE = """
from transformers import Qwen2ForCausalLM
from .shared_code import NAME

class OwnModel(Qwen2ForCausalLM):
    name_of_code = NAME
"""


@pytest.fixture
def coded(hub: type[Hub], model: HubWeights) -> LanguageModel:
    """Put a model on the hub that comes with code of its own."""
    config = json.loads(hub.files["config.json"])
    config["auto_map"] = {"AutoModelForCausalLM": "own_code.OwnModel"}
    hub.files["config.json"] = json.dumps(config).encode()
    hub.files |= {"own_code.py": CODE.encode(), "shared_code.py": b"NAME = 'own'"}
    return LanguageModel(name="m", weights=model, device="cpu", dtype="float32")


def test_code_of_a_model_is_fetched_only_where_it_may_run(
    hub: type[Hub], coded: LanguageModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without `trust_remote_code` no Python file is asked for; with it the model's code runs."""
    monkeypatch.setenv("EVALKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(dynamic_module_utils, "HF_MODULES_CACHE", str(tmp_path / "modules"))
    monkeypatch.setattr(sys, "path", sys.path.copy())
    setting = Setting(corpus=Corpus(articles=(), references={}), examples=(), progress=Said())
    with open_provider(coded, setting).session([]) as session:
        assert type(session.model).__name__ == "Qwen2ForCausalLM"
    assert not any(".py" in line for line in hub.asked)
    trusted = coded.model_copy(update={"trust_remote_code": True})
    with open_provider(trusted, setting).session([]) as session:
        assert type(session.model).__name__ == "OwnModel"
        assert session.model.name_of_code == "own"


def test_an_adapter_on_the_hub_is_linked(hub: type[Hub], tmp_path: Path) -> None:
    """Its config and its safetensors, once; what it weighs is known before."""
    weights = safetensors.torch.save({"a": torch.zeros(3)})
    settings = json.dumps({"peft_type": "LORA"}).encode()
    hub.files = {"adapter_config.json": settings, "adapter_model.safetensors": weights}
    hub.files["adapter_model.bin"] = b"pickle"
    spec = HubAdapter(hub="maker/small", revision=REVISION)
    n_bytes = len(settings) + len(weights)
    assert n_adapter_bytes_to_download(spec, tmp_path) == n_bytes
    folder = resolve_adapter(spec, cache=tmp_path)
    assert (folder / "adapter_model.safetensors").read_bytes() == weights
    assert not any("adapter_model.bin" in line for line in hub.asked)
    hub.asked.clear()
    assert resolve_adapter(spec, cache=tmp_path) == folder
    assert n_adapter_bytes_to_download(spec, tmp_path) == 0
    assert hub.asked == []
