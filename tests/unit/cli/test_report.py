"""`report`: which file, of which kind, of which runs."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from evalkit.cli import main
from evalkit.report import FORMATS

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.report.findings import Findings


def test_the_sheet_has_a_line_a_system_and_metric(baseline_run: Path, findings: Findings) -> None:
    """summary.csv reads back to the very numbers of summary.json."""
    with (baseline_run / "summary.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    expected = [(s.name, e) for s in findings.summary.systems for e in s.estimates]
    assert len(rows) == len(expected)
    for row, (name, estimate) in zip(rows, expected, strict=True):
        assert (row["system"], row["metric"]) == (name, estimate.metric)
        assert float(row["mean"]) == estimate.mean
        assert row["low"] == ("" if estimate.low is None else str(estimate.low))
        assert row["signature"] == findings.summary.signatures[estimate.metric]


@pytest.mark.parametrize("ending", [".html", ".md", ".csv"])
def test_the_command_writes_what_the_ending_says(
    baseline_run: Path, findings: Findings, tmp_path: Path, ending: str
) -> None:
    """Each kind of report lands in the named file."""
    out = tmp_path / f"report{ending}"
    assert main(["report", str(baseline_run), "--out", str(out)]) == 0
    assert out.read_text(encoding="utf-8") == FORMATS[ending](findings)


def test_the_command_says_where_it_wrote_and_what_is_wrong(
    baseline_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The path is printed; no file for several runs, an unknown ending, no run: exit code 2."""
    out = tmp_path / "report.csv"
    assert main(["report", str(baseline_run), "--out", str(out)]) == 0
    assert capsys.readouterr().out == f"{out}\n"
    assert main(["report", str(baseline_run), str(baseline_run.parent)]) == 2
    assert "--out: is missing for several runs; name one" in capsys.readouterr().err
    assert main(["report", str(baseline_run), "--out", "report.pdf"]) == 2
    assert "end its name in .html, .md, .csv" in capsys.readouterr().err
    assert main(["report", str(tmp_path)]) == 2
    assert "holds no finished run" in capsys.readouterr().err
