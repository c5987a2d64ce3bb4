"""Promises: a secret has only signed entries believed; what is no file is named and healed."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from evalkit.cli import main
from evalkit.config.environment import cache_secret
from evalkit.errors import DamagedError
from evalkit.records import Generation
from evalkit.store.cache import NAME, Cache, file_in
from tests.support.special_files import KINDS, make_special

SECRET = b"of this user"
ENTRY = Generation(key="k", system="m", example="e", text="襄阳", finish_reason="stop")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the cache folder, which is still empty."""
    monkeypatch.setenv("EVALKIT_CACHE", str(tmp_path / "cache"))
    (tmp_path / "cache").mkdir()
    return tmp_path / "cache"


def fill(file: Path, secret: bytes) -> None:
    """Put an entry into a cache."""
    with closing(Cache(file, secret=secret)) as cache:
        cache.add(ENTRY)


@pytest.mark.parametrize("forger", [b"", b"of somebody else"])
def test_an_entry_that_was_not_signed_is_not_believed(folder: Path, forger: bytes) -> None:
    """Whoever can write the file, but has not the secret, chooses no answer."""
    file = file_in(folder, SECRET)
    fill(file, forger)
    with closing(Cache(file, secret=SECRET)) as cache:
        assert cache.find(["k"]) == {}
    fill(file, SECRET)
    with closing(Cache(file, secret=SECRET)) as cache:
        assert cache.find(["k"])["k"].text == "襄阳"


def test_a_signed_entry_that_is_changed_is_not_believed(folder: Path) -> None:
    """Nor with the hash that an unsigned one would have."""
    file = file_in(folder, SECRET)
    fill(file, SECRET)
    with closing(sqlite3.connect(file)) as other, other:
        ((record,),) = other.execute("SELECT record FROM generations")
        forged = record.replace("襄阳", "武汉")
        digest = hashlib.sha256(f"k\n{forged}".encode()).hexdigest()
        other.execute("UPDATE generations SET record = ?, sha256 = ?", (forged, digest))
    with closing(Cache(file, secret=SECRET)) as cache:
        assert cache.find(["k"]) == {}


def test_a_secret_costs_nothing_that_was_there_without_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each secret has a file of its own, whose name does not tell it; commands follow the key."""
    fill(file_in(folder), b"")
    monkeypatch.setenv("EVALKIT_CACHE_KEY", SECRET.decode())
    assert cache_secret() == SECRET
    fill(file_in(folder, SECRET), SECRET)
    assert main(["cache", "verify"]) == main(["cache", "clear"]) == 0
    said = capsys.readouterr().out
    assert f"{file_in(folder, SECRET)}: 1 valid entry, 0 damaged" in said
    assert SECRET.decode() not in said
    monkeypatch.delenv("EVALKIT_CACHE_KEY")
    assert main(["cache", "info"]) == 0
    assert f"{folder / NAME}: 1 generation" in capsys.readouterr().out


@pytest.mark.parametrize("ending", ["", "-wal", "-shm", ".lock"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_file_is_named_and_healed(
    folder: Path, kind: str, ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the place of the cache, or of what SQLite keeps beside it."""
    file = folder / f"{NAME}{ending}"
    make_special(file, kind)
    with pytest.raises(DamagedError, match=rf"{file.name} is not a regular file.*cache clear"):
        Cache(folder / NAME)
    assert main(["cache", "clear"]) == 0
    assert "was damaged and has been deleted" in capsys.readouterr().out
    fill(folder / NAME, b"")
    assert Path("/dev/zero").is_char_device()  # the device itself is still there


def test_a_folder_that_holds_things_is_named_and_kept(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is the user's; the remedy is to move it."""
    (folder / NAME).mkdir()
    (folder / NAME / "mine.txt").write_text("襄阳", encoding="utf-8")
    for action in ("info", "verify", "clear"):
        assert main(["cache", action]) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert str(folder / NAME) in line
    assert line.endswith("move it away")
    assert (folder / NAME / "mine.txt").read_text(encoding="utf-8") == "襄阳"
