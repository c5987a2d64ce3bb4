"""The charts: which there are, and each as a vector picture without script or network."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import escape
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from evalkit.report import chart_data
from evalkit.report.labels import fill, label_in
from evalkit.report.palette import MARK, TOKENS, in_language, recognise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from evalkit.report.chart_data import Bar
    from evalkit.report.drawing import Chart, Style
    from evalkit.report.labels import Language
    from evalkit.report.material import Material

NOT_INSTALLED = "charts need packages that are missing; install evalkit with its extra `charts`"
_WORDS = {"type": "type", "evidence": "place", "task": "task"}  # whose groups labels name
_FAMILIES = {
    "faithfulness": ("fact_precision", "number_precision", "name_precision", "number_recall"),
    "copying": ("coverage", "novel_bigrams", "repetition"),
}
_MARKED = re.compile(f"<(text|tspan)([^>]*)>{MARK}([^<]*)</")
_IN_JSON = re.compile(f'{MARK}([^"\\\\]*)')
_ARIA = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"(?=[^<>]*>)')  # in English, and of no help


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A chart as Vega-Lite.

    Attributes:
        kind: names the label of its title, `chart.<kind>`.
        metric: what it shows; empty for several.
        family: of the labels that name the groups of `bars`; empty where they have none.
        bars: the numbers behind it; empty for a cloud of points.
        spec: Vega-Lite's own.
    """

    kind: str
    metric: str
    family: str
    bars: Sequence[Bar]
    spec: Mapping[str, Any]

    @property
    def name(self) -> str:
        """A name for its file."""
        return f"{self.kind}-{self.metric}" if self.metric else self.kind

    def title(self, language: Language) -> str:
        """Return what it shows, in words."""
        words = label_in(language, f"chart.{self.kind}")
        return fill(words, {"metric": self.metric})

    def svg(self, language: Language = "en") -> str:
        """Return the picture as SVG, colours as they are."""
        titled = f'role="img"><title>{escape(self.title(language))}</title>'
        return _draw(self._plain(language)).replace(">", f" {titled}", 1)

    def png(self, language: Language = "en") -> bytes:
        """Return the picture as PNG, two pixels for one."""
        import vl_convert  # noqa: PLC0415 - heavy, and only for charts

        return vl_convert.vegalite_to_png(self._plain(language), scale=2)

    def embedded(self) -> str:
        """Return the picture as SVG for a page: colours by name, words with their labels."""
        svg = _draw(json.dumps(self.spec, ensure_ascii=False))
        for color, token in TOKENS.items():
            svg = svg.replace(color, f"var(--{token})")
        return _MARKED.sub(_name_label, svg)

    def _plain(self, language: Language) -> str:
        titled = {**self.spec, "title": self.title(language)}
        text = json.dumps(titled, ensure_ascii=False)
        return _IN_JSON.sub(lambda found: in_language(found[1], language), text)


def _draw(spec: str) -> str:
    import vl_convert  # noqa: PLC0415 - heavy, and only for charts

    return _ARIA.sub("", vl_convert.vegalite_to_svg(spec))


def _name_label(match: re.Match[str]) -> str:
    tag, attributes, words = match.groups()
    key, values = recognise(words)
    filled = f" data-v='{json.dumps(values)}'" if values else ""
    return f'<{tag}{attributes} data-t="{key}"{filled}>{words}</'


def is_installed() -> bool:
    """Return whether the packages that draw charts are installed."""
    return find_spec("altair") is not None and find_spec("vl_convert") is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """The charts of a page, each with its SVG; `problem` is why some are missing, or all."""

    pictures: Sequence[tuple[Picture, str]] = ()
    problem: str = ""


def draw_for_page(material: Material) -> Drawn:
    """Draw all charts; where one cannot be drawn, those before it."""
    if not is_installed():
        return Drawn(problem=NOT_INSTALLED)
    pictures: list[tuple[Picture, str]] = []
    try:
        pictures.extend((picture, picture.embedded()) for picture in draw(material))
    except Exception as error:  # noqa: BLE001 - whatever a library raises, the page does without
        return Drawn(pictures=pictures, problem=describe_error(error))
    return Drawn(pictures=pictures)


def describe_error(error: Exception) -> str:
    """Return what a library raised, in one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())


def draw(material: Material) -> Iterator[Picture]:
    """Yield the charts that a run has numbers for."""
    from evalkit.report.drawing import Style  # noqa: PLC0415 - Altair is heavy

    style = Style(material.summary)
    yield from _scores(material, style)
    yield from _groups(material, style)
    yield from _families(material, style)
    yield from _planes(material, style)


def _scores(material: Material, style: Style) -> Iterator[Picture]:
    for metric in (*material.headline("answer"), *material.headline("summary")):
        found = chart_data.bars_by_metric(material.summary, (metric,))
        if bars := sorted(found, key=lambda bar: -bar.mean):
            yield _picture("scores", metric, bars, style.ranked(bars, metric))


def _groups(material: Material, style: Style) -> Iterator[Picture]:
    answers, summaries = material.headline("answer"), material.headline("summary")
    ways = {"type": answers, "difficulty": answers, "evidence": answers, "task": summaries}
    for way, metrics in ways.items():
        for metric in metrics[:1]:
            if bars := chart_data.bars_by_group(material, way, metric):
                family = _WORDS.get(way, "")
                chart = style.grouped(bars, metric, family)
                yield _picture(way, metric, bars, chart, family=family)


def _families(material: Material, style: Style) -> Iterator[Picture]:
    for kind, metrics in _FAMILIES.items():
        if bars := chart_data.bars_by_metric(material.summary, metrics):
            chart = style.grouped(bars, "", "metric")
            yield _picture(kind, "", bars, chart, family="metric")


def _planes(material: Material, style: Style) -> Iterator[Picture]:
    answers, summaries = material.headline("answer")[:1], material.headline("summary")[:1]
    for metric in summaries:
        dots, step = chart_data.dots_by_length(material, metric)
        if dots:
            yield _picture("characters", metric, (), style.lengths(dots, step, metric))
    for metric in (*answers, *summaries):
        if dots := chart_data.dots_by_speed(material, metric):
            yield _picture("speed", metric, (), style.speeds(dots, metric))


def _picture(
    kind: str, metric: str, bars: Sequence[Bar], chart: Chart, *, family: str = ""
) -> Picture:
    return Picture(kind=kind, metric=metric, family=family, bars=bars, spec=chart.to_dict())
