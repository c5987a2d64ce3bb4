"""A lock between processes, which ends with its process at the latest."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Final, Self

from filelock import FileLock, Timeout

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Lock", "Timeout"]

# Network file systems without a lock service; SQLite and Git go on there too.
_NO_LOCKS: Final = {
    errno.EINVAL,
    errno.ENOLCK,
    errno.ENOSYS,
    errno.ENOTSUP,
    errno.EOPNOTSUPP,
}


class Lock:
    """A lock on a file; `problems` say what its file system lacks, locks among it."""

    def __init__(self, file: Path) -> None:
        """Prepare to lock the file, which is made if there is none."""
        self.problems: list[str] = []
        self._file = file
        self._lock = FileLock(file)

    def acquire(self, timeout_s: float = -1) -> Self:
        """Wait for the lock, without end where the timeout is negative.

        Raises:
            Timeout: another process holds it.
            OSError: the file cannot be made.
        """
        try:
            self._lock.acquire(timeout=timeout_s)
        except OSError as error:
            if isinstance(error, Timeout) or error.errno not in _NO_LOCKS:
                raise
            self.problems.append(
                f"{self._file.parent}: this file system cannot lock files ({error.strerror}); "
                "see to it that no other process writes here"
            )
        return self

    def release(self) -> None:
        """Give the lock back."""
        self._lock.release()

    def __enter__(self) -> Self:
        """Return self; the lock is held already."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give the lock back."""
        self.release()
