"""Reads what a user names: regular files, and pipes where one may be named."""

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
_CHUNK: Final = 1 << 20


@contextmanager
def opened(file: Path, *, pipe_allowed: bool = False) -> Iterator[BufferedReader]:
    """Open a regular file for the block, or a pipe where that is allowed.

    Anything else would be waited for, or read, without end.

    Raises:
        OSError: it cannot be read, or is not such a file.
    """
    # without O_NONBLOCK the opening of a pipe waits for its writer, before it can be looked at
    waiting = 0 if pipe_allowed else getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(file, os.O_RDONLY | waiting | getattr(os, "O_BINARY", 0))
    with open(descriptor, "rb") as handle:  # noqa: PTH123 - a descriptor has no path
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(file))
        if not (stat.S_ISREG(mode) or (pipe_allowed and stat.S_ISFIFO(mode))):
            raise OSError(errno.EINVAL, "not a regular file", str(file))
        yield handle


def read_bytes(file: Path, *, pipe_allowed: bool = False) -> bytes:
    """Return the bytes of a regular file of at most 2 GiB, or of a pipe where that is allowed.

    Raises:
        OSError: it cannot be read, is larger, or is not such a file.
    """
    with opened(file, pipe_allowed=pipe_allowed) as handle:
        found = os.fstat(handle.fileno())
        if not stat.S_ISREG(found.st_mode):
            data = _read_pipe(handle)
        else:
            data = handle.read() if found.st_size <= MAX_BYTES else None
    if data is None:
        raise OSError(errno.EFBIG, "larger than 2 GiB", str(file))
    return data


def _read_pipe(handle: BufferedReader) -> bytes | None:
    """Return all that comes out of a pipe; None where it is too much."""
    data = bytearray()
    while chunk := handle.read(_CHUNK):
        data += chunk
        if len(data) > MAX_BYTES:
            return None
    return bytes(data)
