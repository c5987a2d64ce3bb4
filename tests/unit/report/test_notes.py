"""The notes of a page: each on something that the page shows, and none that is not so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.analysis.runs import read_all
from evalkit.report import page
from evalkit.report.leaders import standing
from evalkit.report.notes import explain
from evalkit.run.material import of_runs
from evalkit.stats.estimate import NO_SPREAD

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.report.findings import Findings
    from evalkit.results import Verdict


def notes(findings: Findings) -> set[str]:
    """Return the notes of a page."""
    found = [standing(findings.summary, name) for name in ("em", "f1", "rougeLsum")]
    sections = explain(findings, [standing for standing in found if standing])
    return {label for labels in sections.values() for label in labels}


def compare(findings: Findings, verdict: Verdict, method: str = "", by: float = 1.0) -> Findings:
    """Return findings whose comparisons all end so."""
    compared = tuple(
        replace(comparison, verdict=verdict, method=method, difference=by)
        for comparison in findings.summary.comparisons
    )
    return replace(findings, summary=replace(findings.summary, comparisons=compared))


def test_only_baselines_that_ran_are_explained(findings: Findings) -> None:
    """By what they are, not by what they are called; people only where they have a row."""
    assert {"scores.lead", "scores.textrank", "scores.ceiling"} <= notes(findings)
    assert "scores.oracle" not in notes(findings)
    (manifest,) = findings.manifests
    config = {**manifest["config"], "models": [{"name": "lead", "baseline": "oracle"}]}
    machines = tuple(s for s in findings.summary.systems if s.role != "ceiling")
    changed = replace(
        findings,
        manifests=({**manifest, "config": config},),
        summary=replace(findings.summary, systems=machines),
    )
    assert "scores.oracle" in notes(changed)
    assert not notes(changed) & {"scores.lead", "scores.textrank", "scores.ceiling"}


def test_one_article_has_no_intervals_to_explain(smoke_run: Path, findings: Findings) -> None:
    """Where nothing has an interval or a p value, no note speaks of one."""
    found = notes(of_runs(read_all([smoke_run])))
    absent = {"scores.intervals", "about.intervals", "charts.intervals", "about.p", "about.more"}
    assert not found & (absent | {"glance.real", "glance.tie", "glance.floor"})
    assert absent <= notes(findings)
    assert "95 %" not in page.render(of_runs(read_all([smoke_run]))).partition('id="data"')[0]


def test_what_decides_where_all_articles_differ_alike_is_told(findings: Findings) -> None:
    """The exact sign test over examples, only where it decided about a difference."""
    method = f"{NO_SPREAD}: exact sign test over examples"
    assert "glance.sign" in notes(compare(findings, "better", method))
    assert "glance.sign" not in notes(compare(findings, "tied", method, by=0.0))
    assert "glance.sign" not in notes(compare(findings, "better", "t over 2 articles"))


def test_marks_are_explained_where_they_stand(findings: Findings) -> None:
    """Tied and really better each have their note on pages where a standing says so."""
    tied = notes(compare(findings, "tied"))
    assert "glance.tie" in tied
    assert "glance.real" not in tied
    apart = notes(compare(findings, "better"))
    assert "glance.real" in apart
    assert "glance.floor" not in tied  # there is no model
    systems = tuple(
        replace(system, role="contestant") if system.name == "lead" else system
        for system in findings.summary.systems
    )
    changed = replace(findings, summary=replace(findings.summary, systems=systems))
    assert "glance.floor" in notes(compare(changed, "tied"))


def test_no_real_difference_is_said_in_words(findings: Findings) -> None:
    """None of them, not zero of them, and nothing that would come first."""
    text = page.render(compare(findings, "tied"))
    assert 'data-t="differences.no"' in text
    assert 'data-t="differences.count"' not in text
    assert 'data-t="differences.count"' in page.render(compare(findings, "better"))
