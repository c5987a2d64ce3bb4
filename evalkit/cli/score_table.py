"""What `score` says of files of predictions: means with intervals, and differences.

Where no row names its article, nothing tells which rows hang together: each is then a draw of its
own, and there is one interval, for rows like these.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from evalkit.cli.terminal_text import say, show_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from evalkit.cli.grid import Grid
    from evalkit.results import Comparison, Interval, Summary

_COLUMNS = ("metric", "a, b", "difference", "better / worse / equal", "McNemar", "verdict")
_NOTES = """\
Below each difference is its 95% interval, had other rows like these been scored, and p adjusted for
the family of comparisons. ≥: the smallest difference that 80 of 100 such evaluations would find,
then with twice as many rows. McNemar: exact, for right and wrong answers."""


def say_intervals(summary: Summary, *, by_row: bool) -> None:
    """Say, of each metric of one file, the interval of the mean over rows, or over articles."""
    for found in summary.systems[0].estimates:
        here, general = _ends(found.here), _ends(found.general)
        if by_row:
            say(f"{found.metric}: 95% interval for rows like these {here}", file=sys.stderr)
        else:
            say(
                f"{found.metric}: 95% interval on these articles {here}, on others {general}; "
                f"mean over articles {found.mean:.4f}",
                file=sys.stderr,
            )


def _ends(interval: Interval) -> str:
    if interval.low is None or interval.high is None:
        return f"no interval ({interval.method.removesuffix(': no interval')})"
    return f"{'≈ ' * interval.is_rough}[{interval.low:.4f}, {interval.high:.4f}]"


def show_by_row(console: Console, summary: Summary) -> None:
    """Print means and differences of files none of whose rows names its article."""
    from evalkit.cli.comparison_table import estimates_table
    from evalkit.cli.grid import print_grid
    from evalkit.report.table import methods_of

    print_grid(console, estimates_table(summary, by_row=True))
    methods = methods_of(e.here for system in summary.systems for e in system.estimates)
    show_line(
        console,
        "Each mean is over rows; below it is its 95% interval, had other rows like these been "
        f"scored ({'; '.join(methods)}).",
        style="dim",
    )
    print_grid(console, _differences(summary.comparisons))
    show_line(console, _NOTES, style="dim")


def _differences(comparisons: Sequence[Comparison]) -> Grid:
    from evalkit.cli.comparison_table import describe_difference, describe_finding, describe_p
    from evalkit.cli.grid import Grid

    rows = (
        (
            found.metric,
            f"{found.a}\n{found.b}",
            f"{describe_difference(found)}\n{describe_finding(found.here)}",
            f"{found.wins} / {found.losses} / {found.ties}",
            describe_p(found.p_sign),
            _verdict(found),
        )
        for found in comparisons
    )
    return Grid(
        title="differences, a − b",
        columns=_COLUMNS,
        rows=tuple(rows),
        words=("a, b", "verdict"),
        names=("a, b",),
    )


def _verdict(found: Comparison) -> str:
    if found.verdict == "missing":
        return "none: missing outputs\ncould reverse it"
    if found.here.verdict == "tied":
        return "tied"
    return f"{found.a} is {found.here.verdict}\non rows like these"
