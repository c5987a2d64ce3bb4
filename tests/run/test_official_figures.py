"""Promise: what a user asks for is in the table, and official metrics as they are published."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

import pytest

from evalkit.analysis.run import load
from evalkit.cli import main

if TYPE_CHECKING:
    from evalkit.results import Summary


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """Run predictions on two articles, one with a single question; return what is printed."""
    monkeypatch.chdir(tmp_path)
    counts = {"甲文。": 3, "乙文。": 1}
    entries = [
        {
            "context_id": f"D_{i}",
            "context_text": text,
            "qas": [
                {"query_id": f"D_{i}_Q_{n}", "query_text": f"第{n}问？", "answers": ["三名"]}
                for n in range(n_questions)
            ],
        }
        for i, (text, n_questions) in enumerate(counts.items())
    ]
    right = {"D_0_Q_0": "三名", "D_0_Q_1": "四名", "D_0_Q_2": "四名", "D_1_Q_0": "三名"}
    (tmp_path / "dev.json").write_text(json.dumps(entries), encoding="utf-8")
    (tmp_path / "one.json").write_text(json.dumps(right), encoding="utf-8")
    config = {
        "name": "official",
        "output": "runs",
        "data": {"squad": "dev.json"},
        "tasks": {"answer": {}},
        "metrics": {"answer": ["em_strict", "em_cmrc"]},
        "models": [{"name": "one", "predictions": "one.json"}],
    }
    (tmp_path / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
    assert main(["run", "config.yaml"]) == 0
    return capsys.readouterr().out


def test_a_metric_that_the_config_names_is_in_the_table(run: str) -> None:
    """Though neither is among those that are shown by default."""
    summary = load_summary()
    assert summary.headline() == ("em_strict", "em_cmrc")
    assert "em_strict" in run
    assert "em_cmrc" in run


def test_official_metrics_are_means_over_questions(run: str) -> None:
    """2 of 4 right is 0.500; over articles, which the intervals are of, it is 0.667."""
    (system,) = load_summary().systems
    strict, official = system.estimates
    assert official.plain_mean == fmean([1, 0, 0, 1])
    assert official.mean == pytest.approx(fmean([1 / 3, 1]))
    assert strict.mean == official.mean
    (row,) = [line for line in run.splitlines() if line.startswith("│ one")]
    assert [cell.split()[0] for cell in row.split("│")[2:4]] == ["0.667", "0.500"]
    assert "0.667 over articles" in run
    assert "em_cmrc: over examples, as it is published; then over articles." in run
    for name in ("report.md", "report.html"):
        assert "over articles" in report(name)


def load_summary() -> Summary:
    """Return what the run found."""
    return load(Path("runs/official")).summary


def report(name: str) -> str:
    """Return a report of the run."""
    return (Path("runs/official") / name).read_text(encoding="utf-8")
