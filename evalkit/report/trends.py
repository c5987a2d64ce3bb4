"""Systems over several runs: a table, and a chart with a line for each system."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle, pairwise
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from evalkit.report.charts import chart_template, ticks
from evalkit.report.palette import MODEL_COLORS
from evalkit.report.table import Cell, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from evalkit.analysis.trends import Line, Moment, Trend

_HEIGHT: Final = 190  # pixels from the highest value of the axis to 0
_LABEL: Final = 17  # pixels between the names of two systems
_ABOVE: Final = 9  # pixels of a name above its last point
_LEFT, _RIGHT = 10.0, 98.0  # per cent of the width: the first run and the last


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """One system: its points, x in per cent and y in pixels, and the segments between them."""

    system: str
    color: str
    mean: float
    points: Sequence[tuple[float, float]]
    segments: Sequence[tuple[tuple[float, float], tuple[float, float]]]
    label_y: float


def table_of(trends: Sequence[Trend]) -> Table:
    """Return a row for each metric and system, and a column for each run, oldest first."""
    every = dict.fromkeys(run for trend in trends for run in trend.runs)
    runs = sorted(every, key=lambda run: run.started)
    return Table(
        columns=("metric · system", *(f"{run.run}\n{run.started}" for run in runs)),
        rows=tuple(
            (Cell(number=f"{trend.metric} · {line.system}"), *_cells(trend, line, runs))
            for trend in trends
            for line in trend.lines
        ),
    )


def _cells(trend: Trend, line: Line, runs: Sequence[Moment]) -> Iterator[Cell]:
    means = dict(zip(trend.runs, line.means, strict=True))
    for run in runs:
        mean = means.get(run)
        yield Cell(number="–" if mean is None else f"{mean:.3f}")


def draw_trend(trend: Trend) -> Markup:
    """Return the chart of a trend; a page's style sheet gives the colours."""
    axis = ticks(max(mean for line in trend.lines for mean in line.means if mean is not None))

    def height(value: float) -> float:
        return round(_HEIGHT * (1 - value / axis[-1]), 1)

    placed = {
        line.system: {
            i: (round(_LEFT + (_RIGHT - _LEFT) * i / (len(trend.runs) - 1), 2), height(mean))
            for i, mean in enumerate(line.means)
            if mean is not None
        }
        for line in trend.lines
    }
    label_y = _apart({system: [*points.values()][-1][1] for system, points in placed.items()})
    lines = [
        _drawn(line, color, placed[line.system], label_y[line.system])
        for line, color in zip(trend.lines, _colors(trend.lines), strict=True)
    ]
    top = max(_LABEL - min(label_y.values()), 6.0)
    shown = {"trend": trend, "lines": lines, "top": top, "bottom": _HEIGHT}
    shown |= {"ticks": [(height(value), f"{value:g}") for value in axis]}
    chart = chart_template("trend.svg.jinja").render(shown, left=_LEFT, right=_RIGHT)
    return Markup(chart)  # noqa: S704 - escaped there


def _drawn(
    line: Line, color: str, points: Mapping[int, tuple[float, float]], label_y: float
) -> Drawn:
    return Drawn(
        system=line.system,
        color=color,
        mean=next(mean for mean in reversed(line.means) if mean is not None),
        points=[*points.values()],
        segments=[(points[i], points[j]) for i, j in pairwise(points) if j == i + 1],
        label_y=label_y,
    )


def _colors(lines: Sequence[Line]) -> list[str]:
    models = cycle(MODEL_COLORS)
    return [next(models) if line.role == "model" else line.role for line in lines]


def _apart(ends: Mapping[str, float]) -> dict[str, float]:
    """Return the heights of names, above the ends of their lines and none over another."""
    placed: dict[str, float] = {}
    last = float("inf")
    for system in sorted(ends, key=ends.__getitem__, reverse=True):
        last = min(ends[system] - _ABOVE, last - _LABEL)
        placed[system] = last
    return placed
