"""The charts: dot plots with intervals, as SVG that fits any width, without script or network."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, partial
from math import floor, log10
from textwrap import wrap
from typing import TYPE_CHECKING, Literal

from markupsafe import Markup

from evalkit.language import fill
from evalkit.report import chart_data, html
from evalkit.report.labels import label_in, labels, template
from evalkit.report.palette import COLORS, colors_of
from evalkit.report.problems import noting
from evalkit.report.ranking import by_condition, rank, signs_of, unbeaten
from evalkit.values.visible import show_hidden

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from jinja2 import Template

    from evalkit.language import Language
    from evalkit.records import Role
    from evalkit.report.chart_data import Bar
    from evalkit.report.material import Material
    from evalkit.results import Summary

WAYS = {"type": "type", "difficulty": "difficulty", "evidence": "place", "task": "task"}
"""How examples are divided, each with the family of labels, and the filter, of its groups."""
_WIDTH = 760  # pixels of a chart that is a file of its own
_ROW, _TOP, _BOTTOM = 42, 34, 24  # pixels: of a system, of the lines' labels, of the axis
_BELOW = 13  # pixels of a row below its point
_LINE = 16  # pixels of a second line of text
_LONGEST = 20  # characters of a name that has its numbers beside it; a longer one has them below
_WIDEST = 42  # characters of a name on one line; a Chinese one takes the room of two
_GROUP = 16  # of these the name of a group takes
_MOST_TICKS = 5
_LEFT, _SPAN = 1.5, 96.0  # per cent of the width, so that a point at either end is whole
_FONT = "system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """What a chart's systems are beside: the mean of people, or of the oracle."""

    role: Role
    mean: float
    n: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """A row for each system, or each of a group: a point with its interval.

    Attributes:
        kind: names the label of its title, `chart.<kind>`.
        metric: what it shows.
        message: the label of what it says, `plot.<message>`; empty where that takes no words.
        leader: the system that the message is about.
        bars: the rows.
        lines: drawn across all rows.
    """

    kind: str
    metric: str
    message: str
    leader: str
    bars: Sequence[Bar]
    lines: Sequence[Line]

    @property
    def name(self) -> str:
        """A name for its file."""
        return f"{self.kind}-{self.metric}"

    @property
    def is_flat(self) -> bool:
        """Whether all its systems have the same mean as it is shown, so that there is no chart."""
        return len({f"{bar.mean:.3f}" for bar in self.bars}) == 1 < len(self.bars)


def draw(material: Material) -> Iterator[Chart]:
    """Yield the charts that a run has numbers for: of each metric, the headline ones first."""
    summary = material.summary
    headline = (*material.headline("answer"), *material.headline("summary"))
    others = [facts.name for facts in summary.metrics if facts.name not in headline]
    for metric in (*headline, *others):
        if bars := _ranked(summary, metric):
            says, leader = message(summary, metric)
            yield Chart(
                kind="scores",
                metric=metric,
                message=says,
                leader=leader,
                bars=bars,
                lines=_lines(summary, metric),
            )


def draw_groups(material: Material) -> Iterator[Chart]:
    """Yield, for each way to divide examples, a chart of the metric that tells most of them.

    The oracle, which is right everywhere, is left out.
    """
    shown = {system.name for system in material.summary.systems if system.role != "oracle"}
    for way in material.groups:
        metrics = material.headline("summary" if way == "task" else "answer")[:1]
        for metric in metrics:
            found = chart_data.bars_by_group(material, way, metric)
            if bars := [bar for bar in found if bar.system in shown]:
                yield Chart(kind=way, metric=metric, message="", leader="", bars=bars, lines=())


def _ranked(summary: Summary, metric: str) -> list[Bar]:
    ranked = {s.name for s in summary.systems if s.role in {"model", "baseline"}}
    found = [bar for bar in chart_data.bars_of(summary, metric) if bar.system in ranked]
    falls = summary.metric(metric).better != "lower"
    return sorted(found, key=lambda bar: -bar.mean if falls else bar.mean)


def message(summary: Summary, metric: str) -> tuple[str, str]:
    """Return what a chart says, as the name of a label, and the system that it is about.

    Nothing where a metric only describes outputs, where models are asked under several conditions,
    or where nobody is compared.
    """
    (_, names), *others = by_condition(summary)
    order = rank(summary, metric, names)
    if summary.metric(metric).better == "neither" or others or len(order) < 2:  # noqa: PLR2004
        return "", ""
    signs = signs_of(summary, metric)
    best, *level = unbeaten(order, signs) or order
    if level:
        unjudged = any(signs.get((best, name), "?") == "?" for name in level)
        return "unjudged" if unjudged else "tied", best
    only_here = any(signs.get((best, name)) == ">" for name in order)
    return "best.here" if only_here else "best", best


def _lines(summary: Summary, metric: str) -> list[Line]:
    roles: tuple[Literal["human", "oracle"], ...] = ("human", "oracle")
    return [
        Line(role=role, mean=found.mean, n=found.n)
        for role in roles
        for name, found in summary.estimates(metric).items()
        if summary.roles[name] == role
    ][:2]


def ticks(most: float) -> list[float]:
    """Return round numbers from 0 to the first that is no smaller, six at most; 0 to 1 for 0.

    >>> ticks(0.37)
    [0.0, 0.1, 0.2, 0.3, 0.4]
    """
    most = most or 1.0
    rough = most / _MOST_TICKS
    power = 10.0 ** floor(log10(rough))
    step = next(power * k for k in (1, 2, 5, 10) if power * k >= rough * (1 - 1e-9))
    found = [0.0]
    while found[-1] < most * (1 - 1e-9):
        found.append(round(len(found) * step, 10))
    return found


def title(chart: Chart, language: Language) -> str:
    """Return what a chart shows, in words."""
    return fill(label_in(language, f"chart.{chart.kind}"), {"metric": chart.metric})


def render_each(
    charts: Iterable[Chart], summary: Summary, language: Language | None, problems: list[str]
) -> Iterator[tuple[Chart, Markup]]:
    """Yield each chart with its SVG; one that cannot be drawn is a line of `problems` instead.

    Nothing but templates draws: no native code is in the way that could end the process.
    """
    with noting(problems, "charts"):
        for chart in charts:
            with noting(problems, f"chart {chart.name}"):
                yield chart, Markup(svg(chart, summary, language))  # noqa: S704 - escaped there


def svg(chart: Chart, summary: Summary, language: Language | None = None) -> str:
    """Return a chart as SVG.

    Args:
        chart: which.
        summary: of the run.
        language: of a file of its own. None for the page, where a chart is as wide as there is
            room, takes its colours from the style sheet and follows the page's language.
    """
    tops = [bar.mean if bar.high is None else bar.high for bar in chart.bars]
    axis = ticks(max(*tops, *(line.mean for line in chart.lines), 0.0))
    top = _TOP if chart.lines else 0
    grouped = chart.kind in WAYS
    names = [_broken(bar.system, indent=_GROUP * grouped) for bar in chart.bars]
    named = [f"{bar.group} · {bar.system}" if grouped else bar.system for bar in chart.bars]
    stacked = max(map(len, named)) > _LONGEST
    row = _ROW + (_LINE * max(map(len, names)) if stacked else 0)
    return chart_template("chart.svg.jinja").render(
        chart=chart,
        axis=axis,
        title="" if language is None else title(chart, language),
        width=_WIDTH,
        font=_FONT,
        top=top,
        row=row,
        dot=row - _BELOW,
        stacked=stacked,
        names=names,
        line_height=_LINE,
        bottom=top + row * len(chart.bars),
        height=top + row * len(chart.bars) + _BOTTOM,
        colors=colors_of(summary),
        people={system.name for system in summary.systems if system.role == "human"},
        group=f"{WAYS[chart.kind]}." if chart.kind in WAYS else "",
        say=partial(_say, language),
        color=COLORS.__getitem__ if language else "var(--{})".format,
        at=lambda value: _LEFT + _SPAN * value / axis[-1],
    )


def _broken(name: str, indent: int) -> list[str]:
    """Return a name in lines that the narrowest chart has room for, the first after an indent."""
    width = _WIDEST if name.isascii() else _WIDEST // 2
    return [line.strip() for line in wrap(name, width, initial_indent=" " * indent)]


def _say(language: Language | None, key: str, **values: object) -> Markup | str:
    """Return words of our own: for the page with the label's name, which puts them into a language.

    A key without a label is a name, and stays.
    """
    if key not in labels():
        return key.partition(".")[2]
    shown = {name: show_hidden(str(value)) for name, value in values.items()}
    words = fill(label_in(language or "en", key), shown)
    if language:
        return words
    tagged = Markup('<tspan data-t="{}" data-v="{}">{}</tspan>')
    return tagged.format(key, json.dumps(shown), words)


@cache
def chart_template(name: str) -> Template:
    """Return one of the templates that charts are drawn with."""
    return html.environment(template, html.Words(labels())).get_template(name)
