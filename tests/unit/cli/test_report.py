"""`report`: which file, of which kind, of which runs."""

from __future__ import annotations

import csv
import shutil
from typing import TYPE_CHECKING

import pytest

from evalkit.analysis.run import load
from evalkit.cli import main
from evalkit.report import SUFFIXES, gather, render
from tests.support.runs import write_run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a small finished run; read it only."""
    return write_run(tmp_path_factory.mktemp("runs") / "smoke")


def test_the_sheet_has_a_line_a_system_and_metric(run_folder: Path, tmp_path: Path) -> None:
    """CSV reads back to the very numbers of summary.json."""
    out = tmp_path / "summary.csv"
    assert main(["report", str(run_folder), "--out", str(out)]) == 0
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    summary = load(run_folder).summary
    expected = [(s.name, e) for s in summary.systems for e in s.estimates]
    assert len(rows) == len(expected)
    for row, (name, estimate) in zip(rows, expected, strict=True):
        assert (row["system"], row["metric"]) == (name, estimate.metric)
        assert float(row["mean"]) == estimate.mean
        for scope, ends in (("here", estimate.here), ("general", estimate.general)):
            assert row[f"{scope}_low"] == ("" if ends.low is None else str(ends.low))
            assert row[f"{scope}_method"] == ends.method
        assert row["signature"] == summary.metric(estimate.metric).signature


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_command_writes_what_the_ending_says(
    run_folder: Path, tmp_path: Path, suffix: str
) -> None:
    """Each kind of report is written to the named file."""
    out = tmp_path / f"report{suffix}"
    assert main(["report", str(run_folder), "--out", str(out)]) == 0
    assert out.read_text(encoding="utf-8") == render(suffix, gather([load(run_folder)]))


def test_a_run_folder_needs_nothing_else(
    run_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy of the folder alone, elsewhere, has the same report."""
    copy = tmp_path / "elsewhere/smoke"
    shutil.copytree(run_folder, copy)
    monkeypatch.chdir(tmp_path)
    assert main(["report", "elsewhere/smoke"]) == 0
    page = render(".html", gather([load(run_folder)]))
    assert (copy / "report.html").read_text(encoding="utf-8") == page


def test_the_command_says_where_it_wrote_and_what_is_wrong(
    run_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The path is printed; no file for several runs, an unknown ending, no run: exit code 2."""
    out = tmp_path / "report.csv"
    assert main(["report", str(run_folder), "--out", str(out)]) == 0
    assert capsys.readouterr().out == f"{out}\n"
    assert main(["report", str(run_folder), str(run_folder.parent)]) == 2
    assert "--out: is missing for several runs; name one" in capsys.readouterr().err
    assert main(["report", str(run_folder), "--out", "report.pdf"]) == 2
    assert "end it in .html, .md, .csv" in capsys.readouterr().err
    assert main(["report", str(tmp_path)]) == 2
    assert "manifest.json: does not exist" in capsys.readouterr().err
