"""The lock of a run's folder: one process writes, and what it leaves or deletes is whole."""

from __future__ import annotations

from functools import partial
from threading import Timer
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from evalkit.errors import LockedError
from evalkit.store.folder_lock import delete_folder, is_locked, lock_folder
from tests.support.problems import problems_of
from tests.support.runs import write_run

if TYPE_CHECKING:
    from pathlib import Path


def test_a_lock_is_held_by_one_and_goes_with_its_holder(tmp_path: Path) -> None:
    """A second lock is refused; one of a killed process is none, nor are its leftovers kept."""
    folder = tmp_path / "run"
    assert not is_locked(folder)
    with lock_folder(folder):
        assert is_locked(folder)
        with pytest.raises(LockedError, match="another process is writing here"):
            lock_folder(folder)
    assert not is_locked(folder)
    (folder / ".scores.jsonl.7.part").touch()
    with lock_folder(folder):
        assert [path.name for path in folder.iterdir()] == [".lock"]


def test_a_look_at_a_lock_keeps_nobody_out(tmp_path: Path) -> None:
    """Whoever asks whether a folder is locked holds its lock for a moment."""
    look = FileLock(tmp_path / ".lock", thread_local=False)
    look.acquire()
    Timer(0.05, look.release).start()
    with lock_folder(tmp_path):
        assert is_locked(tmp_path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file is where the folder would be."""
    (tmp_path / "file").touch()
    (problem,) = problems_of(partial(lock_folder, tmp_path / "file" / "run"))
    assert (problem.code, problem.file) == ("unusable", str(tmp_path / "file"))
    assert problem.remedy == "set another `name` or `output`"


def test_a_deleted_run_is_gone_and_a_held_one_is_not(tmp_path: Path) -> None:
    """Nothing of it stays under any name."""
    folder = tmp_path / "run"
    with lock_folder(folder), pytest.raises(LockedError):
        delete_folder(folder)
    write_run(folder)
    delete_folder(folder)
    assert list(tmp_path.iterdir()) == []


def test_a_link_to_a_run_is_deleted_with_the_run(tmp_path: Path) -> None:
    """Neither the link nor the folder stays, under any name."""
    folder = tmp_path / "runs/run"
    (tmp_path / "disk/run").mkdir(parents=True)
    folder.parent.mkdir()
    folder.symlink_to(tmp_path / "disk/run")
    delete_folder(folder)
    assert list(tmp_path.rglob("*run*")) == [tmp_path / "runs"]
