"""Reads the files that a user names: regular ones, of bounded size."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader
    from pathlib import Path

MAX_BYTES: Final = 2 << 30


@contextmanager
def opened(file: Path) -> Iterator[BufferedReader]:
    """Open a regular file for the block; anything else would be waited for, or read, without end.

    Raises:
        OSError: it cannot be read, or is not such a file.
    """
    # without O_NONBLOCK the opening of a pipe waits for its writer, before it can be looked at
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(file, flags)
    with open(descriptor, "rb") as handle:  # noqa: PTH123 - a descriptor has no path
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(file))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "not a regular file", str(file))
        yield handle


def read_bytes(file: Path) -> bytes:
    """Return the bytes of a regular file of at most 2 GiB.

    Raises:
        OSError: it cannot be read, is larger, or is not such a file.
    """
    with opened(file) as handle:
        if os.fstat(handle.fileno()).st_size > MAX_BYTES:
            raise OSError(errno.EFBIG, "larger than 2 GiB", str(file))
        return handle.read()
