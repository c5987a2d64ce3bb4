"""What memory this process may have, and the most that it has held."""

from __future__ import annotations

import os
import sys
from typing import Final

import psutil

from evalkit.errors import EvalkitError

try:
    import resource
except ImportError:  # on Windows, where psutil reports it
    resource = None  # type: ignore[assignment]

MIN_ADDRESS_SPACE: Final = 1 << 30
"""Bytes that numpy, scipy and pydantic take; below, native code of theirs may end the process."""


def require_address_space() -> None:
    """Raise where `ulimit -v` is too low for the libraries that every command imports.

    Where it is limited at all, OpenBLAS is kept from reserving memory for each processor.

    Raises:
        EvalkitError: it is.
    """
    limit = -1 if resource is None else resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit < 0:
        return
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if limit < MIN_ADDRESS_SPACE:
        message = (
            f"there is not enough memory: this process may use {limit >> 20:,} MB of address space "
            f"and needs {MIN_ADDRESS_SPACE >> 20:,}; raise the limit with `ulimit -v`"
        )
        raise EvalkitError(message)


def peak_memory() -> int:
    """Return the most memory this process has held so far, in bytes."""
    if resource is None:
        return int(psutil.Process().memory_info().peak_wset)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
