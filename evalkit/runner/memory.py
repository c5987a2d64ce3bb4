"""The most memory that this process has held."""

from __future__ import annotations

import sys

import psutil


def peak_memory() -> int:
    """Return the most memory this process has held so far, in bytes.

    On Windows, where the `resource` module is missing, psutil reports it.
    """
    if sys.platform == "win32":
        return int(psutil.Process().memory_info().peak_wset)
    import resource  # noqa: PLC0415 - not on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
