"""The script for machines with a GPU runs as it is: here on the CPU, with tiny shapes."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.paths import ROOT

pytestmark = pytest.mark.slow

SCRIPT = ROOT / "benchmarks" / "gpu.py"


def table(*arguments: str) -> list[list[str]]:
    """Return the cells of each line of the table that the script prints."""
    command = [sys.executable, str(SCRIPT), "--device", "cpu", *arguments]
    done = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")  # noqa: S603 - ourselves
    lines = [line for line in done.stdout.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_part_reports() -> None:
    """All token ids are those of `generate`, by each list of kernels, and no part fails."""
    lines = table()
    assert {line[0] for line in lines} == {"card", "correct", "small", "large", "peers"}
    assert not [line for line in lines if line[1] in ("failed", "not run")]
    correct = [line for line in lines if line[0] == "correct"]
    assert [(line[2], line[4]) for line in correct] == [
        ("6 of 6 prompts", "flash"),
        ("6 of 6 prompts", "explicit"),
    ]


def test_without_time_every_part_says_that_it_was_not_run() -> None:
    """The table is whole all the same."""
    assert [line[:2] for line in table("--seconds", "1", "--parts", "card", "peers")] == [
        ["card", "not run"],
        ["peers", "not run"],
    ]


def test_a_part_that_fails_leaves_its_reason_and_the_others_go_on() -> None:
    """A device that is not there stops each part by itself."""
    lines = table("--device", "xpu:9", "--parts", "card", "correct")
    assert [line[:2] for line in lines] == [["card", "failed"], ["correct", "failed"]]
    assert all(line[4] for line in lines)
