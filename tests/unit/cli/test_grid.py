"""A table in the terminal fits, and a number in it is whole."""

from __future__ import annotations

import contextvars
import io
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from evalkit.cli.grid import Grid, print_grid
from evalkit.language import choose_language

METRICS = ("rouge2\nn=40", "em\nn=314", "f1\nn=314")
GRID = Grid(
    title="demo: complete",
    columns=("system", *METRICS, "seconds", "issues"),
    rows=tuple(
        (
            f"model-{i}",
            *(f"0.{i}{j}8 (3{i} of 40)\n[0.{i}{j}, 0.16]" for j in range(len(METRICS))),
            f"{i}41.3",
            f"{i + 2} truncated, 12 article shortened, 3 thinking unclosed",
        )
        for i in range(9)
    ),
    words=("issues",),
)


def printed(grid: Grid, width: int) -> list[str]:
    """Return the lines of a table in a terminal of that width."""
    file = io.StringIO()
    print_grid(Console(file=file, width=width, force_terminal=False), grid)
    return file.getvalue().splitlines()


@given(st.integers(min_value=50, max_value=260))
def test_no_number_is_shortened_or_broken_at_any_width(width: int) -> None:
    """Each part of each cell is on one line, and no line is longer than the terminal is wide."""
    lines = printed(GRID, width)
    for row in GRID.rows:
        for part in (part for cell in row[:-1] for part in cell.split("\n")):
            assert any(part in line for line in lines), part
    assert max(map(len, lines)) <= width


def test_below_130_columns_the_table_is_turned() -> None:
    """Metrics down, systems across, in as many tables as are needed; words are broken at spaces."""
    grid = replace(GRID, rows=GRID.rows[:2])
    turned = printed(grid, 129)
    heads = [line for line in turned if "system" in line]
    assert [[name for name in ("model-0", "model-1") if name in head] for head in heads] == [
        ["model-0", "model-1"]
    ]
    assert [line for line in turned if "rouge2" in line and "0.008 (30 of 40)" in line]
    wide = printed(grid, 150)
    assert [line for line in wide if "system" in line and "seconds" in line]


def test_nine_systems_take_several_tables() -> None:
    """Every system is in one of them, with the names of the metrics beside it."""
    lines = printed(GRID, 100)
    heads = [line for line in lines if line.startswith("┃ system")]
    assert len(heads) > 1
    assert [name for head in heads for name in head.split() if name.startswith("model-")] == [
        row[0] for row in GRID.rows
    ]
    assert sum("demo: complete" in line for line in lines) == 1


def test_names_of_systems_are_the_same_in_all_languages() -> None:
    """A model may be called `missing`, which is a verdict too."""
    row = ("missing", "missing", "missing")
    grid = Grid(title="", columns=("metric", "a, b", "verdict"), rows=(row,), names=("a, b",))
    chosen = contextvars.copy_context()
    chosen.run(choose_language, ["--lang", "zh"])
    (line,) = (line for line in chosen.run(printed, grid, 150) if "missing" in line)
    assert line.split("│")[1:3] == [" missing ", " missing "]
    assert "没有结论" in line
