"""How many cores there are to compute on; needs no torch, which reads its threads when imported."""

from __future__ import annotations

import psutil

from evalkit.providers.local import cgroup


def n_physical_cores() -> int:
    """Return how many physical cores this process may use, at least one."""
    allowed = [psutil.cpu_count(logical=False), cgroup.n_cores()]
    if hasattr(psutil.Process, "cpu_affinity"):
        allowed.append(len(psutil.Process().cpu_affinity()))
    return min(filter(None, allowed), default=1)
