"""What a container or batch system leaves of the machine: the limits of its control groups.

A group is bound by its own limits and by those of every group above it.
"""

from __future__ import annotations

from contextlib import suppress
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROOT: Final = Path("/sys/fs/cgroup")
_MEMBERSHIP: Final = Path("/proc/self/cgroup")


def n_cores(root: Path = _ROOT, membership: Path = _MEMBERSHIP) -> int | None:
    """Return how many cores' worth of time is allowed; None where there is no limit.

    Source: `cpu.max` of cgroup v2, `cpu.cfs_quota_us` and `cpu.cfs_period_us` of v1 (Linux,
    Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/).
    """
    allowed = []
    for group in _groups("cpu", root, membership):
        quota = _numbers(group / "cpu.max") or (
            _numbers(group / "cpu.cfs_quota_us") + _numbers(group / "cpu.cfs_period_us")
        )
        match quota:
            case [time, period] if time > 0 < period:
                allowed.append(ceil(time / period))
    return min(allowed, default=None)


def free_bytes(root: Path = _ROOT, membership: Path = _MEMBERSHIP) -> int | None:
    """Return how many bytes may still be taken; None where there is no limit.

    Pages of files that are not in use are given back by the kernel, so they count as free.

    Source: `memory.max`, `memory.current` and `memory.stat` of cgroup v2, and their names in v1.
    """
    free = []
    for group in _groups("memory", root, membership):
        for limit, usage, idle in (
            ("memory.max", "memory.current", "inactive_file"),
            ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
        ):
            match _numbers(group / limit), _numbers(group / usage):
                case [allowed], [used]:
                    free.append(max(0, allowed - used + _entry(group / "memory.stat", idle)))
    return min(free, default=None)


def _groups(controller: str, root: Path, membership: Path) -> Iterator[Path]:
    """Yield this process's groups that may limit something, each followed by those above it.

    Where the groups are not below the mount (a container sees its own as the root), the root is.
    """
    own = {root: "", root / controller: ""}  # of v2, where all controllers are together, and of v1
    with suppress(OSError):
        for line in membership.read_text(encoding="utf-8").splitlines():
            _, controllers, path = line.split(":", 2)
            if not controllers:
                own[root] = path
            elif controller in controllers.split(","):
                own[root / controller] = path
    for top, path in own.items():
        group = top / path.lstrip("/")
        yield from (folder for folder in (group, *group.parents) if folder.is_relative_to(top))


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
