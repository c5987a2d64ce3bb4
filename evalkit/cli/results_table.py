"""Prints what a run found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from evalkit.cli.terminal_text import text
from evalkit.report.material import speeds_of
from evalkit.report.ranking import LEGEND, verdicts
from evalkit.report.served import refusal_lines
from evalkit.report.table import Cell, build, footnotes, wording_lines

if TYPE_CHECKING:
    from rich.text import Text

    from evalkit.analysis.run import Run

PLAIN_WIDTH = 180  # where the output is not a terminal


def print_run(run: Run) -> None:
    """Print the table of a run, which differences are significant, and where the files are."""
    console = open_console()
    summary = run.summary
    metrics = summary.headline()
    content = build(summary, speeds_of([run]), metrics)
    table = Table(title=text(f"{summary.run}: {summary.status}"))
    for i, column in enumerate(content.columns):
        words = i == 0 or column == "issues"
        table.add_column(text(column), justify="left" if words else "right", no_wrap=i == 0)
    for row in content.rows:
        table.add_row(*map(show_cell, row))
    console.print(table)
    notes = (
        f"{LEGEND}.",
        f"Differences with intervals: python -m evalkit compare {run.path}",
    )
    for line in footnotes(summary):
        console.print(text(line), style="dim", soft_wrap=True)
    for line in (
        *verdicts(summary, metrics),
        *refusal_lines(summary, metrics),
        *wording_lines(summary, metrics),
    ):
        console.print(text(line), soft_wrap=True)
    for line in notes:
        console.print(text(line), style="dim", soft_wrap=True)
    console.print(text(f"All files are in {run.path}"), soft_wrap=True)


def open_console() -> Console:
    """Return a console as wide as the terminal, or as a log can take."""
    console = Console()
    return console if console.is_terminal else Console(width=PLAIN_WIDTH)


def show_cell(cell: Cell) -> Text:
    """Return a cell, a line for each of its parts; nothing in it is read as markup."""
    return text("\n".join(cell.lines))
