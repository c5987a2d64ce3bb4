"""The charts, drawn by Vega-Altair as vector pictures that need no script and no network."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from evalkit.report import parts
from evalkit.report.labels import label, labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import altair as alt

    from evalkit.records import Summary
    from evalkit.report.findings import Findings
    from evalkit.report.parts import Bar, Dot

INK, MUTED, GRID, CARD = "#1c2431", "#5a6473", "#dde2e9", "#fdfeff"
CONTESTANTS = ("#0b62b8", "#c94f00", "#00825e", "#a8458a", "#9a6a00", "#3f7f93", "#7a4fd0")
OTHERS = {"floor": "#808a98", "roof": "#2f3947", "ceiling": "#101722"}
_TOKENS = {
    INK: "ink",
    MUTED: "muted",
    GRID: "grid",
    CARD: "card",
    **{color: f"c{i}" for i, color in enumerate(CONTESTANTS)},
    **{color: role for role, color in OTHERS.items()},
}
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
MARK = "\u2060"  # before words of our own; of no width, and no system's name may hold it
FONT = "system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
WIDTH = 270  # pixels, so that a chart with its labels fits a telephone
STEP = 13  # pixels a system takes within a group


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A chart: its file name, the label of its title, Vega-Lite, and the numbers it shows.

    `family` is that of the labels that name the groups of `bars`; empty where their names are data.
    """

    name: str
    title: str
    values: Mapping[str, str]
    family: str
    bars: Sequence[Bar]
    spec: Mapping[str, Any]

    def svg(self) -> str:
        """Return the picture as SVG, colours as they are."""
        import vl_convert  # noqa: PLC0415 - heavy, and only for charts

        return vl_convert.vegalite_to_svg(self._plain())

    def png(self) -> bytes:
        """Return the picture as PNG, two pixels for one."""
        import vl_convert  # noqa: PLC0415 - as above

        return vl_convert.vegalite_to_png(self._plain(), scale=2)

    def embedded(self) -> str:
        """Return the picture as SVG for a page: colours by name, words with their labels."""
        import vl_convert  # noqa: PLC0415 - as above

        svg = vl_convert.vegalite_to_svg(dict(self.spec))
        for color, token in _TOKENS.items():
            svg = svg.replace(color, f"var(--{token})")
        return _MARKED.sub(_name_label, svg).replace(MARK, "")

    def _plain(self) -> str:
        return json.dumps(self.spec, ensure_ascii=False).replace(MARK, "")


_MARKED = re.compile(f"(<text[^>]*)>{MARK}([^<]*)</text>")


def _name_label(match: re.Match[str]) -> str:
    return f'{match[1]} data-t="{_keys()[match[2]]}">{match[2]}</text>'


@cache
def _keys() -> dict[str, str]:
    """Return the label of each word of our own that a chart may show."""
    families = ("axis.", "type.", "place.", "length.", "role.")
    return {words[0]: key for key, words in labels().items() if key.startswith(families)}


def draw(findings: Findings) -> Iterator[Picture]:
    """Yield the charts that a run has numbers for."""
    summary = findings.summary
    style = _Style(summary)
    answers, summaries = findings.headline("answer"), findings.headline("summary")
    for metric in (*answers, *summaries):
        bars = sorted(parts.by_metric(summary, (metric,)), key=lambda bar: -bar.mean)
        if bars:
            yield style.picture("scores", metric, bars, style.ranked(bars, metric))
    ways = {"type": answers, "difficulty": answers, "evidence": answers, "length": summaries}
    for way, metrics in ways.items():
        for metric in metrics[:1]:
            bars = parts.by_group(findings, way, metric)
            if bars:
                family = _WORDS.get(way, "")
                yield style.picture(
                    way, metric, bars, style.grouped(bars, metric, family), family=family
                )
    for name, chosen in _FAMILIES.items():
        bars = parts.by_metric(summary, [m for m in chosen if m in summary.signatures])
        if bars:
            yield style.picture(name, "", bars, style.grouped(bars, "", ""))
    for metric in summaries[:1]:
        dots, step = parts.by_length(findings, metric)
        if dots:
            yield style.picture("characters", metric, (), style.lengths(dots, step, metric))
    for metric in (*answers[:1], *summaries[:1]):
        if dots := parts.by_speed(findings, metric):
            yield style.picture("speed", metric, (), style.speeds(dots, metric))


_WORDS = {"type": "type", "evidence": "place", "length": "length"}
_FAMILIES = {
    "faithfulness": ("number_precision", "name_precision", "number_recall"),
    "copying": ("coverage", "novel_bigrams", "repetition"),
}


class _Style:
    """How the systems of a run look in every chart."""

    def __init__(self, summary: Summary) -> None:
        """Give each system its colour and shape: models in colours, the rest in greys."""
        self._summary = summary
        self._called = {
            system.name: _ours("role.ceiling") if system.role == "ceiling" else system.name
            for system in summary.systems
        }
        self.names = list(self._called.values())
        n_models = 0
        self._colors: list[str] = []
        for system in summary.systems:
            if system.role == "contestant":
                self._colors.append(CONTESTANTS[n_models % len(CONTESTANTS)])
                n_models += 1
            else:
                self._colors.append(OTHERS[system.role])
        self._shapes = [SHAPES[i % len(SHAPES)] for i in range(len(self.names))]

    def picture(
        self,
        kind: str,
        metric: str,
        bars: Sequence[Bar],
        chart: alt.LayerChart,
        *,
        family: str = "",
    ) -> Picture:
        """Return a chart with its looks as a picture."""
        spec = chart.configure(**_LOOKS).to_dict()
        name = f"{kind}-{metric}" if metric else kind
        return Picture(
            name=name,
            title=f"chart.{kind}",
            values={"metric": metric},
            family=family,
            bars=bars,
            spec=spec,
        )

    def ranked(self, bars: Sequence[Bar], metric: str) -> alt.LayerChart:
        """Draw one metric, the best system on top."""
        import altair as alt  # noqa: PLC0415 - heavy, and only for charts

        order = [self._called[bar.system] for bar in bars]
        y = alt.Y("system:N", sort=order, title=None, axis=alt.Axis(labelLimit=170))
        return _whiskers(self._rows(bars), metric, y, self._look(()), height=26 * len(order))

    def grouped(self, bars: Sequence[Bar], metric: str, family: str) -> alt.LayerChart:
        """Draw groups one below the other, each with all its systems."""
        import altair as alt  # noqa: PLC0415 - as above

        groups = list(dict.fromkeys(bar.group for bar in bars))
        words = {group: _ours(f"{family}.{group}") if family else group for group in groups}
        shown = [{**row, "group": words[row["group"]]} for row in self._rows(bars)]
        y = alt.Y("group:N", sort=list(words.values()), title=None, axis=_AXIS_OF_WORDS)
        offset = alt.YOffset("system:N", sort=self.names)
        n_systems = len({bar.system for bar in bars})
        height = len(groups) * max(2, n_systems) * STEP
        look = self._look(bars) | {"yOffset": offset}
        return _whiskers(shown, metric, y, look, height=height)

    def lengths(self, dots: Sequence[Dot], step: int, metric: str) -> alt.LayerChart:
        """Draw each summary's score against its length, and people's mean."""
        import altair as alt  # noqa: PLC0415 - as above

        sampled = [] if step == 1 else [label("axis.sample")[0].format(step=step)]
        x = alt.X("x:Q", title=[_ours("axis.characters"), *sampled])
        return self._plane(dots, metric, x, self._look(dots), size=28)

    def speeds(self, dots: Sequence[Dot], metric: str) -> alt.LayerChart:
        """Draw each system's mean against the seconds it takes, and people's mean."""
        import altair as alt  # noqa: PLC0415 - as above

        scale = alt.Scale(type="log", nice=True)
        axis = alt.Axis(grid=False, tickCount=4, format="~g")
        x = alt.X("x:Q", title=_ours("axis.seconds"), scale=scale, axis=axis)
        return self._plane(dots, metric, x, self._look(dots), size=90)

    def _rows(self, items: Sequence[Bar | Dot]) -> list[dict[str, Any]]:
        return [{**asdict(item), "system": self._called[item.system]} for item in items]

    def _plane(
        self,
        dots: Sequence[Dot],
        metric: str,
        x: alt.X,
        look: Mapping[str, Any],
        *,
        size: int,
    ) -> alt.LayerChart:
        import altair as alt  # noqa: PLC0415 - as above

        y = alt.Y("y:Q", title=metric, scale=alt.Scale(zero=True))
        points = (
            alt.Chart(alt.Data(values=self._rows(dots)))
            .mark_point(filled=True, size=size, opacity=0.8)
            .encode(x=x, y=y, **look)
        )
        layers = [points]
        ceiling = parts.mean_of(self._summary, "ceiling", metric)
        if ceiling is not None:
            at = alt.Chart(alt.Data(values=[{"y": ceiling}])).encode(y="y:Q")
            layers += [
                at.mark_rule(color=OTHERS["ceiling"], strokeDash=[5, 4]),
                at.mark_text(color=MUTED, align="right", baseline="bottom", dy=-3).encode(
                    x=alt.value(WIDTH), text=alt.value(_ours("axis.people"))
                ),
            ]
        return alt.layer(*layers).properties(width=WIDTH, height=200)

    def _look(self, named: Sequence[Bar | Dot]) -> dict[str, Any]:
        """Return colours and shapes, with a legend of the systems that need one."""
        import altair as alt  # noqa: PLC0415 - as above

        drawn = {self._called[item.system] for item in named}
        values = [name for name in self.names if name in drawn]
        legend = alt.Legend(**_LEGEND, values=values) if values else None
        return {
            "color": alt.Color(
                "system:N",
                scale=alt.Scale(domain=self.names, range=self._colors),
                legend=legend,
            ),
            "shape": alt.Shape(
                "system:N",
                scale=alt.Scale(domain=self.names, range=self._shapes),
                legend=legend,
            ),
        }


def _whiskers(
    rows: Sequence[Mapping[str, Any]],
    metric: str,
    y: alt.Y,
    look: Mapping[str, Any],
    *,
    height: int,
) -> alt.LayerChart:
    """Draw points with their intervals on a common axis."""
    import altair as alt  # noqa: PLC0415 - as above

    base = alt.Chart(alt.Data(values=list(rows))).encode(y=y)
    lines = {key: value for key, value in look.items() if key != "shape"}
    x = alt.X("mean:Q", title=metric or None, scale=alt.Scale(zero=True))
    intervals = (
        base.mark_rule(strokeWidth=2, opacity=0.55)
        .encode(x=alt.X("low:Q", title=metric or None), x2="high:Q", **lines)
        .transform_filter("datum.low != null")
    )
    points = base.mark_point(filled=True, size=55, opacity=1).encode(x=x, **look)
    return alt.layer(intervals, points).properties(width=WIDTH, height=height)


def _ours(key: str) -> str:
    """Return words of our own, marked so that a page can put them in its language."""
    return MARK + label(key)[0]


_AXIS_OF_WORDS = {"labelLimit": 170}
_LEGEND = {"orient": "bottom", "columns": 2, "title": None, "labelLimit": 180}
_LOOKS: dict[str, Any] = {
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
    "legend": {"labelColor": INK, "labelFontSize": 12, "symbolSize": 70, "symbolOpacity": 1},
}
