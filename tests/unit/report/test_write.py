"""Which reports a run gets, and what happens where one of them cannot be made."""

from __future__ import annotations

import codecs
import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from evalkit import report
from evalkit.analysis.run import load, load_all
from evalkit.cli import main
from evalkit.report import charts
from evalkit.store.folder import RunFolder
from tests.support.pages import read_data
from tests.support.paths import ROOT
from tests.support.progress import Said
from tests.support.runs import ARTICLES, METRICS, reseal, write_run

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.language import Language
    from evalkit.results import Summary

pytestmark = pytest.mark.slow


def test_the_command_writes_the_page_of_the_run(run_folder: Path, tmp_path: Path) -> None:
    """Page, Markdown and sheets are in the run's folder, and the page is the command's."""
    for name in ("report.html", "report.md", "summary.csv", "examples.csv"):
        assert (run_folder / name).stat().st_size > 0
    again = tmp_path / "report.html"
    assert main(["report", str(run_folder), "--out", str(again)]) == 0
    assert again.read_bytes() == (run_folder / "report.html").read_bytes()


def test_examples_are_a_table_for_a_spreadsheet(run_folder: Path) -> None:
    """A row for each example, with every system's output and scores; Excel reads the Chinese."""
    file = run_folder / "examples.csv"
    assert file.read_bytes().startswith(codecs.BOM_UTF8)
    table = pd.read_csv(file, keep_default_na=False, dtype=str)
    run = load(run_folder)
    assert list(table["example"]) == list(run.examples)
    assert list(table["question"]) == [example.question for example in run.examples.values()]
    n_scores = 0
    for score in run.scores:
        if score.sample == 0 and score.system in {system.name for system in run.systems}:
            cell = table.set_index("example").loc[score.example, f"{score.system} {score.metric}"]
            assert cell == ("" if score.value is None else str(score.value))
            n_scores += 1
    assert n_scores
    for (system, example, sample), generation in run.generations.items():
        if sample == 0:
            assert generation.prediction in str(table.set_index("example").loc[example, system])


def test_a_metric_of_another_version_is_shown_as_any_other(tmp_path: Path) -> None:
    """All that is asked of a metric is in the run: an unknown one has its column and its values."""
    facts = replace(METRICS[2], name="judge_2031", signature="judge_2031|v9", better="lower")
    path = write_run(tmp_path / "run", metrics=(METRICS[0], facts))
    assert report.write(RunFolder(path=path), load(path), Said()) == []
    text = (path / "report.html").read_text(encoding="utf-8")
    assert "judge_2031|v9" in text
    assert any(v is not None for v in read_data(text)["values"]["judge_2031"][0])
    assert "judge_2031" in (path / "report.md").read_text(encoding="utf-8")


def test_a_report_that_fails_does_not_stop_the_others(
    run_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever one raises is a line with its reason, and the other reports are written."""

    def fail(_: Summary) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr("evalkit.report.spreadsheet.render", fail)
    (tmp_path / "report.md").mkdir()
    markdown, sheet = report.write(RunFolder(path=tmp_path), load(run_folder), Said())
    assert markdown.startswith("report.md: ")
    assert sheet.startswith("summary.csv: ZeroDivisionError")
    assert (tmp_path / "report.html").is_file()


def test_a_chart_that_fails_costs_that_chart_alone(
    run_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """For want of memory or of descriptors: the page has the others, and says what it lacks."""
    draw, lost = charts.svg, {"rouge1": MemoryError(), "em": OSError(24, "Too many open files")}

    def svg(chart: charts.Chart, summary: Summary, language: Language | None = None) -> str:
        if chart.metric in lost:
            raise lost[chart.metric]
        return draw(chart, summary, language)

    monkeypatch.setattr(charts, "svg", svg)
    problems = report.write(RunFolder(path=tmp_path), load(run_folder), Said())
    assert sorted(problems) == [
        "chart scores-em: OSError: [Errno 24] Too many open files",
        "chart scores-rouge1: MemoryError:",
    ]
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert 'id="chart-scores-rougeLsum"' in page
    assert 'id="chart-scores-em"' not in page
    assert all(f"Not drawn: {problem}" in page for problem in problems)
    out = tmp_path / "alone.html"
    assert main(["report", str(run_folder), "--out", str(out), "--charts", str(tmp_path)]) == 1
    assert set(problems) <= set(capsys.readouterr().err.splitlines())
    assert (tmp_path / "scores-rougeLsum.svg").is_file()


def test_drawing_takes_no_library_and_no_process(run_folder: Path) -> None:
    """So that none can die, hang or need a home folder: templates alone draw."""
    drawing = """\
import pathlib, sys
from evalkit import report
from evalkit.analysis.run import load
material = report.gather([load(pathlib.Path(sys.argv[1]))])
native = ("ctypes.dlopen", "os.exec", "os.fork", "os.posix_spawn", "subprocess.Popen")
def heed(event, args):
    if event in native or event == "import" and args[1]:
        sys.exit(f"{event} {args[:2]}")
sys.addaudithook(heed)
sys.exit("<svg" not in report.render(".html", material))
"""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", drawing, str(run_folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_one_report_of_several_runs(tmp_path: Path) -> None:
    """Systems that share a name are renamed, and each has the outputs of its run."""
    paths = [write_run(tmp_path / name / "smoke") for name in ("a", "b")]
    out = tmp_path / "both.html"
    assert main(["report", *map(str, paths), "--out", str(out)]) == 0
    material = report.gather(load_all(paths))
    names = [system.name for system in material.summary.systems]
    assert len(names) == len(set(names)) == 8
    assert sum(name.endswith("/lead") for name in names) == 2
    assert set(material.speeds) == set(names)
    data = read_data(out.read_text(encoding="utf-8"))
    assert all(output for column in data["outputs"] for output in column)


def test_a_run_with_characters_outside_the_bmp_has_its_page(tmp_path: Path) -> None:
    """A folder, an article and an output with 𠮷 or an emoji are on the page as they are."""
    path = write_run(tmp_path / "𠮷野" / "run")
    folder = RunFolder(path=path)
    folder.write_articles(replace(a, title=f"🎉{a.title}") for a in ARTICLES)
    reseal(path)
    assert report.write(folder, load(path), Said()) == []
    text = (path / "report.html").read_text(encoding="utf-8")
    assert read_data(text)["articles"][0]["title"] == "🎉大桥通车"
    assert "𠮷野" in text
