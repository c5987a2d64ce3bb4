"""A model that is loaded is the one that was named, whole; what cannot be loaded is one line."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from evalkit.config.schema import GenerationSettings
from evalkit.errors import ModelLoadError
from evalkit.providers.local import digests
from evalkit.providers.local.chat import Chat
from evalkit.providers.local.digests import weights_digest
from evalkit.providers.local.model import TransformersBackend, fingerprint
from evalkit.providers.local.shared import SharedPath
from evalkit.providers.local.weights.tiny import make_tiny
from tests.support.tiny_model import config, load

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the tiny model."""
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny(0, ["襄阳市今年有三件大事。"], folder)
    return folder


def test_fingerprint_is_the_same_with_and_without_weights(folder: Path) -> None:
    """Planning, which loads nothing, and running agree on what the model is."""
    chat = Chat.load(folder, {})
    assert load(folder).fingerprint == fingerprint(folder, config(folder), chat)


def test_fingerprint_changes_with_what_changes_the_output(folder: Path, tmp_path: Path) -> None:
    """Weights, stop strings, dtype and template arguments change it; the batch size does not."""
    chat = Chat.load(folder, {})
    before = fingerprint(folder, config(folder), chat)
    stops = GenerationSettings(stop=("。",))
    others = [
        fingerprint(folder, config(folder, generation=stops), chat),
        fingerprint(folder, config(folder, dtype="bfloat16"), chat),
        fingerprint(folder, config(folder), Chat.load(folder, {"a": 1})),
    ]
    copied = shutil.copytree(folder, tmp_path / "other")
    make_tiny(1, ["别的"], copied)
    others.append(fingerprint(copied, config(folder), chat))
    assert len({before, *others}) == 5
    assert fingerprint(folder, config(folder, batch_size=3), chat) == before


def test_weights_are_hashed_once(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file is hashed again only when its size or time says that it is another."""
    copied = shutil.copytree(folder, tmp_path / "model", ignore=shutil.ignore_patterns(".evalkit*"))
    hashed: list[str] = []
    right = digests._sha256  # noqa: SLF001 - to count how often

    def counted(path: Path) -> str:
        hashed.append(path.name)
        return right(path)

    monkeypatch.setattr(digests, "_sha256", counted)
    first = weights_digest(copied)
    assert weights_digest(copied) == first
    assert hashed.count("model.safetensors") == 1
    os.utime(copied / "model.safetensors", ns=(1, 1))
    assert weights_digest(copied) == first
    assert hashed.count("model.safetensors") == 2
    (copied / ".evalkit-digests").write_text("[]", encoding="utf-8")
    assert weights_digest(copied) == first
    assert hashed.count("model.safetensors") == 3


def test_a_folder_that_cannot_be_written_is_hashed_all_the_same(
    folder: Path, tmp_path: Path
) -> None:
    """Where the digest cannot be kept, it is still right."""
    copied = shutil.copytree(folder, tmp_path / "model", ignore=shutil.ignore_patterns(".evalkit*"))
    (copied / ".evalkit-digests").mkdir()
    assert weights_digest(copied) == weights_digest(folder)


def test_no_weights(folder: Path, tmp_path: Path) -> None:
    """A folder without safetensors is told so."""
    copied = shutil.copytree(folder, tmp_path / "model", ignore=shutil.ignore_patterns("*.safe*"))
    with pytest.raises(ModelLoadError, match="no weights"):
        load(copied)


def test_weights_that_are_not_all_there(folder: Path, tmp_path: Path) -> None:
    """What is missing is never made up: the model is refused, and a missing one is named."""
    copied = shutil.copytree(folder, tmp_path / "model", ignore=shutil.ignore_patterns(".evalkit*"))
    tensors = load_file(copied / "model.safetensors")
    lost = "model.layers.1.mlp.up_proj.weight"
    del tensors[lost]
    save_file(tensors, copied / "model.safetensors", {"format": "pt"})
    with pytest.raises(ModelLoadError, match=f"1 of its weights are missing, such as {lost}"):
        load(copied)


def test_a_model_that_does_not_fit_is_one_that_cannot_be_loaded(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where memory runs out while its path is looked for: no slower path is taken for that."""

    def fail(*_: object, **__: object) -> None:
        message = "CUDA out of memory. Tried to allocate 2 GiB"
        raise torch.OutOfMemoryError(message)

    monkeypatch.setattr(SharedPath, "run", fail)
    with pytest.raises(ModelLoadError, match=r"tiny: cannot be loaded .* out of memory"):
        load(folder)


def test_no_such_device(folder: Path) -> None:
    """A device that this machine lacks is told before anything is loaded."""
    with pytest.raises(ModelLoadError, match="no device cuda:77"):
        load(folder, device="cuda:77")


@pytest.mark.parametrize(
    "change",
    [{"model_type": "no-such-family", "architectures": ["NoSuch"]}, {"hidden_size": 96}],
)
def test_what_the_library_cannot_run(folder: Path, tmp_path: Path, change: dict[str, Any]) -> None:
    """An unknown architecture, or weights of other shapes, is one line and no traceback."""
    copied = shutil.copytree(folder, tmp_path / "model")
    chat = Chat.load(copied, {})
    file = copied / "config.json"
    settings = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(settings | change), encoding="utf-8")
    with pytest.raises(ModelLoadError, match="tiny: cannot be loaded") as caught:
        TransformersBackend.load(copied, config(copied), chat)
    assert "\n" not in str(caught.value)
