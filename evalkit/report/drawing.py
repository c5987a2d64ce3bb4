"""How charts look: Vega-Altair, and the only module that imports it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import altair as alt

from evalkit.report.palette import (
    CARD,
    GRID,
    INK,
    MODEL_COLORS,
    MUTED,
    ROLE_COLORS,
    name_group,
    name_metric,
    ours,
)
from evalkit.report.ranking import means_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.report.chart_data import Bar, Dot
    from evalkit.results import Summary

Chart = alt.LayerChart | alt.FacetChart

SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
FONT = "system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
WIDTH = 270  # pixels, so that a chart with its labels fits a telephone
ROW = 26  # pixels of a system in a chart without groups
STEP = 13  # pixels of a system within a group
LONGEST = 170  # pixels of a name


class Style:
    """How the systems of a run look in every chart."""

    def __init__(self, summary: Summary) -> None:
        """Give each system its colour and shape: models in colours, the rest in greys."""
        self._summary = summary
        self._shown_as = {
            system.name: ours("role.human") if system.role == "human" else system.name
            for system in summary.systems
        }
        self._names = list(self._shown_as.values())
        models = [system.name for system in summary.systems if system.role == "model"]
        self._colors = [
            MODEL_COLORS[models.index(system.name) % len(MODEL_COLORS)]
            if system.role == "model"
            else ROLE_COLORS[system.role]
            for system in summary.systems
        ]

    def ranked(self, bars: Sequence[Bar], metric: str) -> Chart:
        """Draw one metric, its systems in the order given."""
        order = [self._shown_as[bar.system] for bar in bars]
        y = alt.Y("system:N", sort=order, title=None, axis=alt.Axis(labelLimit=LONGEST))
        rows = self._rows(bars)
        return _whiskers(rows, metric, y, self._look(()), height=ROW * len(order))

    def grouped(self, bars: Sequence[Bar], metric: str, family: str) -> Chart:
        """Draw groups one below the other, each with all its systems."""
        groups = list(dict.fromkeys(bar.group for bar in bars))
        words = {group: _group_words(group, family) for group in groups}
        rows = [{**row, "group": words[row["group"]]} for row in self._rows(bars)]
        axis = alt.Axis(labelLimit=0, labelExpr=r"split(datum.label, '\n')")
        y = alt.Y("group:N", sort=list(words.values()), title=None, axis=axis)
        look = self._look(bars) | {"yOffset": alt.YOffset("system:N", sort=self._names)}
        n_systems = len({bar.system for bar in bars})
        return _whiskers(rows, metric, y, look, height=len(groups) * max(2, n_systems) * STEP)

    def lengths(self, dots: Sequence[Dot], step: int, metric: str) -> Chart:
        """Draw each summary's score against its length, and the mean of the human references."""
        sampled = [] if step == 1 else [ours("axis.sample", step=step)]
        x = alt.X("x:Q", title=[ours("axis.characters"), *sampled])
        return self._plane(dots, metric, x, size=28)

    def speeds(self, dots: Sequence[Dot], metric: str) -> Chart:
        """Draw each system's mean against its seconds, and the mean of the human references."""
        scale = alt.Scale(type="log", nice=True)
        axis = alt.Axis(grid=False, tickCount=4, format="~g")
        x = alt.X("x:Q", title=ours("axis.seconds"), scale=scale, axis=axis)
        return self._plane(dots, metric, x, size=90)

    def _plane(self, dots: Sequence[Dot], metric: str, x: alt.X, *, size: int) -> Chart:
        y = alt.Y("y:Q", title=name_metric(metric), scale=alt.Scale(zero=True))
        points = _chart(self._rows(dots)).mark_point(filled=True, size=size, opacity=0.8)
        layers: list[alt.Chart] = [points.encode(x=x, y=y, **self._look(dots))]
        for mean in means_of(self._summary, metric, {"human"}).values():
            line = _chart([{"y": mean}]).encode(y="y:Q")
            words = line.mark_text(color=MUTED, align="right", baseline="bottom", dy=-3)
            layers += [
                line.mark_rule(color=ROLE_COLORS["human"], strokeDash=[5, 4]),
                words.encode(x=alt.value(WIDTH), text=alt.value(ours("axis.human"))),
            ]
        return _finish(layers, height=220)

    def _rows(self, items: Sequence[Bar | Dot]) -> list[dict[str, Any]]:
        return [{**asdict(item), "system": self._shown_as[item.system]} for item in items]

    def _look(self, items: Sequence[Bar | Dot]) -> dict[str, Any]:
        """Return colours and shapes, with a legend of the systems that need one."""
        drawn = {self._shown_as[item.system] for item in items}
        values = [name for name in self._names if name in drawn]
        legend = alt.Legend(**_LEGEND, values=values) if values else None
        shapes = [SHAPES[i % len(SHAPES)] for i in range(len(self._names))]
        colors = alt.Scale(domain=self._names, range=self._colors)
        return {
            "color": alt.Color("system:N", scale=colors, legend=legend),
            "shape": alt.Shape(
                "system:N", scale=alt.Scale(domain=self._names, range=shapes), legend=legend
            ),
        }


def _group_words(group: str, family: str) -> str:
    return "\n".join(name_metric(group)) if family == "metric" else name_group(family, group)


def _whiskers(
    rows: Sequence[Mapping[str, Any]],
    metric: str,
    y: alt.Y,
    look: Mapping[str, Any],
    *,
    height: int,
) -> Chart:
    """Draw points with their intervals on a common axis."""
    base = _chart(rows).encode(y=y)
    lines = {key: value for key, value in look.items() if key != "shape"}
    title = name_metric(metric) if metric else None
    intervals = (
        base.mark_rule(strokeWidth=2, opacity=0.55)
        .encode(x=alt.X("low:Q", title=title), x2="high:Q", **lines)
        .transform_filter("datum.low != null")
    )
    x = alt.X("mean:Q", title=title, scale=alt.Scale(zero=True))
    points = base.mark_point(filled=True, size=55, opacity=1).encode(x=x, **look)
    return _finish([intervals, points], height=height)


def _chart(rows: Sequence[Mapping[str, Any]]) -> alt.Chart:
    return alt.Chart(alt.InlineData(values=[dict(row) for row in rows]))


def _finish(layers: Sequence[alt.Chart], *, height: int) -> Chart:
    chart: Chart = alt.layer(*layers).properties(width=WIDTH, height=height).configure(**_LOOKS)
    return chart


_LEGEND: dict[str, Any] = {
    "orient": "bottom",
    "columns": 2,
    "title": None,
    "labelLimit": LONGEST,
}
_LOOKS: dict[str, Any] = {
    "aria": False,
    "padding": {"left": 14, "right": 8, "top": 6, "bottom": 4},
    "background": CARD,
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "titleColor": MUTED,
        "gridColor": GRID,
        "domainColor": GRID,
        "tickColor": GRID,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "tickCount": 5,
    },
    "legend": {
        "labelColor": INK,
        "labelFontSize": 12,
        "symbolSize": 70,
        "symbolOpacity": 1,
    },
}
