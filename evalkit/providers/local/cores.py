"""The processor and its cores; needs no torch, which reads its threads when imported."""

from __future__ import annotations

import contextlib
import platform
from pathlib import Path
from typing import Literal

import psutil

from evalkit.providers.local import cgroup

# CPU features that multiply bfloat16 in hardware; without them float32 is faster.
_BFLOAT16_FLAGS = {"avx512_bf16", "amx_bf16", "bf16"}


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


def cpu_dtype_name() -> Literal["bfloat16", "float32"]:
    """Return the name of the dtype that is fastest on this CPU."""
    return "bfloat16" if _BFLOAT16_FLAGS & cpu_features() else "float32"


def cpu_features() -> set[str]:
    """Return the CPU's features as Linux lists them; elsewhere none, which means float32."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith(("flags", "Features")):
                return set(line.split(":", 1)[1].split())
    return set()
