"""report.html: one file that opens from disk, with no server and no network."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, get_args

from markupsafe import Markup

from evalkit.records import Kind
from evalkit.report import charts, html, payload
from evalkit.report.citation import cite, rows_of
from evalkit.report.comparison import heat_maps, win_matrices
from evalkit.report.differences import arrange, is_averaged, turn
from evalkit.report.labels import labels, template
from evalkit.report.markdown import origin
from evalkit.report.notes import explain
from evalkit.report.served import COLUMNS, refusal_lines
from evalkit.report.strips import draw_strip
from evalkit.report.table import cost_of, in_order, methods_of, takes_time, tokens_per_second
from evalkit.report.tested import what_was_tested
from evalkit.report.to_check import count_in_sentence, find_to_check
from evalkit.report.trends import draw_trend
from evalkit.report.verdict import conclude

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Environment

    from evalkit.report.material import Material
    from evalkit.results import Estimate, Summary, SystemSummary
    from evalkit.store.manifest import Manifest

_SCRIPTS = (
    *("core.js", "values.js", "marks.js", "state.js", "filters.js", "list.js", "detail.js"),
    *("pair.js", "download.js", "tables.js", "notes.js", "main.js"),
)
_STYLES = ("report.css", "verdict.css", "charts.css", "examples.css")


def render(material: Material, problems: list[str] | None = None) -> str:
    """Return the page; everything in it that models or articles wrote is escaped.

    A chart that cannot be drawn is a line of the page, and of `problems`.
    """
    not_drawn: list[str] = []
    figures = list(charts.render_each(charts.draw(material), material.summary, None, not_drawn))
    if problems is not None:
        problems += not_drawn
    styles = Markup("\n".join(map(template, _STYLES)))  # noqa: S704 - our own files
    script = Markup("\n".join(map(template, _SCRIPTS)))  # noqa: S704 - as above
    return (
        _environment()
        .get_template("report.html.jinja")
        .render(
            **_findings(material),
            **_comparisons(material),
            **_outputs_and_runs(material),
            figures=figures,
            not_drawn=not_drawn,
            styles=styles,
            script=script,
            policy=html.policy(styles, script),
        )
    )


def _findings(material: Material) -> dict[str, object]:
    """Return the variables of the verdict, the table of results and who is better in it."""
    summary = material.summary
    return {
        "summary": summary,
        "headline": summary.headline(),
        "rows": _rows(material),
        "sizes": {e.metric: e for system in reversed(summary.systems) for e in system.estimates},
        "people": {system.name for system in summary.systems if system.role == "human"},
        "tested": what_was_tested(material),
        "conclusions": [(found, draw_strip(summary, found)) for found in conclude(summary)],
        "failures": [system for system in summary.systems if system.failure],
        "to_check": find_to_check(summary),
        "in_sentence": count_in_sentence(summary),
        "shown_metrics": {kind: summary.headline(kind) for kind in get_args(Kind)},
        "matrices": win_matrices(summary),
        "counted": material.counted,
        "explained": explain(material),
        "preferences": material.preferences,
        "mistakes": material.mistakes,
        "methods": _methods(summary),
    }


def _comparisons(material: Material) -> dict[str, object]:
    """Return the variables of the sections that compare systems and conditions."""
    summary = material.summary
    headline = summary.headline()
    return {
        "differences": arrange(summary, headline),
        "refusals": refusal_lines(summary, headline),
        "spreads": [spread for spread in summary.spreads if spread.metric in headline],
        "flips": [flips for flips in summary.flips if flips.metric in headline],
        "heats": heat_maps(material),
        "trends": [(trend, draw_trend(trend)) for trend in material.trends],
    }


def _outputs_and_runs(material: Material) -> dict[str, object]:
    """Return the variables of the list of examples and of the sections about the runs."""
    return {
        "served": material.served,
        "served_columns": COLUMNS,
        "summary_metrics": material.headline("summary"),
        "notes_on_runs": material.notes,
        "manifests": [_manifest(material, manifest) for manifest in material.manifests],
        "n_shown": len(material.shown),
        "n_examples": len(material.examples),
        "data": Markup(payload.embed(payload.build(material))),  # noqa: S704 - escaped there
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A system with its estimates by metric, and the speed of its model.

    It is timed where there is a time to show, or to explain: of its generations `n_cached` took
    none, as another run had made them.
    """

    system: SystemSummary
    estimates: Mapping[str, Estimate]
    seconds: float
    tokens_per_second: float
    cost: str
    n_cached: int
    is_timed: bool


def _rows(material: Material) -> list[Row]:
    cached = Counter(name for (name, *_), g in material.generations.items() if g.from_cache)
    found = []
    for system in in_order(material.summary):
        speed = material.speeds.get(system.name)
        found.append(
            Row(
                system=system,
                estimates={estimate.metric: estimate for estimate in system.estimates},
                seconds=speed.generate_s if speed else 0.0,
                tokens_per_second=tokens_per_second(speed),
                cost=cost_of(speed),
                n_cached=cached[system.name],
                is_timed=takes_time(speed) or cached[system.name] > 0,
            )
        )
    return found


def _methods(summary: Summary) -> list[str]:
    estimates = [found for system in summary.systems for found in system.estimates]
    return methods_of(i for e in estimates for i in (e.here, e.general))


def _manifest(material: Material, manifest: Manifest) -> dict[str, object]:
    """Return a run's name, origin and start, how to cite it, and its manifest as rows."""
    return {
        "run": manifest.run,
        "origin": origin(manifest),
        "started": manifest.started,
        "citation": cite(material, manifest),
        "rows": rows_of(manifest),
    }


def _environment() -> Environment:
    words = html.Words(labels())
    environment = html.environment(template, words)
    environment.globals["metric_label"] = lambda name: (
        words.label(f"metric.{name}") if f"metric.{name}" in labels() else ""
    )
    environment.filters["zip"] = partial(zip, strict=True)
    environment.filters["turned"] = turn
    environment.tests["averaged"] = is_averaged
    return environment
