"""Promise: of a model on a hub only what is safe is fetched, once, and each file has its hash."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING

import pytest
from huggingface_hub import constants

from evalkit.config.sources import HubWeights, TinyWeights
from evalkit.errors import WeightsError
from evalkit.providers.local.weights.resolve import n_bytes_to_download, resolve
from evalkit.providers.local.weights.model_cache import PROVENANCE, sha256
from tests.support.fetching import REVISION, point_to

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
    """The reason is told in one line, long before the library's own thirty seconds are over."""
    point_to("http://127.0.0.1:9", monkeypatch)
    started = time.monotonic()
    with pytest.raises(WeightsError, match=r"127\.0\.0\.1:9 cannot be reached"):
        resolve(model, cache=tmp_path)
    assert time.monotonic() - started < 5
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
