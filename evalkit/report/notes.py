"""The notes that explain a page: of all there are, those on something that it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.report.differences import arrange
from evalkit.report.table import headline_metrics
from evalkit.stats.estimate import NO_SPREAD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.report.findings import Findings
    from evalkit.report.leaders import Standing

SECTIONS = ("glance", "scores", "wrong", "about", "charts")


def explain(findings: Findings, standings: Sequence[Standing]) -> dict[str, list[str]]:
    """Return the labels of the notes of each section, in their order."""
    shown = [label for label, is_shown in _notes(findings, standings).items() if is_shown]
    return {
        section: [label for label in shown if label.startswith(f"{section}.")]
        for section in SECTIONS
    }


def _notes(findings: Findings, standings: Sequence[Standing]) -> dict[str, bool]:
    """Return every note, and whether the page shows what it is about."""
    summary, headline = findings.summary, headline_metrics(findings.summary)
    compared = arrange(summary, headline).headline
    roles = {system.name: system.role for system in summary.systems}
    tied = [{roles[name] for name, _ in s.first} for s in standings if s.mark == "tied"]
    baselines = _baselines(findings)
    intervals = any(e.low is not None for system in summary.systems for e in system.estimates)
    judged = any(comparison.p is not None for comparison in compared)
    return {
        "glance.em": "em" in headline,
        "glance.f1": "f1" in headline,
        "glance.real": any(standing.beaten for standing in standings),
        "glance.sign": any(c.difference and c.method.startswith(NO_SPREAD) for c in compared),
        "glance.tie": bool(tied),
        "glance.floor": any({"contestant", "floor"} <= first for first in tied),
        "glance.reference": True,
        "scores.means": True,
        "scores.intervals": intervals,
        "scores.lead": "lead" in baselines,
        "scores.textrank": "textrank" in baselines,
        "scores.oracle": "oracle" in baselines,
        "scores.ceiling": "ceiling" in roles.values(),
        "scores.tokens": True,
        "scores.odd": True,
        "wrong.what": True,
        "wrong.floor": "floor" in roles.values(),
        "about.difference": True,
        "about.intervals": intervals,
        "about.wins": True,
        "about.p": judged,
        "about.mcnemar": any(comparison.p_sign is not None for comparison in compared),
        "about.more": judged,
        "charts.means": True,
        "charts.intervals": intervals,
    }


def _baselines(findings: Findings) -> set[str]:
    """Return the kinds of the baselines that ran, whatever they are called."""
    models = [model for manifest in findings.manifests for model in manifest["config"]["models"]]
    return {model["baseline"] for model in models if "baseline" in model}
