"""The notes of a page: each on something that the page shows, and none that does not apply."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.report import page
from evalkit.report.notes import explain
from evalkit.results import Interval
from evalkit.stats.comparisons import compare_pairs
from tests.support.results import metric_facts

if TYPE_CHECKING:
    from evalkit.report.material import Material
    from evalkit.results import Verdict


def notes(material: Material) -> set[str]:
    """Return the notes of a page."""
    return {label for labels in explain(material).values() for label in labels}


def compare(material: Material, here: Verdict, general: Verdict = "tied") -> Material:
    """Return material whose comparisons all end so."""
    compared = tuple(
        replace(
            comparison,
            here=replace(comparison.here, verdict=here),
            general=replace(comparison.general, verdict=general),
        )
        for comparison in material.summary.comparisons
    )
    return replace(material, summary=replace(material.summary, comparisons=compared))


def test_only_baselines_that_ran_are_explained(material: Material) -> None:
    """By what they are, not by their names; human references only where they have a row."""
    assert {"scores.lead", "scores.textrank", "scores.human"} <= notes(material)
    assert "scores.oracle" not in notes(material)
    (manifest,) = material.manifests
    config = {**manifest.config, "models": [{"name": "lead", "baseline": "oracle"}]}
    changed = replace(
        material,
        manifests=(manifest.model_copy(update={"config": config}),),
        summary=replace(
            material.summary,
            systems=tuple(s for s in material.summary.systems if s.role != "human"),
        ),
    )
    assert "scores.oracle" in notes(changed)
    assert not notes(changed) & {"scores.lead", "scores.textrank", "scores.human"}


def test_without_intervals_none_are_explained(material: Material) -> None:
    """Where nothing has an interval no note mentions one."""
    absent = {"scores.intervals", "about.intervals", "charts.intervals"}
    assert absent <= notes(material)
    none = Interval(low=None, high=None, method="")
    bare = tuple(
        replace(s, estimates=tuple(replace(e, here=none, general=none) for e in s.estimates))
        for s in material.summary.systems
    )
    changed = replace(material, summary=replace(material.summary, systems=bare))
    assert not notes(changed) & absent


def test_missing_outputs_are_explained_where_there_are_any(material: Material) -> None:
    """The bounds in the table, and why a verdict is none."""
    explained = {"scores.missing", "about.missing"}
    assert not notes(material) & explained
    summary = material.summary
    systems = tuple(
        replace(s, estimates=tuple(replace(e, least=0.1, most=0.2) for e in s.estimates))
        for s in summary.systems
    )
    compared = tuple(replace(c, here=replace(c.here, p_bound=1.0)) for c in summary.comparisons)
    changed = replace(material, summary=replace(summary, systems=systems, comparisons=compared))
    assert explained <= notes(changed)


def test_a_p_that_is_smaller_in_general_than_here_is_explained(material: Material) -> None:
    """Where so few examples differ that their signs can show nothing, as with two articles."""
    values = {("a", "f1"): {"x": {"q": 0.30}, "y": {"q": 0.31}}, ("b", "f1"): {"x": {"q": 0.0}}}
    values["b", "f1"]["y"] = {"q": 0.0}
    (found,) = compare_pairs([("a", "b")], values, [metric_facts("f1")], among="models")
    assert found.here.p == 0.5
    assert found.general.p is not None
    assert found.general.p < 0.05
    for compared, is_told in ((found, True), (replace(found, wins=6), False)):
        summary = replace(material.summary, comparisons=(replace(compared, metric="em"),))
        assert ("about.few_signs" in notes(replace(material, summary=summary))) == is_told


def test_marks_are_explained_where_they_are_shown(material: Material) -> None:
    """What significantly better means is said on pages that show it."""
    assert "glance.significant" not in notes(compare(material, "tied"))
    assert "glance.significant" in notes(compare(material, "better"))
    assert "glance.significant" in notes(compare(material, "better", "better"))


def test_no_significant_difference_is_said_in_words(material: Material) -> None:
    """None of them, not zero of them, and nothing that would come first."""
    text = page.render(compare(material, "tied"))
    assert 'data-t="differences.no"' in text
    assert 'data-t="differences.count"' not in text
    better = page.render(compare(material, "better"))
    assert 'data-t="differences.count"' in better
