"""The table that a run prints, and the one in report.md."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.analysis.run import load
from evalkit.cli.results_table import print_run
from evalkit.report import markdown, page
from evalkit.report.notes import explain
from evalkit.report.table import build, cell, describe_issues, footnotes
from evalkit.results import Interval, OrderFlips, WordingSpread
from evalkit.store.manifest import Speed

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.report.material import Material

WORDINGS = (
    "em: qwen 0.500 on average over 3 wordings, from 0.400 to 0.600",
    "em: of 3 conditions, qwen has the better mean in 2, tiny in 1",
)


def reworded(material: Material) -> Material:
    """Return the material of a run with several wordings."""
    spread = WordingSpread(
        metric="em", model="qwen", n_wordings=3, mean=0.5, minimum=0.4, maximum=0.6
    )
    flips = OrderFlips(metric="em", a="qwen", b="tiny", n_conditions=3, n_a_better=2, n_b_better=1)
    return replace(material, summary=replace(material.summary, spreads=(spread,), flips=(flips,)))


def test_a_run_prints_table_ranking_and_the_next_command(
    run_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Means, intervals, human references, one line per metric, and the command that compares."""
    print_run(load(run_folder))
    out = capsys.readouterr().out
    for expected in ("lead", "human", "em: textrank >> lead", "(made up)."):
        assert expected in out
    assert "> on these articles only (not shown for others)" in out
    assert f"python -m evalkit compare {run_folder}" in out


def test_markdown_says_the_same(material: Material, run_folder: Path) -> None:
    """report.md holds the ranking lines and notes of the terminal."""
    text = markdown.render(material)
    assert "- em: " in text
    assert "human: each reference summary against the others" in text
    assert text == (run_folder / "report.md").read_text(encoding="utf-8")


def test_wordings_have_a_section_where_there_are_several(
    material: Material, run_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Spread over wordings and changes of order are in Markdown and on the terminal."""
    assert "## Wordings" not in markdown.render(material)
    changed = reworded(material)
    print_run(replace(load(run_folder), summary=changed.summary))
    out = capsys.readouterr().out
    assert "## Wordings" in markdown.render(changed)
    for line in WORDINGS:
        assert f"- {line}" in markdown.render(changed)
        assert line in out


def test_why_a_model_stopped_is_among_the_last_lines(
    run_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Once for a model, whatever the conditions that it was asked under."""
    run = load(run_folder)
    why = "stopped before its budget is passed; raise `budget` and run again"
    first, second, *others = run.summary.systems
    stopped = (replace(first, failure=why), replace(second, name=f"{first.name}@b", failure=why))
    print_run(replace(run, summary=replace(run.summary, systems=(*stopped, *others))))
    *_, before_last, last = capsys.readouterr().out.splitlines()
    shown = [line for line in (before_last, last) if line == f"{first.name}: {why}"]
    assert len(shown) == 1


def test_intervals_are_not_explained_where_there_are_none(material: Material) -> None:
    """Where every request failed, there is no mean."""
    systems = tuple(replace(system, estimates=()) for system in material.summary.systems)
    notes = footnotes(replace(material.summary, systems=systems))
    assert any("interval" in note for note in footnotes(material.summary))
    assert not any("interval" in note for note in notes)


def test_human_references_have_neither_speed_nor_issues(material: Material) -> None:
    """Their row has scores of summaries alone."""
    speeds = {"lead": Speed(generate_s=4.0, n_new_tokens=60)}
    table = build(material.summary, speeds, ("rougeLsum", "em"))
    row = {cells[0].number: cells for cells in table.rows}["human"]
    assert 0 < float(row[1].number) < 1
    assert [cell.number for cell in row[2:]] == ["–", "–", "–", "–"]


@pytest.mark.parametrize(("seconds", "shown"), [(0.0, []), (0.049, []), (0.05, ["seconds"])])
def test_seconds_have_a_column_where_a_tenth_of_one_is_shown(
    material: Material, seconds: float, shown: list[str]
) -> None:
    """On the page as in the table: no column has nothing but 0.0 in it."""
    changed = replace(material, speeds={"lead": Speed(generate_s=seconds)})
    table = build(changed.summary, changed.speeds, ("em",))
    assert [name for name in table.columns if name == "seconds"] == shown
    assert ('data-t="column.seconds"' in page.render(changed)) == bool(shown)


def test_speed_is_that_of_the_system_s_model(material: Material) -> None:
    """Seconds, and tokens read and written per second."""
    speed = Speed(generate_s=4.0, n_generated=2, n_computed_tokens=60, n_new_tokens=20)
    table = build(material.summary, {"lead": speed}, ("em",))
    rows = {cells[0].number: [cell.number for cell in cells[2:4]] for cells in table.rows}
    assert (rows["lead"], rows["textrank"]) == (["4.0", "20"], ["–", "–"])


def test_metric_without_scores_keeps_its_column(material: Material) -> None:
    """Where no system could be scored the column is there, and empty."""
    systems = tuple(replace(s, estimates=()) for s in material.summary.systems)
    table = build(replace(material.summary, systems=systems), material.speeds, ("em",))
    assert table.columns[1] == "em\nn=6"
    assert {cells[1].number for cells in table.rows} == {"–"}


def test_every_issue_is_named(material: Material) -> None:
    """Each kind of issue is counted by name; where a system could not run, its failure is shown."""
    counts = material.summary.systems[0].counts
    assert describe_issues(counts, "") == "none"
    several = replace(counts, n_failed=1, n_missing=2, n_truncated=3, n_refused=4, n_prompt_cut=5)
    assert describe_issues(several, "") == (
        "1 failed, 2 missing, 4 refused, 3 truncated, 5 prompt cut by the server"
    )
    assert describe_issues(several, "no memory") == "no memory"


def test_human_references_are_explained_only_where_there_are_any(material: Material) -> None:
    """Without such a row the footnotes do not mention them."""
    summary = material.summary
    systems = tuple(s for s in summary.systems if s.role != "human")
    people = [note for note in footnotes(summary) if note.startswith("human")]
    assert len(people) == 1
    assert people[0] not in footnotes(replace(summary, systems=systems))


def test_each_note_ends_once(material: Material) -> None:
    """A method that ends in an abbreviation gets no second full stop."""
    lead = material.summary.systems[0]
    general = Interval(low=None, high=None, method="t over 2 articles, 1 d.f.")
    estimates = tuple(replace(e, general=general) for e in lead.estimates)
    systems = (replace(lead, estimates=estimates),)
    notes = footnotes(replace(material.summary, systems=systems))
    assert notes[1].endswith("(t over 2 articles, 1 d.f.).")
    assert not [note for note in notes if ".." in note or not note.endswith(".")]


def test_a_method_over_several_counts_stands_once(material: Material) -> None:
    """Whatever number of examples has a value, the note names the smallest and the largest."""
    lead = material.summary.systems[0]
    estimates = tuple(
        replace(lead.estimates[0], here=Interval(low=0, high=1, method=f"{how} over {n} examples"))
        for how, n in (("t", 40), ("Jeffreys", 33), ("Jeffreys", 17), ("Jeffreys", 40))
    )
    notes = footnotes(replace(material.summary, systems=(replace(lead, estimates=estimates),)))
    assert "(t over 40 examples; Jeffreys over 17–40 examples), and on other" in notes[1]


def test_a_cell_shows_what_an_estimate_lacks_and_has(material: Material) -> None:
    """Both intervals, or that there is none; bounds where outputs are missing; the samples'."""
    facts = material.summary.metrics[0]
    estimate = replace(
        material.summary.systems[0].estimates[0],
        here=Interval(low=0.1, high=0.2, method=""),
        general=Interval(low=None, high=None, method=""),
    )
    assert cell(estimate, facts).below == ("[0.10, 0.20]", "no interval")
    rough = replace(estimate.here, is_rough=True)
    assert cell(replace(estimate, here=rough), facts).below[0] == "≈ [0.10, 0.20]"
    sampled = cell(replace(estimate, sample_sd=0.034), facts)
    assert sampled.below[2:] == ("± 0.03 between samples",)
    assert sampled.lines == [sampled.number, *sampled.below]
    partial = replace(estimate, n_planned=estimate.n + 1, least=0.2, most=0.45)
    assert cell(partial, facts).number.endswith("(3 of 4)")
    assert cell(partial, facts).below[2:] == ("missing: 0.20 to 0.45",)
    bounded = cell(replace(estimate, mean_with_refusals=0.25), facts)
    assert bounded.lines[-1] == "0.250 with refusals as wrong"


def test_rough_intervals_are_explained_where_there_are_any(material: Material) -> None:
    """A note of the table and of the page says what the mark means, and only beside one."""
    first, *others = material.summary.systems
    rough = replace(first.estimates[0], here=Interval(low=0, high=1, method="", is_rough=True))
    systems = (replace(first, estimates=(rough,)), *others)
    changed = replace(material, summary=replace(material.summary, systems=systems))
    for found, is_shown in ((material, False), (changed, True)):
        notes = footnotes(found.summary)
        assert any(note.startswith("≈: rough") for note in notes) == is_shown
        assert ("scores.rough" in explain(found)["scores"]) == is_shown


def test_an_official_metric_shows_what_is_published_first(material: Material) -> None:
    """The mean over examples, then the one over articles that the intervals are of."""
    estimate = replace(material.summary.systems[0].estimates[0], mean=0.2619, plain_mean=0.2653)
    facts = replace(material.summary.metrics[0], per_example=True)
    assert cell(estimate, facts).lines[:2] == ["0.265", "0.262 over articles"]
    assert cell(estimate, material.summary.metrics[0]).number == "0.262"


@pytest.mark.parametrize(
    ("cost", "shown"), [(1234.5, "1,234.50 CNY"), (0.00091, "0.000910 CNY"), (0.0, "0.00 CNY")]
)
def test_cost_has_a_column_only_where_something_has_a_price(
    material: Material, cost: float, shown: str
) -> None:
    """With the currency of the config; what cost something is not shown as nothing."""
    assert "cost" not in build(material.summary, material.speeds, ("em",)).columns
    speeds = {"lead": Speed(cost=cost, currency="CNY")}
    table = build(material.summary, speeds, ("em",))
    place = table.columns.index("cost")
    costs = {cells[0].number: cells[place].number for cells in table.rows}
    assert (costs["lead"], costs["textrank"]) == (shown, "–")


def test_what_has_nothing_to_score_is_told(material: Material) -> None:
    """A mean over some of the outputs says over how many, and a footnote says why."""
    lead = material.summary.systems[0]
    facts = material.summary.metrics[0]
    partly = replace(lead.estimates[0], n=2, n_planned=3, n_without_value=1)
    assert cell(partly, facts).number.endswith("(2 of 3)")
    notes = footnotes(replace(material.summary, systems=(replace(lead, estimates=(partly,)),)))
    assert any(note.startswith("n of N:") for note in notes)
    assert not any(note.startswith("n of N:") for note in footnotes(material.summary))
