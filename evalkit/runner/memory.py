"""The most memory that this process has held."""

from __future__ import annotations

import sys

import psutil

try:
    import resource
except ImportError:  # on Windows, where psutil reports it
    resource = None  # type: ignore[assignment]


def peak_memory() -> int:
    """Return the most memory this process has held so far, in bytes."""
    if resource is None:
        return int(psutil.Process().memory_info().peak_wset)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
