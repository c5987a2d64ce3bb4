"""How the means of each system went over runs that may be compared."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING

from evalkit.report.palette import COLORS, MODEL_COLORS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from evalkit.analysis.listing import ListedRun

WIDTH, HEIGHT = 720, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 520, 16, 224
_LINE_PX = 15  # between the names of two systems
_N_TICKS = 4
_LINES = [COLORS[name] for name in MODEL_COLORS]


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """One run: its name, when it began, and the means by system and metric."""

    name: str
    when: str
    means: Mapping[tuple[str, str], float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One system on a chart, in pixels; the label is at the height of its last mean, or near."""

    system: str
    color: str
    dots: tuple[tuple[float, float], ...]
    label_y: float

    @property
    def points(self) -> str:
        """The dots as SVG has them."""
        return " ".join(f"{x},{y}" for x, y in self.dots)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tick:
    """A line across a chart, in pixels from the top, and the value that it stands for."""

    y: float
    label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """One metric over the runs."""

    metric: str
    lines: tuple[Line, ...]
    ticks: tuple[Tick, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = _RIGHT


@dataclass(frozen=True, kw_only=True, slots=True)
class Trend:
    """Runs on the same articles and references, oldest first."""

    n_articles: int
    runs: tuple[Point, ...]
    charts: tuple[Chart, ...]


def find_trends(listed: Iterable[ListedRun]) -> list[Trend]:
    """Return a trend for each set of two or more finished runs that may be compared.

    They have the same articles and references, and the same signatures of all metrics.
    """
    groups: dict[tuple[object, ...], list[ListedRun]] = defaultdict(list)
    for run in listed:
        if run.manifest is not None and run.summary is not None:
            parts = (run.manifest.articles, run.manifest.references, run.manifest.signatures)
            groups[tuple(tuple(sorted(part.items())) for part in parts)].append(run)
    return [_trend(runs) for runs in groups.values() if len(runs) > 1]


def _trend(runs: Sequence[ListedRun]) -> Trend:
    ordered = sorted(runs, key=lambda run: run.manifest.started if run.manifest else "")
    points = tuple(map(_point, ordered))
    metrics = dict.fromkeys(m for run in ordered if run.summary for m in run.summary.headline())
    manifest = ordered[0].manifest
    return Trend(
        n_articles=len(manifest.articles) if manifest else 0,
        runs=points,
        charts=tuple(_chart(metric, points) for metric in metrics),
    )


def _point(run: ListedRun) -> Point:
    started = run.manifest.started if run.manifest else ""
    means = {
        (system, metric): mean
        for system in run.systems
        for metric, mean in run.headline(system).items()
    }
    return Point(name=run.folder.path.name, when=started[:16].replace("T", " "), means=means)


def _chart(metric: str, points: Sequence[Point]) -> Chart:
    systems = dict.fromkeys(
        system for point in points for system, name in point.means if name == metric
    )
    top = max(
        [1.0, *(m for point in points for (_, name), m in point.means.items() if name == metric)]
    )

    def height(mean: float) -> float:
        return round(_BOTTOM - (_BOTTOM - _TOP) * mean / top, 1)

    dots = {
        system: tuple(
            (round(_LEFT + (_RIGHT - _LEFT) * i / (len(points) - 1), 1), height(mean))
            for i, point in enumerate(points)
            if (mean := point.means.get((system, metric))) is not None
        )
        for system in systems
    }
    labels = _apart({system: of_one[-1][1] for system, of_one in dots.items()})
    values = [top * i / _N_TICKS for i in range(_N_TICKS + 1)]
    return Chart(
        metric=metric,
        lines=tuple(
            Line(system=system, color=color, dots=of_one, label_y=labels[system] + 4)
            for (system, of_one), color in zip(dots.items(), cycle(_LINES), strict=False)
        ),
        ticks=tuple(Tick(y=height(value), label=f"{value:.2f}") for value in values),
    )


def _apart(wanted: Mapping[str, float]) -> dict[str, float]:
    """Return the heights of labels, moved up until none covers another."""
    placed: dict[str, float] = {}
    last = float("inf")
    for system in sorted(wanted, key=wanted.__getitem__, reverse=True):
        last = min(wanted[system], last - _LINE_PX)
        placed[system] = last
    return placed
