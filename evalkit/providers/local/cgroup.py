"""What a container leaves of the machine: the limits of the control group that one runs in."""

from __future__ import annotations

from contextlib import suppress
from math import ceil
from pathlib import Path
from typing import Final

_ROOT: Final = Path("/sys/fs/cgroup")


def cores(root: Path = _ROOT) -> int | None:
    """Return how many cores' worth of time is allowed; None where there is no limit.

    Source: `cpu.max` of cgroup v2, `cpu.cfs_quota_us` and `cpu.cfs_period_us` of v1 (Linux,
    Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/).
    """
    quota = _numbers(root / "cpu.max")
    if not quota:
        v1 = root / "cpu"
        quota = _numbers(v1 / "cpu.cfs_quota_us") + _numbers(v1 / "cpu.cfs_period_us")
    match quota:
        case [allowed, period] if allowed > 0 < period:
            return ceil(allowed / period)
        case _:
            return None


def free_bytes(root: Path = _ROOT) -> int | None:
    """Return how many bytes may still be taken; None where there is no limit.

    Pages of files that are not in use are given back by the kernel, so they count as free.

    Source: `memory.max`, `memory.current` and `memory.stat` of cgroup v2, and their names in v1.
    """
    v1 = root / "memory"
    for limit, usage, stat, key in (
        (root / "memory.max", root / "memory.current", root / "memory.stat", "inactive_file"),
        (
            v1 / "memory.limit_in_bytes",
            v1 / "memory.usage_in_bytes",
            v1 / "memory.stat",
            "total_inactive_file",
        ),
    ):
        match _numbers(limit), _numbers(usage):
            case [allowed], [used]:
                return max(0, allowed - used + _entry(stat, key))
    return None


def _numbers(file: Path) -> list[int]:
    """Return the whole numbers of a file; none where it is not there, or says `max`."""
    with suppress(OSError, ValueError):
        return [int(word) for word in file.read_text(encoding="ascii").split()]
    return []


def _entry(file: Path, key: str) -> int:
    with suppress(OSError, ValueError):
        for line in file.read_text(encoding="ascii").splitlines():
            name, _, value = line.partition(" ")
            if name == key:
                return int(value)
    return 0
