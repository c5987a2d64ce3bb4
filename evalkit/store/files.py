"""The one place that writes, checks and hashes files as a whole."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Final

from evalkit.errors import Problem, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable

_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_SYNC: Final = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}
_HALVES: Final = re.compile("[\ud800-\udfff]")
_STREAMS: Final = ("/proc/", "/dev/fd/")  # where /dev/stdout and its like lead to


def write(file: Path, text: str) -> None:
    """Replace a file as a whole: nobody ever sees half of it.

    The text goes to a temporary file, which is synced and renamed. A link stays, and what it leads
    to is replaced; a file keeps its mode and owner. What is no regular file, such as a device or a
    pipe, is written through.

    Raises:
        StoreError: the disk is full, or the file cannot be written.
    """
    write_bytes(file, (encode(text),))


def write_bytes(file: Path, parts: Iterable[bytes]) -> None:
    """Replace a file as a whole by all parts, as `write` does."""
    try:
        target = _target(file)
        if target is None:
            with file.open("ab") as handle:
                handle.writelines(parts)
        else:
            replace(target, parts)
    except OSError as error:
        raise cannot_write(file, error) from error


def is_stream(file: Path) -> bool:
    """Return whether what is written to a path goes through it, as to a pipe or /dev/stdout."""
    return _target(file) is None


def unwritable(file: Path) -> Problem | None:
    """Return why `write` would fail, as far as can be known before; None where it would not."""
    what = "is a folder" if file.is_dir() else ""
    try:
        if not what and (target := _target(file)):
            try_writing(target.parent)
    except OSError as error:
        what = f"cannot be written ({error.strerror})"
    remedy = "name a file in a folder that can be written"
    return Problem(code="unwritable", file=str(file), what=what, remedy=remedy) if what else None


def unwritable_folder(folder: Path, remedy: str) -> Problem | None:
    """Return why no file can be made in a folder, or it cannot be made; None where they can."""
    above = lowest_existing(folder)
    try:
        try_writing(above)
    except OSError as error:
        what = f"cannot be written ({error.strerror})"
        return Problem(code="unwritable", file=str(above), what=what, remedy=remedy)
    return None


def lowest_existing(folder: Path) -> Path:
    """Return a folder, or of those above it the lowest that exists."""
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def try_writing(folder: Path) -> None:
    """Make a file in a folder, of which nothing is left; rights alone do not tell on every system.

    Raises:
        OSError: none can be made.
    """
    with TemporaryFile(dir=folder):
        pass


def encode(text: str) -> bytes:
    """Return a text as UTF-8, half surrogate pairs, which it cannot hold, marked as such."""
    return _HALVES.sub("\ufffd", text).encode()


def require_own(file: Path, *, folder_allowed: bool = False) -> None:
    """Raise where a name of a run's files leads elsewhere: to a link, a pipe, a device, a folder.

    Raises:
        StoreError: the file may not be changed.
    """
    try:
        mode = file.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return
    if not (stat.S_ISREG(mode) or (folder_allowed and stat.S_ISDIR(mode))):
        what = "a link" if stat.S_ISLNK(mode) else "not a regular file"
        message = (
            f"{file}: is {what}, and is not changed; put a copy of it in its place, or move it away"
        )
        raise StoreError(message)


def digest(lines: Iterable[bytes]) -> str:
    """Return the SHA-256 of a text file; other ends of line, as Git may make them, are the same.

    Args:
        lines: those of the file, each with its end.
    """
    found = hashlib.sha256()
    for line in lines:
        found.update(line.replace(b"\r\n", b"\n"))
    return found.hexdigest()


def sync(descriptor: int) -> bool:
    """Force an open file onto the disk; return whether its file system can do so.

    Raises:
        OSError: the disk fails.
    """
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise
        return False
    return True


def sync_folder(folder: Path) -> bool:
    """Make the names in a folder durable; return whether its file system can do so.

    Windows does that itself, and opens no folder.

    Raises:
        OSError: the disk fails.
    """
    if os.name == "nt":
        return True
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        return sync(descriptor)
    finally:
        os.close(descriptor)


def cannot_write(file: Path, error: OSError) -> StoreError:
    """Return the error of a file that could not be written."""
    remedy = "free space and run again" if error.errno in _FULL else "fix that and run again"
    return StoreError(f"{file}: cannot be written ({error.strerror}); {remedy}")


def _target(file: Path) -> Path | None:
    """Return the regular file to replace, at the end of all links; None for anything else."""
    hop = file.absolute()
    for _ in range(40):  # as many links as Linux follows
        if str(hop).startswith(_STREAMS):
            return None
        if not hop.is_symlink():
            break
        hop = Path(os.path.normpath(hop.parent / hop.readlink()))
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(file.stat().st_mode):
            return None
    return file.resolve()


def replace(file: Path, parts: Iterable[bytes]) -> None:
    """Replace a regular file, or make it, by all parts, through a temporary one.

    Raises:
        OSError: it cannot be written.
    """
    temporary = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        temporary.unlink(missing_ok=True)  # never written through, should it be somebody's link
        with temporary.open("xb") as handle:
            _keep_rights(file, handle.fileno())
            handle.writelines(parts)
            handle.flush()
            sync(handle.fileno())
        temporary.replace(file)
        sync_folder(file.parent)
    except BaseException:  # of the disk, or of whatever makes the parts
        with suppress(OSError):  # nothing may be deleted either where nothing may be written
            temporary.unlink()
        raise


def detach(file: Path) -> None:
    """Replace a file that has other names too, as hard links make them, by a copy.

    Whoever appends to it then leaves alone what the other names lead to, such as a backup.

    Raises:
        OSError: it cannot be read or written.
    """
    with suppress(FileNotFoundError):
        if file.stat().st_nlink > 1:
            with file.open("rb") as handle:
                replace(file, handle)


def _keep_rights(file: Path, descriptor: int) -> None:
    """Give a file that is being made the mode and owner of the one that it will replace."""
    if os.name == "nt" or not file.exists():
        return
    before = file.stat()
    with suppress(OSError):  # only root may give a file away, and not on every file system
        os.fchown(descriptor, before.st_uid, before.st_gid)
    with suppress(OSError):
        os.fchmod(descriptor, stat.S_IMODE(before.st_mode))
