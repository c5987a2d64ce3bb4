"""Prints what a run found."""

from __future__ import annotations

from collections import Counter, defaultdict
from shlex import quote
from typing import TYPE_CHECKING

from rich.style import Style

from evalkit.cli.grid import Grid, open_console, print_grid
from evalkit.cli.terminal_text import show_line, text
from evalkit.language import language
from evalkit.records import model_of
from evalkit.report.gather import speeds_of
from evalkit.report.ranking import legend, verdicts
from evalkit.report.served import refusal_lines
from evalkit.report.table import build, footnotes, wording_lines
from evalkit.report.verdict import conclude

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.console import Console

    from evalkit.analysis.run import Run
    from evalkit.report.table import Cell

REPORT = "report.html"


def print_run(run: Run) -> None:
    """Print the table of a run, what is significant, the verdict, and where the report is."""
    console = open_console()
    summary = run.summary
    metrics = summary.headline()
    content = build(summary, speeds_of([run]), metrics)
    grid = Grid(
        title=f"{summary.run}: {summary.status}",
        columns=content.columns,
        rows=tuple(map(shown_cells, content.rows)),
        words=("issues",),
    )
    print_grid(console, grid)
    for line in footnotes(summary, content.columns):
        show_line(console, line, style="dim")
    for line in (
        *verdicts(summary, metrics),
        *refusal_lines(summary, metrics),
        *wording_lines(summary, metrics),
    ):
        show_line(console, line)
    if summary.comparisons:
        show_line(console, f"{legend(summary)}.", style="dim")
        how = f"Differences with intervals: python -m evalkit compare {quote(str(run.path))}"
        show_line(console, how, style="dim")
    show_line(console, f"All files are in {run.path}")
    for conclusion in conclude(summary):
        for line in conclusion.lines(language()):
            console.print(text(line), soft_wrap=True)
    for line in _failures(run):
        show_line(console, line)
    _print_link(console, run.path / REPORT)


def _failures(run: Run) -> list[str]:
    """Return why models could not run or stopped, and of others why most failed requests did."""
    stopped = {model_of(s.name): s.failure for s in run.systems if s.failure}
    lines = [f"{name}: {reason}" for name, reason in stopped.items()]
    if any(system.counts.n_failed for system in run.systems if not system.failure):
        for name, reasons in _reasons(run).items():
            ((reason, n),) = reasons.most_common(1)
            if name not in stopped:
                lines.append(f"{name}: {reasons.total()} failed, {n} of them with: {reason}")
    return lines


def _reasons(run: Run) -> dict[str, Counter[str]]:
    """Return how often requests of each model failed, by what was said of it."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for generation in run.generations.values():
        if generation.finish_reason == "error":
            found[model_of(generation.system)][generation.error] += 1
    for request in run.requests:
        if request.problem:
            found[model_of(request.system)][request.problem] += 1
    return found


def shown_cells(cells: Sequence[Cell]) -> tuple[str, ...]:
    """Return cells as a grid shows them: a line for each of their parts."""
    return tuple("\n".join(cell.lines) for cell in cells)


def _print_link(console: Console, report: Path) -> None:
    """Print the path of a report, as a link where the terminal can show one."""
    if report.is_file():
        style = Style(link=report.resolve().as_uri())
        console.print(text(str(report)), style=style, soft_wrap=True)
