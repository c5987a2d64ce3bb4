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
        (root / name).parent.mkdir(parents=True, exist_ok=True)
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
    assert cgroup.n_cores(tmp_path, tmp_path / "none") == cores


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
    assert cgroup.free_bytes(tmp_path, tmp_path / "none") == free


JOB = "slurm/uid_0/job_7"


def nested(files: dict[str, str], folder: str, below: str = "") -> dict[str, str]:
    """Return files of a group at a folder below the mount, or below that of a controller."""
    return {f"{below}{folder}/{name.removeprefix(below)}": text for name, text in files.items()}


@pytest.mark.parametrize(
    ("membership", "files", "n_cores", "free"),
    [
        (f"0::/{JOB}/step_0\n", {f"{JOB}/cpu.max": "300000 100000\n"} | nested(V2, JOB), 3, 300),
        (
            f"0::/{JOB}\n",
            {"cpu.max": "200000 100000\n", f"{JOB}/cpu.max": "900000 100000\n"}
            | nested(V2, "slurm")
            | nested(V2 | {"memory.current": "200\n"}, JOB),
            2,
            300,
        ),
        (
            f"11:memory:/{JOB}\n4:cpu,cpuacct:/{JOB}\n1:name=systemd:/x\n",
            {
                f"cpu/{JOB}/cpu.cfs_quota_us": "500000\n",
                f"cpu/{JOB}/cpu.cfs_period_us": "100000\n",
            }
            | nested(V1, JOB, "memory/"),
            5,
            300,
        ),
        ("0::/docker/abc\n", {"cpu.max": "100000 100000\n"} | V2, 1, 300),
        ("0::/\n", {}, None, None),
    ],
)
def test_limits_of_all_groups_above_a_process_hold(
    tmp_path: Path, membership: str, files: dict[str, str], n_cores: int | None, free: int | None
) -> None:
    """The tightest counts, at any depth, in both versions, and where the mount is the group."""
    write(tmp_path / "mount", files)
    (tmp_path / "membership").write_text(membership, encoding="utf-8")
    assert cgroup.n_cores(tmp_path / "mount", tmp_path / "membership") == n_cores
    assert cgroup.free_bytes(tmp_path / "mount", tmp_path / "membership") == free
