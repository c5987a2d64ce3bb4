"""The notes that explain a page: of all there are, those on something that it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.report.differences import arrange, few_signs
from evalkit.report.table import blind_spots, tokens_per_second

if TYPE_CHECKING:
    from evalkit.report.material import Material

SECTIONS = ("glance", "scores", "wrong", "about", "charts")


def explain(material: Material) -> dict[str, list[str]]:
    """Return the labels of the notes of each section, in their order."""
    shown = [label for label, is_shown in _notes(material).items() if is_shown]
    return {
        section: [label for label in shown if label.startswith(f"{section}.")]
        for section in SECTIONS
    }


def _notes(material: Material) -> dict[str, bool]:
    """Return every note, and whether the page shows what it is about."""
    summary, headline = material.summary, material.summary.headline()
    compared = arrange(summary, headline).headline
    roles = summary.roles
    baselines, blind = _baselines(material), blind_spots(summary)
    estimates = [estimate for system in summary.systems for estimate in system.estimates]
    leaves_out = any(
        m.config.get("metrics", {}).get("references") == "jackknife" for m in material.manifests
    )
    intervals = any(i.low is not None for e in estimates for i in (e.here, e.general))
    return {
        "glance.em": "em" in headline,
        "glance.f1": "f1" in headline,
        "glance.significant": any(comparison.scope for comparison in compared),
        "glance.reference": True,
        "scores.means": True,
        "scores.per_example": any(facts.per_example for facts in summary.metrics),
        "scores.intervals": intervals,
        "scores.rough": any(i.is_rough for e in estimates for i in (e.here, e.general)),
        "scores.refusals": any(each.mean_with_refusals is not None for each in estimates),
        "scores.missing": any(estimate.least is not None for estimate in estimates),
        "scores.samples": any(estimate.sample_sd is not None for estimate in estimates),
        "scores.lead": "lead" in baselines,
        "scores.textrank": "textrank" in baselines,
        "scores.oracle": "oracle" in baselines,
        "scores.human": "human" in roles.values() and not leaves_out,
        "scores.jackknife": "human" in roles.values() and leaves_out,
        "scores.no_references": "references" in blind,
        "scores.no_names": "names" in blind,
        "scores.tokens": True,
        "scores.speed": any(map(tokens_per_second, material.speeds.values())),
        "wrong.what": True,
        "wrong.baseline": "model" not in roles.values(),
        "about.difference": True,
        "about.intervals": intervals,
        "about.wins": True,
        "about.p": True,
        "about.missing": any(comparison.here.p_bound is not None for comparison in compared),
        "about.mcnemar": any(comparison.p_sign is not None for comparison in compared),
        "about.few_signs": any(map(few_signs, compared)),
        "about.detectable": True,
        "charts.means": True,
        "charts.intervals": intervals,
    }


def _baselines(material: Material) -> set[str]:
    """Return the kinds of the baselines that ran, whatever they are called."""
    models = [model for manifest in material.manifests for model in manifest.config["models"]]
    return {model.get("baseline") for model in models}
