"""Prints what a run found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from evalkit.cli.terminal_text import text
from evalkit.report.ranking import LEGEND, verdicts
from evalkit.report.table import Cell, build, footnotes, headline_metrics

if TYPE_CHECKING:
    from rich.text import Text

    from evalkit.runner.execute import Outcome

PLAIN_WIDTH = 140  # where the output is no terminal


def print_outcome(outcome: Outcome) -> None:
    """Print the table, which differences are real, and where everything is."""
    console = open_console()
    metrics = headline_metrics(outcome.summary)
    content = build(outcome.summary, outcome.manifest, metrics)
    table = Table(title=text(f"{outcome.summary.run}: {outcome.summary.status}"))
    for i, column in enumerate(content.columns):
        words = i == 0 or column == "odd"
        table.add_column(text(column), justify="left" if words else "right", no_wrap=i == 0)
    for row in content.rows:
        table.add_row(*map(show_cell, row))
    console.print(table)
    for note in footnotes(outcome.summary):
        console.print(text(note), style="dim", soft_wrap=True)
    for line in verdicts(outcome.summary, metrics):
        console.print(text(line), soft_wrap=True)
    console.print(text(f"{LEGEND}."), style="dim", soft_wrap=True)
    console.print(
        text(f"Differences with intervals: python -m evalkit compare {outcome.folder.path}"),
        style="dim",
        soft_wrap=True,
    )
    console.print(text(f"Everything is in {outcome.folder.path}"), soft_wrap=True)


def open_console() -> Console:
    """Return a console as wide as the terminal, or as a log can take."""
    console = Console()
    return console if console.is_terminal else Console(width=PLAIN_WIDTH)


def show_cell(cell: Cell) -> Text:
    """Return a cell's number with its interval below; nothing in it is taken for markup."""
    return text(f"{cell.number}\n{cell.interval}" if cell.interval else cell.number)
