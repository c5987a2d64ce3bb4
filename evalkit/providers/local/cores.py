"""The processor and its cores; needs no torch, which reads its threads when imported."""

from __future__ import annotations

import platform

import psutil

from evalkit.providers.local import cgroup


def n_physical_cores() -> int:
    """Return how many physical cores this process may use, at least one."""
    allowed = [psutil.cpu_count(logical=False), cgroup.n_cores()]
    if hasattr(psutil.Process, "cpu_affinity"):
        allowed.append(len(psutil.Process().cpu_affinity()))
    return min(filter(None, allowed), default=1)


def processor_name() -> str:
    """Return what the processor calls itself; on some systems only its architecture."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123 - a file of the kernel
            names = [row.partition(":")[2].strip() for row in file if row.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.processor()
