"""Model folders in the cache: made once, by one process, and never seen half-made."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from evalkit.errors import WeightsError
from evalkit.store import files
from evalkit.store.locks import Lock, Timeout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Called with what is being done, and how much of how much of it is done.
Progress = Callable[[str, int, int], None]

PROVENANCE: Final = "provenance.json"


def build_once(
    folder: Path,
    make: Callable[[Path], Mapping[str, str]],
    progress: Progress,
    *,
    gguf_sha256: str = "",
) -> Path:
    """Return `folder`, filled by `make` if it is not complete yet.

    Of several processes one fills it and the others wait. The draft becomes `folder` by a rename,
    after everything in it is on disk, so a killed process or a full disk leaves no half model.

    Args:
        folder: where the model is to be.
        make: fills the empty folder it is given, and returns where the model comes from.
        progress: called if another process has to be waited for.
        gguf_sha256: what it has to be made of, of which its name has a part only.

    Raises:
        OSError: the cache cannot be written.
    """
    if is_complete(folder, gguf_sha256):
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = folder.with_name(f"{folder.name}.draft")
    with _locked(folder, progress):
        if is_complete(folder, gguf_sha256):
            return folder
        for leftover in (draft, folder):
            shutil.rmtree(leftover, ignore_errors=True)
        draft.mkdir()
        try:
            _publish(draft, folder, make(draft))
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return folder


def is_complete(folder: Path, gguf_sha256: str = "") -> bool:
    """Return whether a folder of the cache has all its files, in their recorded sizes.

    Args:
        folder: of the cache.
        gguf_sha256: of the file that it has to be made of, whole; empty where of none.
    """
    record = _read_record(folder)
    return (
        bool(record.files)
        and record.gguf_sha256 == gguf_sha256
        and all(
            (folder / name).is_file() and (folder / name).stat().st_size == n_bytes
            for name, (n_bytes, _) in record.files.items()
        )
    )


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def require_sound(folder: Path, digest_of: Callable[[Path], str] = sha256) -> None:
    """Raise where a file of a folder of the cache is not the one that was written.

    The folder then counts as incomplete, and is made again next time. Other folders pass.

    Args:
        folder: of the cache.
        digest_of: returns the SHA-256 of a file, in hex.

    Raises:
        WeightsError: a file has another SHA-256.
    """
    for name, (_, digest) in _read_record(folder).files.items():
        if not (folder / name).is_file() or digest_of(folder / name) != digest:
            with suppress(OSError):
                (folder / PROVENANCE).unlink()
            message = f"{folder / name}: is not what was written there; run again to make it anew"
            raise WeightsError(message)


def verify(models: Path) -> list[str]:
    """Hash every model of the cache, and return what is wrong, a line for each damaged one."""
    found = []
    for record in sorted(models.glob(f"*/{PROVENANCE}")):
        try:
            require_sound(record.parent)
        except (WeightsError, OSError) as error:
            found.append(str(error))
    return found


def sync(path: Path) -> None:
    """Force a file's or a folder's content onto the disk; Windows can do so for neither here."""
    if os.name == "nt":  # a folder cannot be opened, a file opened for reading cannot be synced
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        files.sync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _locked(folder: Path, progress: Progress) -> Iterator[None]:
    lock = Lock(folder.with_name(f"{folder.name}.lock"))
    try:
        lock.acquire(0)
    except Timeout:
        progress(f"waiting for another process to make {folder.name}", 0, 0)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _publish(draft: Path, folder: Path, source: Mapping[str, str]) -> None:
    files = {
        path.name: {"bytes": path.stat().st_size, "sha256": sha256(path)}
        for path in sorted(draft.iterdir())
    }
    record = {"source": dict(source), "files": files}
    (draft / PROVENANCE).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    for path in (*draft.iterdir(), draft):
        sync(path)
    draft.rename(folder)
    sync(folder.parent)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Record:
    """What a folder of the cache was made of, and the size and SHA-256 of each of its files."""

    files: Mapping[str, tuple[int, str]]
    gguf_sha256: str = ""


def _read_record(folder: Path) -> _Record:
    try:
        record = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
        files = {
            str(name): (int(file["bytes"]), str(file["sha256"]))
            for name, file in record["files"].items()
        }
        return _Record(files=files, gguf_sha256=str(record["source"].get("gguf_sha256", "")))
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return _Record(files={})
