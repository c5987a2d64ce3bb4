"""Prints tables that fit: a number is never shortened or broken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from textwrap import wrap
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from evalkit.cli.terminal_text import text
from evalkit.language import localise

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

WIDE = 130
"""Columns of a terminal from which on a table is as wide as it likes, if it fits."""
PLAIN_WIDTH = 180  # where the output is not a terminal
_LONGEST_WORDS = 24  # columns that words in a turned table are broken into
_FRAME = 3  # the width of a column's padding and of the line to its right
Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """Rows of cells, lines of a cell ending in a newline; the first column names the rows.

    `words` are the columns of words, which may be broken at a space; `names` are those of names of
    systems, which are the same in all languages.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


def open_console() -> Console:
    """Return a console as wide as the terminal, or as a log can take."""
    console = Console()
    return console if console.is_terminal else Console(width=PLAIN_WIDTH)


def print_grid(console: Console, grid: Grid) -> None:
    """Print a table as it is where there is room, else turned: its rows are columns then."""
    grid = _translated(grid)
    left = {0, *(i for i, name in enumerate(grid.columns) if name in grid.words)}
    lines = (grid.columns, *grid.rows)
    if console.width >= WIDE and _width(lines) <= console.width:
        console.print(_table(grid.title, lines, left))
        return
    title = grid.title
    for part in _parts(grid, console.width):
        console.print(_table(title, part, {0}))
        title = ""


def _translated(grid: Grid) -> Grid:
    """Return a table in the language in use; what its rows are called is a name."""
    kept = {0, *(i for i, name in enumerate(grid.columns) if name in grid.names)}
    return Grid(
        title=localise(grid.title),
        columns=tuple(map(localise, grid.columns)),
        rows=tuple(
            tuple(cell if i in kept else localise(cell) for i, cell in enumerate(row))
            for row in grid.rows
        ),
        words=tuple(map(localise, grid.words)),
    )


def _parts(grid: Grid, width: int) -> Iterator[Rows]:
    """Yield the turned table in parts, each with as many of its columns as there is room for."""
    head = grid.columns
    words = {i for i, name in enumerate(head) if name in grid.words}
    taken: list[Sequence[str]] = []
    for row in grid.rows:
        column = [_broken(cell) if i in words else cell for i, cell in enumerate(row)]
        if taken and _width([*zip(head, *taken, column, strict=True)]) > width:
            yield [*zip(head, *taken, strict=True)]
            taken = []
        taken.append(column)
    yield [*zip(head, *taken, strict=True)]


def _broken(words: str) -> str:
    """Return words in lines that a turned table has room for."""
    return "\n".join(
        part for line in words.split("\n") for part in wrap(line, _LONGEST_WORDS) or [""]
    )


def _width(rows: Rows) -> int:
    """Return how many columns of a terminal a table takes."""
    widths = (max(map(_cell_width, column)) for column in zip_longest(*rows, fillvalue=""))
    return 1 + sum(width + _FRAME for width in widths)


def _cell_width(cell: str) -> int:
    return max(map(cell_len, cell.split("\n")))


def _table(title: str, rows: Rows, left: Collection[int]) -> Table:
    head, *body = rows
    table = Table(title=text(title) if title else None)
    for i, name in enumerate(head):
        table.add_column(text(name), justify="left" if i in left else "right")
    for row in body:
        table.add_row(*map(text, row))
    return table
