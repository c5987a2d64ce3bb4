"""report.html: one file that opens from disk, with no server and no network."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from evalkit.metrics import available, entry
from evalkit.report import charts, payload
from evalkit.report.labels import label, template
from evalkit.report.table import headline_metrics
from evalkit.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.records import (
        Comparison,
        Counts,
        Estimate,
        Summary,
        SystemSummary,
        Verdict,
    )
    from evalkit.report.findings import Findings

_SCRIPTS = ("core.js", "marks.js", "state.js", "list.js", "detail.js", "scatter.js", "main.js")


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Who is best on a metric, and how that relates to everyone else."""

    metric: str
    best: str
    mean: float
    beaten: tuple[str, ...]
    tied: tuple[str, ...]
    unjudged: tuple[str, ...]
    bounds: tuple[tuple[str, float], ...]


def render(findings: Findings) -> str:
    """Return the page; everything in it that models or articles wrote is escaped."""
    summary = findings.summary
    headline = headline_metrics(summary)
    styles = Markup(template("report.css"))  # noqa: S704 - our own file
    script = Markup("\n".join(map(template, _SCRIPTS)))  # noqa: S704 - as above
    return (
        _environment()
        .get_template("report.html.jinja")
        .render(
            summary=summary,
            findings=findings,
            headline=headline,
            rows=[_row(findings, system) for system in summary.systems],
            sizes={e.metric: e for system in reversed(summary.systems) for e in system.estimates},
            people={system.name for system in summary.systems if system.role == "ceiling"},
            odd_systems=[system.name for system in summary.systems if _is_odd(system)],
            standings=[found for name in headline if (found := standing(summary, name))],
            methods=_methods(summary),
            comparisons=_by_weight(summary, headline),
            pictures=[_figure(picture) for picture in charts.draw(findings)],
            manifests=[_manifest(manifest) for manifest in findings.manifests],
            data=Markup(payload.embed(payload.build(findings))),  # noqa: S704 - escaped there
            styles=styles,
            script=script,
            policy=_policy(styles, script),
        )
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A system with its estimates by metric, and what its generations took."""

    system: SystemSummary
    estimates: Mapping[str, Estimate]
    seconds: float
    n_tokens: int


def _row(findings: Findings, system: SystemSummary) -> Row:
    speed = findings.facts.get(system.name, {}).get("speed", {})
    return Row(
        system=system,
        estimates={estimate.metric: estimate for estimate in system.estimates},
        seconds=speed.get("generate_s", 0.0),
        n_tokens=speed.get("n_computed_tokens", 0) + speed.get("n_new_tokens", 0),
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


def standing(summary: Summary, metric: str) -> Standing | None:
    """Return who is best on a metric, among models and floors; None where nobody has a score."""
    means = _means(summary, metric, {"contestant", "floor"})
    if not means:
        return None
    lowest = metric in available() and entry(metric).better == "lower"
    best = (min if lowest else max)(means, key=lambda name: means[name])
    relations = {
        (other, word)
        for comparison in summary.comparisons
        if comparison.metric == metric and (found := _seen_from(best, comparison))
        for other, word in [found]
        if other in means
    }

    def among(*words: str) -> tuple[str, ...]:
        return tuple(name for name in means if any((name, word) in relations for word in words))

    return Standing(
        metric=metric,
        best=best,
        mean=means[best],
        beaten=among("better", "higher"),
        tied=among("tied", "worse", "lower"),
        unjudged=among("one article"),
        bounds=tuple(
            (role, mean)
            for role in ("roof", "ceiling")
            for mean in list(_means(summary, metric, {role}).values())[:1]
        ),
    )


def _means(summary: Summary, metric: str, roles: set[str]) -> dict[str, float]:
    return {
        system.name: found.mean
        for system in summary.systems
        if system.role in roles
        for found in system.estimates
        if found.metric == metric
    }


_MIRROR: dict[Verdict, Verdict] = {
    "better": "worse",
    "worse": "better",
    "higher": "lower",
    "lower": "higher",
}


def _seen_from(name: str, comparison: Comparison) -> tuple[str, str] | None:
    """Return the other system of a comparison, and what this one is beside it."""
    if comparison.a == name:
        return comparison.b, comparison.verdict
    if comparison.b == name:
        return comparison.a, _MIRROR.get(comparison.verdict, comparison.verdict)
    return None


def _by_weight(summary: Summary, headline: Sequence[str]) -> dict[str, list[Comparison]]:
    """Return the comparisons of the headline metrics, and those of the others."""
    found: dict[str, list[Comparison]] = {"headline": [], "others": []}
    for comparison in map(turn, summary.comparisons):
        found["headline" if comparison.metric in headline else "others"].append(comparison)
    return found


def turn(comparison: Comparison) -> Comparison:
    """Return a comparison the other way round where its first system is the worse or lower."""
    if comparison.verdict not in {"worse", "lower"}:
        return comparison
    low, high, effect = (
        None if number is None else -number
        for number in (comparison.high, comparison.low, comparison.effect)
    )
    return replace(
        comparison,
        a=comparison.b,
        b=comparison.a,
        verdict=_MIRROR[comparison.verdict],
        difference=-comparison.difference,
        low=low,
        high=high,
        effect=effect,
        wins=comparison.losses,
        losses=comparison.wins,
    )


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
    environment.globals["odd_counts"] = _odd_counts
    environment.globals["metric_label"] = _metric_label
    return environment


def _show(value: object) -> object:
    """Make hidden characters visible in all that is not markup of our own."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _label(key: str, **values: object) -> Markup:
    """Return words of our own, in English, that the script puts into the page's language."""
    shown = {name: visible(str(value)) for name, value in values.items()}
    given = Markup(' data-v="{}"').format(json.dumps(shown)) if shown else Markup("")
    words = label(key)[0].format(**shown) if shown else label(key)[0]
    return Markup('<span data-t="{}"{}>{}</span>').format(key, given, words)


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
