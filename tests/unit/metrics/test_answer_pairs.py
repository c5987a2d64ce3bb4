"""Promises of the labelled pairs and of the program that measures metrics on them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.paths import GOLDEN, ROOT

if TYPE_CHECKING:
    from pathlib import Path

SETS = sorted([*GOLDEN.glob("judged_*.jsonl"), *GOLDEN.glob("unseen_*.jsonl")])
ROW = {"question": "哪座城市？", "references": ["襄阳"], "kind": "city"}
ROWS = (
    {"id": "1", "prediction": "襄阳", "should_match": True},
    {"id": "2", "prediction": "荆州", "should_match": False},
    {"id": "3", "prediction": "<think>荆州？</think>襄阳", "should_match": True, "long_form": True},
    {"id": "4", "prediction": "十堰", "should_match": True},
    {"id": "5", "prediction": "鄂西北的城市", "should_match": True, "debatable": True},
)
TWO_LABELS = (
    {"id": "1", "prediction": "襄阳", "em": True, "lenient": True},
    {"id": "2", "prediction": "荆州，后来是襄阳", "em": False, "lenient": True},
)


def run(*arguments: str | Path) -> str:
    """Return what the program prints."""
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, ROOT / "benchmarks" / "answer_pairs.py", *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    return done.stdout


def write(file: Path, *rows: dict[str, Any]) -> Path:
    """Write rows, each with the fields that all share, and return the file."""
    file.write_text("\n".join(json.dumps(ROW | row) for row in rows), encoding="utf-8")
    return file


def test_precision_and_recall_by_set_and_kind(tmp_path: Path) -> None:
    """Debatable pairs and those in long form are counted apart, and thinking is no answer."""
    lines = run(write(tmp_path / "cities.jsonl", *ROWS)).splitlines()
    assert lines == [
        "## em",
        "",
        "| set | kind | n | right | matches | precision | recall | debatable | agreed |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        "| cities | all | 4 | 3 | 2 | 1.000 | 0.667 | 1 | 0 |",
        "| cities | city | 4 | 3 | 2 | 1.000 | 0.667 | 1 | 0 |",
        "| cities short | all | 3 | 2 | 1 | 1.000 | 0.500 | 1 | 0 |",
        "| cities short | city | 3 | 2 | 1 | 1.000 | 0.500 | 1 | 0 |",
        "",
    ]


def test_each_metric_has_its_label(tmp_path: Path) -> None:
    """The metrics of em are held to the label `em`, other ways of matching to `lenient`."""
    file = write(tmp_path / "two.jsonl", *TWO_LABELS)
    lines = run(file, "--metrics", "em,contains").splitlines()
    assert [line for line in lines if "| all |" in line] == [
        "| two | all | 2 | 1 | 1 | 1.000 | 1.000 | 0 | 0 |",
        "| two | all | 2 | 2 | 2 | 1.000 | 1.000 | 0 | 0 |",
    ]


def test_misses_are_shown(tmp_path: Path) -> None:
    """The pairs that a metric is wrong on are printed, and no others."""
    head, *lines = run(write(tmp_path / "cities.jsonl", *ROWS[:4]), "--misses").splitlines()
    assert head == "## em"
    assert [json.loads(line)["id"] for line in lines if '"cities"' in line] == ["4"]


@pytest.mark.parametrize("file", SETS, ids=lambda file: file.stem)
def test_held_out_pairs_are_whole(file: Path) -> None:
    """Ids are unique, no pair stands twice, and what is nothing but the answer is right."""
    head, *lines = file.read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    pairs = {(row.get("wording"), row["question"], row["prediction"]) for row in rows}
    assert list(json.loads(head)) == ["_meta"]
    assert len({row["id"] for row in rows}) == len(pairs) == len(rows)
    assert [row["id"] for row in rows if row.get("em") and not row["lenient"]] == []
    assert [row["id"] for row in rows if not all(row["references"])] == []
