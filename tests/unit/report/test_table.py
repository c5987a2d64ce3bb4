"""The table that a run prints, and the one in report.md."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.cli import main
from evalkit.report.markdown import render
from evalkit.report.table import build, cell, footnotes, odd
from evalkit.store.folder import RunFolder
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

MODELS = "[{name: lead, baseline: lead}, {name: textrank, baseline: textrank}]"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run of two baselines on two articles."""
    folder = tmp_path_factory.mktemp("runs")
    changes = [f"output={folder}", f"models={MODELS}", "limit=2"]
    options = [word for change in changes for word in ("--set", change)]
    assert main(["run", str(ROOT / "configs/smoke.yaml"), *options, "--json"]) == 0
    return folder / "smoke"


def test_a_run_prints_table_ranking_and_where_to_go_on(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Means, intervals, the human ceiling, one line a metric, and the next command."""
    assert main(["rescore", str(path)]) == 0
    out = capsys.readouterr().out
    for expected in ("lead", "human ceiling", "em: ", "t over 2 articles, 1 d.f."):
        assert expected in out
    assert "Holm over the pairs of a metric" in out
    assert f"python -m evalkit compare {path}" in out


def test_markdown_tells_the_same(path: Path) -> None:
    """report.md holds the ranking lines and notes of the terminal."""
    folder = RunFolder(path=path)
    text = render(folder.summary(), folder.manifest())
    assert "- em: " in text
    assert "Human ceiling: each reference summary against the others" in text
    assert text == (path / "report.md").read_text(encoding="utf-8")


def test_people_are_neither_timed_nor_odd(path: Path) -> None:
    """The row of the human ceiling has scores for summaries alone."""
    folder = RunFolder(path=path)
    table = build(folder.summary(), folder.manifest(), ("rouge2", "em"))
    row = {cells[0].number: cells for cells in table.rows}["human ceiling"]
    assert 0 < float(row[1].number) < 1
    assert [cell.number for cell in row[2:]] == ["–", "–", "–", "–"]


def test_metric_without_scores_keeps_its_column(path: Path) -> None:
    """Where no system could be scored the column stands empty under its bare name."""
    folder = RunFolder(path=path)
    summary = folder.summary()
    bare = replace(summary, systems=tuple(replace(s, estimates=()) for s in summary.systems))
    table = build(bare, folder.manifest(), ("em",))
    assert table.columns[1] == "em"
    assert {cells[1].number for cells in table.rows} == {"–"}


def test_everything_odd_is_named(path: Path) -> None:
    """Each kind of odd generation is counted by name; a failure is told instead."""
    counts = RunFolder(path=path).summary().systems[0].counts
    assert odd(counts, "") == "none"
    strange = replace(counts, n_failed=1, n_missing=2, n_empty=3)
    assert odd(strange, "") == "1 failed, 2 missing, 3 empty"
    assert odd(strange, "no memory") == "no memory"


def test_notes_leave_out_people_where_there_are_none(path: Path) -> None:
    """Without a ceiling the table says nothing of one."""
    summary = RunFolder(path=path).summary()
    systems = tuple(s for s in summary.systems if s.role != "ceiling")
    people = [note for note in footnotes(summary) if note.startswith("Human ceiling")]
    assert len(people) == 1
    assert people[0] not in footnotes(replace(summary, systems=systems))


def test_each_note_ends_once(path: Path) -> None:
    """A method that ends in an abbreviation puts no second stop behind it."""
    summary = RunFolder(path=path).summary()
    lead = summary.systems[0]
    abbreviated = tuple(e for e in lead.estimates if e.method.endswith("d.f."))
    notes = footnotes(replace(summary, systems=(replace(lead, estimates=abbreviated),)))
    assert notes[0].endswith("(t over 2 articles, 1 d.f.).")
    assert not [note for note in notes if ".." in note or not note.endswith(".")]


def test_mean_without_an_interval_says_so(path: Path) -> None:
    """Where articles give no interval the cell claims neither one article nor certainty."""
    estimate = RunFolder(path=path).summary().systems[0].estimates[0]
    assert cell(replace(estimate, low=None, high=None)).interval == "no interval"


def test_summary_keeps_both_intervals(path: Path) -> None:
    """summary.json holds the clustered interval, the plain one and the method of each estimate."""
    found = json.loads((path / "summary.json").read_text(encoding="utf-8"))
    for system in found["systems"]:
        for estimate in system["estimates"]:
            assert estimate["method"]
            assert estimate["plain_low"] <= estimate["plain_mean"] <= estimate["plain_high"]
            if estimate["low"] is None:
                assert estimate["method"].endswith("no interval")
            else:
                assert estimate["low"] <= estimate["mean"] <= estimate["high"]
