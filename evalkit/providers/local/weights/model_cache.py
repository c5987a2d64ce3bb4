"""Model folders in the cache: made once, by one process, and never seen half-made."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from filelock import FileLock, Timeout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Told what is being done, and how much of how much of it is done.
Progress = Callable[[str, int, int], None]

PROVENANCE: Final = "provenance.json"
SUFFIXES: Final = (".safetensors", ".json", ".txt", ".model", ".jinja", ".tiktoken")


def shelve(folder: Path, make: Callable[[Path], Mapping[str, str]], progress: Progress) -> Path:
    """Return `folder`, made whole by `make` if it is not there yet.

    Of several processes one makes it and the others wait. The draft becomes `folder` by a rename,
    after everything in it is on disk, so a killed process or a full disk leaves no half model.

    Args:
        folder: where the model is to be.
        make: fills the empty folder it is given, and returns where the model comes from.
        progress: told if another process has to be waited for.

    Raises:
        OSError: the cache cannot be written.
    """
    if whole(folder):
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = folder.with_name(f"{folder.name}.draft")
    with _locked(folder, progress):
        if whole(folder):
            return folder
        for leftover in (draft, folder):
            shutil.rmtree(leftover, ignore_errors=True)
        draft.mkdir()
        try:
            _publish(draft, folder, make(draft))
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return folder


def whole(folder: Path) -> bool:
    """Tell whether a shelved folder has all its files, in their recorded sizes."""
    files = _recorded(folder)
    return bool(files) and all(
        (folder / name).is_file() and (folder / name).stat().st_size == entry["bytes"]
        for name, entry in files.items()
    )


def fingerprint(folder: Path) -> str:
    """Return one SHA-256 over the names and bytes of a model folder's files.

    What was hashed when the folder was made is not hashed again, unless size or time of
    change say that the file is another one now.

    Raises:
        OSError: a file cannot be read.
    """
    recorded = _recorded(folder)
    digest = hashlib.sha256()
    for path in _files(folder):
        stat, entry = path.stat(), recorded.get(path.name, {})
        same = (entry.get("bytes"), entry.get("mtime_ns")) == (stat.st_size, stat.st_mtime_ns)
        digest.update(f"{path.name}\0{entry['sha256'] if same else sha256(path)}\n".encode())
    return digest.hexdigest()


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Force a file's or a folder's content onto the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _locked(folder: Path, progress: Progress) -> Iterator[None]:
    lock = FileLock(folder.with_name(f"{folder.name}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        progress(f"waiting for another process to make {folder.name}", 0, 0)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _publish(draft: Path, folder: Path, source: Mapping[str, str]) -> None:
    entries = {
        path.name: {
            "bytes": path.stat().st_size,
            "mtime_ns": path.stat().st_mtime_ns,
            "sha256": sha256(path),
        }
        for path in _files(draft)
    }
    record = {"source": dict(source), "files": entries}
    (draft / PROVENANCE).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    for path in (*draft.iterdir(), draft):
        sync(path)
    draft.rename(folder)
    sync(folder.parent)


def _files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix in SUFFIXES and path.name != PROVENANCE and path.is_file()
    )


def _recorded(folder: Path) -> dict[str, dict[str, Any]]:
    try:
        record = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
        return {name: dict(entry) for name, entry in record["files"].items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}
