"""The lock of a run's folder: one process at a time writes into it, or deletes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evalkit.errors import LockedError, StoreError
from evalkit.store import own_files, switch
from evalkit.store.files import detach, sync_folder
from evalkit.store.locks import Lock, Timeout

if TYPE_CHECKING:
    from pathlib import Path

_TIMEOUT_S: Final = 0.2  # for another process that only looks whether the folder is locked


def lock_folder(folder: Path) -> Lock:
    """Lock the folder, making it if need be, and end a switch that was interrupted.

    The lock ends with its process at the latest; its `problems` say what this file system
    cannot do.

    Raises:
        LockedError: another process is writing into the folder.
        InputError: the folder holds no run, and other things.
        StoreError: the folder cannot be made, or not be written.
    """
    own_files.require_run_or_nothing(folder)
    lock = Lock(folder / own_files.LOCK)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(_TIMEOUT_S)
        _recover(folder)
        for name in own_files.APPENDED:
            detach(folder / name)
        if not sync_folder(folder):
            lock.problems.append(
                f"{folder}: this file system cannot be synced; "
                "after a power cut the latest generations may be missing"
            )
    except Timeout:
        message = f"{folder}: another process is writing here; wait for it, or set `name`"
        raise LockedError(message) from None
    except OSError as error:
        lock.release()
        message = f"{folder}: cannot be written ({error.strerror}); choose another output"
        raise StoreError(message) from error
    return lock


def is_locked(folder: Path) -> bool:
    """Return whether a process is writing into the folder now."""
    if not (folder / own_files.LOCK).exists():
        return False
    lock = Lock(folder / own_files.LOCK)
    try:
        lock.acquire(0)
    except Timeout:
        return True
    except OSError:  # a folder without write permission
        return False
    lock.release()
    return False


def delete_folder(folder: Path) -> list[str]:
    """Delete the files of the run, and the folder unless it holds other things.

    A link is deleted with the folder that it leads to.

    Returns:
        The names of what no run wrote, which stays with the folder.

    Raises:
        LockedError: another process is writing into the folder.
        StoreError: it cannot be deleted.
    """
    target = folder.resolve()
    with lock_folder(folder) as lock:
        try:
            kept = own_files.delete(target)
            _delete_lock(target / own_files.LOCK, lock)
            if not kept:
                target.rmdir()
                if folder.is_symlink():
                    folder.unlink()
        except OSError as error:
            message = f"{folder}: cannot be deleted ({error.strerror})"
            raise StoreError(message) from error
    return kept


def _recover(folder: Path) -> None:
    """Delete what a killed process left half-written, and end the switch that it began."""
    for file in folder.iterdir():
        if own_files.is_leftover(file):
            file.unlink()
    switch.recover(folder)


def _delete_lock(file: Path, lock: Lock) -> None:
    """Delete the file of a lock that is held."""
    try:
        file.unlink(missing_ok=True)
    except PermissionError:  # Windows deletes no file that is open
        lock.release()
        file.unlink(missing_ok=True)
