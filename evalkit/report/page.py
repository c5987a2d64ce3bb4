"""report.html: one file that opens from disk, with no server and no network."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from evalkit.metrics import available
from evalkit.records import Task
from evalkit.report import charts, payload
from evalkit.report.differences import arrange, is_real
from evalkit.report.labels import fill, label, template
from evalkit.report.leaders import standing
from evalkit.report.mistakes import mistakes
from evalkit.report.notes import explain
from evalkit.report.table import headline_metrics, in_order
from evalkit.report.translate import in_chinese
from evalkit.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.report.findings import Findings
    from evalkit.report.leaders import Standing
    from evalkit.results import Counts, Estimate, Summary, SystemSummary

_SCRIPTS = ("core.js", "marks.js", "state.js", "list.js", "detail.js", "scatter.js", "main.js")


def render(findings: Findings) -> str:
    """Return the page; everything in it that models or articles wrote is escaped."""
    summary = findings.summary
    headline = headline_metrics(summary)
    standings = _standings(findings)
    styles = Markup(template("report.css"))  # noqa: S704 - our own file
    script = Markup("\n".join(map(template, _SCRIPTS)))  # noqa: S704 - as above
    return (
        _environment()
        .get_template("report.html.jinja")
        .render(
            summary=summary,
            findings=findings,
            headline=headline,
            rows=[_row(findings, system) for system in in_order(summary)],
            sizes={e.metric: e for system in reversed(summary.systems) for e in system.estimates},
            people={system.name for system in summary.systems if system.role == "ceiling"},
            odd_systems=[system.name for system in summary.systems if _is_odd(system)],
            standings=standings,
            explained=explain(findings, [found for task in standings.values() for found in task]),
            mistakes=mistakes(findings),
            methods=_methods(summary),
            differences=arrange(summary, headline),
            pictures=[_figure(picture) for picture in charts.draw(findings)],
            manifests=[_manifest(manifest) for manifest in findings.manifests],
            data=Markup(payload.embed(payload.build(findings))),  # noqa: S704 - escaped there
            styles=styles,
            script=script,
            policy=_policy(styles, script),
        )
    )


_TASKS: tuple[Task, ...] = get_args(Task)


def _standings(findings: Findings) -> dict[Task, list[Standing]]:
    """Return who is first at each task, on its headline metrics; nothing for a task without any."""
    by_task = {
        task: [s for name in findings.headline(task) if (s := standing(findings.summary, name))]
        for task in _TASKS
    }
    return {task: found for task, found in by_task.items() if found}


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A system with its estimates by metric, and what its generations took.

    Those `n_cached` took nothing: another run had done them.
    """

    system: SystemSummary
    estimates: Mapping[str, Estimate]
    seconds: float
    n_tokens: int
    n_cached: int


def _row(findings: Findings, system: SystemSummary) -> Row:
    facts = findings.facts.get(system.name, {})
    speed = facts.get("speed", {})
    return Row(
        system=system,
        estimates={estimate.metric: estimate for estimate in system.estimates},
        seconds=speed.get("generate_s", 0.0),
        n_tokens=speed.get("n_computed_tokens", 0) + speed.get("n_new_tokens", 0),
        n_cached=facts.get("n_from_cache", 0),
    )


_ODD = {
    "generated": "n_generated",
    "failed": "n_failed",
    "missing": "n_missing",
    "empty": "n_empty",
    "cut_off": "n_cut_off",
    "shortened": "n_shortened",
    "unclosed": "n_unclosed_thinking",
}


def _odd_counts(counts: Counts | None = None) -> list[tuple[int, str]]:
    """Return how many generations are odd in which way, and how many there are."""
    return [(getattr(counts, field, 0), name) for name, field in _ODD.items()]


def _is_odd(system: SystemSummary) -> bool:
    found = any(n for n, name in _odd_counts(system.counts) if name != "generated")
    return system.role != "ceiling" and (found or bool(system.failure))


def _methods(summary: Summary) -> list[str]:
    estimates = [found for system in summary.systems for found in system.estimates]
    return list(dict.fromkeys(found.method for found in estimates))


def _figure(picture: charts.Picture) -> dict[str, Any]:
    svg = Markup(picture.embedded())  # noqa: S704 - drawn from escaped text, without script
    return {"picture": picture, "svg": svg}


def _manifest(manifest: object) -> str:
    return json.dumps(manifest, ensure_ascii=False, indent=2)


def _environment() -> Environment:
    environment = Environment(
        loader=DictLoader({"report.html.jinja": template("report.html.jinja")}),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_show,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["t"] = _label
    environment.globals["hint"] = lambda key: label(key)[0]
    environment.globals["told"] = _told
    environment.globals["odd_counts"] = _odd_counts
    environment.globals["metric_label"] = _metric_label
    environment.tests["real"] = is_real
    return environment


def _show(value: object) -> object:
    """Make hidden characters visible in all that is not markup of our own."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _label(key: str, **values: object) -> Markup:
    """Return words of our own, in English, that the script puts into the page's language."""
    shown = {name: visible(str(value)) for name, value in values.items()}
    given = Markup(' data-v="{}"').format(json.dumps(shown)) if shown else Markup("")
    return Markup('<span data-t="{}"{}>{}</span>').format(key, given, fill(label(key)[0], shown))


def _told(text: str) -> Markup:
    """Return a sentence of another room, that the script puts into the page's language."""
    both = [visible(text), visible(in_chinese(text))]
    return Markup('<span data-told="{}">{}</span>').format(json.dumps(both), both[0])


def _metric_label(name: str) -> Markup:
    """Return what a metric means, in a few words; nothing for one that the labels lack."""
    return _label(f"metric.{name}") if name in available() else Markup("")


def _policy(styles: str, script: str) -> str:
    """Return a policy under which only this page's own style and script run, and nothing loads."""
    return (
        f"default-src 'none'; style-src {_hash(styles)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
