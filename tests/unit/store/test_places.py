"""File systems that can neither lock nor sync are gone on with; damaged lines are set aside."""

from __future__ import annotations

import errno
import fcntl
import gc
import os
from typing import TYPE_CHECKING, NoReturn

import pytest

from evalkit.errors import StoreError
from evalkit.records import Generation
from evalkit.runner.generation_cache import GenerationCache
from evalkit.store.files import write
from evalkit.store.folder_lock import is_locked, lock_folder
from evalkit.store.jsonl import Appender, line, read_all, set_damaged_aside
from tests.support.progress import Said

if TYPE_CHECKING:
    from pathlib import Path


def failing(number: int) -> object:
    """Return a system call that fails with an error."""

    def fail(*_: object) -> NoReturn:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP])
def test_a_file_system_without_sync_is_gone_on_with(
    tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As CIFS and 9p; whoever locks the folder is told."""
    monkeypatch.setattr(os, "fsync", failing(number))
    write(tmp_path / "file", "text")
    assert (tmp_path / "file").read_text(encoding="utf-8") == "text"
    with lock_folder(tmp_path / "run") as lock:
        assert ["cannot be synced" in each for each in lock.problems] == [True]
    with Appender(tmp_path / "g.jsonl") as appender:
        appender.append({"a": 1}, cost_s=1)


def test_a_disk_that_fails_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """EIO is no missing feature."""
    monkeypatch.setattr(os, "fsync", failing(errno.EIO))
    with pytest.raises(StoreError, match="file: cannot be written"):
        write(tmp_path / "file", "text")


def test_what_could_not_be_opened_whole_is_not_left_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a lock, which would keep the next attempt out, nor a file."""
    with monkeypatch.context() as failing_disk:
        failing_disk.setattr(os, "fsync", failing(errno.EIO))
        with pytest.raises(StoreError) as kept:  # with all that its traceback holds
            lock_folder(tmp_path / "run")
        with pytest.raises(StoreError, match=r"g\.jsonl: cannot be written"):
            Appender(tmp_path / "g.jsonl")
    gc.collect()
    with lock_folder(tmp_path / "run"):
        assert kept.value


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.EINVAL])
def test_a_file_system_without_locks_is_gone_on_with(
    tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As NFS without its lock service; whoever locks the folder is told."""
    monkeypatch.setattr(fcntl, "flock", failing(number))
    with lock_folder(tmp_path / "run") as lock:
        assert ["cannot lock files" in each for each in lock.problems] == [True]
    assert not is_locked(tmp_path / "run")


def test_whoever_locks_is_told_of_all_that_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither locks nor syncs: a line each."""
    monkeypatch.setattr(fcntl, "flock", failing(errno.ENOLCK))
    monkeypatch.setattr(os, "fsync", failing(errno.EINVAL))
    with lock_folder(tmp_path / "run") as lock:
        locks, syncs = lock.problems
    assert "cannot lock files" in locks
    assert "cannot be synced" in syncs


def test_a_run_goes_on_without_a_cache_that_cannot_be_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line says why, before SQLite would say "disk I/O error"."""
    monkeypatch.setattr(os, "fsync", failing(errno.EINVAL))
    said = Said()
    cache = GenerationCache(tmp_path / "generations.sqlite3", said)
    (line_said,) = said.lines
    assert line_said.startswith(f"continuing without the cache: {tmp_path}/generations.sqlite3: ")
    assert "cannot be synced" in line_said
    assert cache.find([]) == {}
    cache.close()


def test_damaged_lines_are_set_aside(tmp_path: Path) -> None:
    """The others stay in their order, and nothing is thrown away."""
    file = tmp_path / "generations.jsonl"
    sound = [
        line(Generation(key=key, system="m", example="e", finish_reason="stop")).encode()
        for key in "abc"
    ]
    garbage = [b"\x00\xff\x00\n", b"{}\n", b"[" * 9999 + b"\n"]
    file.write_bytes(sound[0] + garbage[0] + sound[1] + garbage[1] + garbage[2] + sound[2])
    assert set_damaged_aside(file, Generation) == 3
    assert file.read_bytes() == b"".join(sound)
    assert (tmp_path / "generations.jsonl.damaged").read_bytes() == b"".join(garbage)
    assert set_damaged_aside(file, Generation) == 0
    assert [g.key for g in read_all(file, Generation)] == ["a", "b", "c"]
