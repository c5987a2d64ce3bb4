"""The limits of a container are read where Linux writes them, in both of its versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.providers.local import cgroup

if TYPE_CHECKING:
    from pathlib import Path


def write(root: Path, files: dict[str, str]) -> None:
    """Write files below a folder."""
    for name, text in files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, encoding="ascii")


@pytest.mark.parametrize(
    ("files", "cores"),
    [
        ({"cpu.max": "200000 100000\n"}, 2),
        ({"cpu.max": "150000 100000\n"}, 2),
        ({"cpu.max": "max 100000\n"}, None),
        ({"cpu/cpu.cfs_quota_us": "400000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 4),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, None),
        ({}, None),
    ],
)
def test_cores(tmp_path: Path, files: dict[str, str], cores: int | None) -> None:
    """Time for one core and a half is two threads; no limit is none."""
    write(tmp_path, files)
    assert cgroup.n_cores(tmp_path) == cores


V2 = {"memory.max": "1000\n", "memory.current": "700\n"}
V1 = {"memory/memory.limit_in_bytes": "1000\n", "memory/memory.usage_in_bytes": "700\n"}


@pytest.mark.parametrize(
    ("files", "free"),
    [
        (V2, 300),
        (V2 | {"memory.stat": "anon 1\ninactive_file 50\n"}, 350),
        (V2 | {"memory.current": "1200\n"}, 0),
        (V2 | {"memory.max": "max\n"}, None),
        (V1 | {"memory/memory.stat": "inactive_file 9\ntotal_inactive_file 60\n"}, 360),
        ({}, None),
    ],
)
def test_free_memory(tmp_path: Path, files: dict[str, str], free: int | None) -> None:
    """What may be taken is the limit less what is in use, but for idle pages of files."""
    write(tmp_path, files)
    assert cgroup.free_bytes(tmp_path) == free
