"""Prints what a comparison of systems found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.cli.grid import Grid, open_console, print_grid
from evalkit.cli.results_table import shown_cells
from evalkit.cli.terminal_text import show_line
from evalkit.language import language, localise
from evalkit.report.charts import WAYS
from evalkit.report.differences import arrange, few_signs
from evalkit.report.labels import word_in
from evalkit.report.ranking import legend, verdicts
from evalkit.report.table import Cell, cell, footnotes, in_order
from evalkit.report.trends import table_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from evalkit.analysis.comparison import ExampleDifference, Output, RunComparison
    from evalkit.analysis.trends import Trend
    from evalkit.results import Comparison, Finding, Summary
    from evalkit.stats.breakdown import Part

LONGEST = 160  # characters of a text that are shown
N_SHOWN = 3  # examples on either side
_DIFFERENCES = (
    "metric",
    "a, b",
    "difference",
    "here",
    "in general",
    "better / worse / equal",
    "McNemar",
    "verdict",
)
NOTES = """\
here: had other questions been asked about these articles; in general: on other articles like these.
Each has its 95% interval, and p adjusted for the family of comparisons. ≥: the smallest difference
that 80 of 100 such evaluations would find, then with twice as many questions (here) or articles (in
general)."""
FEW_SIGNS = """\
Where fewer than six examples differ, their signs alone show nothing: here, p is above 0.05 and the
interval wide. In general, t goes by the size of the articles' differences, so p may be smaller."""
MCNEMAR = "McNemar: exact, for right and wrong answers, whatever their article."
TO_ORACLE = """\
The oracle reads the references and is not ranked: name it with --models A,B to see how far a system
is from it."""


def print_comparison(found: RunComparison) -> None:
    """Print means, differences, parts, trends, and the examples that differ most."""
    console = open_console()
    show_summary(console, found.summary)
    if found.parts:
        print_grid(console, _parts(found))
    if _lacks_types(found):
        show_line(console, "No question has a type, so there is no table by type.", style="dim")
    if found.trends:
        _show_trends(console, found.trends)
    for line in (*_examples(_most_telling(found)), *found.notes):
        show_line(console, line)
    if len(found.summary.systems) > 2:  # noqa: PLR2004 - details are of two systems
        show_line(
            console, "Name two systems with --models A,B to see where they differ.", style="dim"
        )


def _show_trends(console: Console, trends: Sequence[Trend]) -> None:
    table = table_of(trends)
    rows = tuple(map(shown_cells, table.rows))
    print_grid(console, Grid(title="means over time, UTC", columns=table.columns, rows=rows))


def _lacks_types(found: RunComparison) -> bool:
    """Return whether two systems were compared on questions none of which has a type."""
    on_answers = any(facts.kind == "answer" for facts in found.summary.metrics)
    is_pair = len(found.summary.systems) == 2  # noqa: PLR2004 - details are of two systems
    return on_answers and is_pair and "type" not in found.parts


def show_summary(console: Console, summary: Summary) -> None:
    """Print means with intervals, which differences are significant, and all differences."""
    metrics = [facts.name for facts in summary.metrics]
    differences = arrange(summary, metrics)
    print_grid(console, estimates_table(summary))
    for line in footnotes(summary):
        show_line(console, line, style="dim")
    for line in verdicts(summary, metrics):
        show_line(console, line)
    show_line(console, f"{legend(summary)}.", style="dim")
    shown = differences.headline or differences.oracle
    with_mcnemar = any(found.p_sign is not None for found in shown)
    print_grid(console, _differences(shown, with_mcnemar=with_mcnemar))
    show_line(console, NOTES, style="dim")
    if any(few_signs(found) for found in shown):
        show_line(console, FEW_SIGNS, style="dim")
    if with_mcnemar:
        show_line(console, MCNEMAR, style="dim")
    if differences.headline and differences.oracle:
        show_line(console, TO_ORACLE, style="dim")


def estimates_table(summary: Summary, *, by_row: bool = False) -> Grid:
    """Return the means with their intervals; by row, each with one alone."""
    rows = []
    for system in in_order(summary):
        estimates = {estimate.metric: estimate for estimate in system.estimates}
        cells = [cell(estimates.get(facts.name), facts, by_row=by_row) for facts in summary.metrics]
        rows.append(shown_cells([Cell(number=system.name), *cells]))
    columns = ("system", *(facts.name for facts in summary.metrics))
    return Grid(title=summary.run, columns=columns, rows=tuple(rows))


def _differences(comparisons: Sequence[Comparison], *, with_mcnemar: bool) -> Grid:
    columns = [name for name in _DIFFERENCES if with_mcnemar or name != "McNemar"]
    return Grid(
        title="differences, a − b",
        columns=tuple(columns),
        rows=tuple(
            (
                found.metric,
                f"{found.a}\n{found.b}",
                describe_difference(found),
                describe_finding(found.here),
                describe_finding(found.general),
                f"{found.wins} / {found.losses} / {found.ties}",
                *([describe_p(found.p_sign)] if with_mcnemar else []),
                _verdict(found),
            )
            for found in comparisons
        ),
        words=("a, b", "verdict"),
        names=("a, b",),
    )


def describe_difference(found: Comparison) -> str:
    """Return a difference, and its bounds where outputs are missing."""
    missing = ""
    if found.least is not None and found.most is not None:
        missing = f"\nmissing: {found.least:+.2f}\nto {found.most:+.2f}"
    return f"{found.difference:+.3f}{missing}"


def describe_finding(found: Finding) -> str:
    """Return the interval of a difference, its p, and what differences could be found."""
    interval = "no interval"
    if found.low is not None and found.high is not None:
        interval = f"[{found.low:+.2f}, {found.high:+.2f}]"
    detectable = " / ".join(
        "–" if size is None else f"{size:.2f}"
        for size in (found.detectable, found.detectable_twice)
    )
    return f"{interval}\np {describe_p(found.p_adjusted)}\n≥ {detectable}"


def describe_p(value: float | None) -> str:
    """Return a p, or a dash."""
    if value is None:
        return "–"
    return "<0.001" if value < 0.001 else f"{value:.3f}"  # noqa: PLR2004 - the last digit shown


def _verdict(found: Comparison) -> str:
    if found.scope == "general":
        return f"{found.a} is {found.verdict}\non articles like these"
    if found.scope == "here":
        return f"{found.a} is {found.verdict}\non these articles;\nnot shown for others"
    if found.verdict == "missing":
        return "none: missing outputs\ncould reverse it"
    return "tied"


def _parts(found: RunComparison) -> Grid:
    metrics = [facts.name for facts in found.summary.metrics]
    a, b = (system.name for system in found.summary.systems)
    rows = []
    for way, parts in found.parts.items():
        by_group: dict[str, dict[str, Part]] = {}
        for part in parts:
            by_group.setdefault(part.group, {})[part.metric] = part
        for group, by_metric in by_group.items():
            n = max(part.n for part in by_metric.values())
            cells = [_part(by_metric.get(metric)) for metric in metrics]
            words = word_in(language(), WAYS[way], group)
            rows.append((localise(f"by {way}: {words}"), str(n), *cells))
    title = f"{a} / {b}, and on how many a is better / worse"
    return Grid(title=title, columns=("part", "n", *metrics), rows=tuple(rows))


def _part(part: Part | None) -> str:
    if part is None:
        return "–"
    return f"{part.mean_a:.2f} / {part.mean_b:.2f}\n{part.wins} / {part.losses}"


def _most_telling(found: RunComparison) -> list[ExampleDifference]:
    """Return a few examples of the first metric of each kind; JSON has those of all metrics."""
    first = {facts.kind: facts.name for facts in reversed(found.summary.metrics)}
    kept: list[ExampleDifference] = []
    for metric in first.values():
        examples = [example for example in found.examples if example.metric == metric]
        for above in (True, False):
            kept += [e for e in examples if (e.a.value > e.b.value) == above][:N_SHOWN]
    return kept


def _examples(examples: Sequence[ExampleDifference]) -> list[str]:
    """Return the examples that differ most, each with what both systems wrote."""
    lines: list[str] = []
    for example in examples:
        lines += ["", f"{example.metric}  {example.example}  {example.question}".rstrip()]
        if example.references:
            lines.append(f"  reference: {_short(' | '.join(example.references))}")
        lines += [f"  {_describe(output)}" for output in (example.a, example.b)]
    return lines


def _describe(output: Output) -> str:
    rule = f"rule: {word_in(language(), 'rule', output.rule)}"
    if output.rule == "none":
        rule = "no rule fits"
    by = f", {rule}" if output.rule else ""
    prediction = _short(output.prediction) or "(empty)"
    return f"{output.system} ({output.value:.2f}{by}): {prediction}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"
