"""Systems side by side: the matrix of wins, and the maps of where each is good."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.report import page
from evalkit.report.comparison import heat_maps, win_matrices
from evalkit.report.ranking import verdicts

if TYPE_CHECKING:
    from evalkit.report.material import Material
    from evalkit.results import Comparison


def as_tied(found: Comparison) -> Comparison:
    """Return a comparison that shows nothing."""
    here, general = (replace(each, verdict="tied") for each in (found.here, found.general))
    return replace(found, here=here, general=general)


def test_a_matrix_has_each_pair_both_ways(material: Material) -> None:
    """Best first; what wins over another has that one lose, and none is beside itself."""
    (em,) = (found for found in win_matrices(material.summary) if found.metric == "em")
    assert em.systems == ["textrank", "lead"]
    assert em.signs["textrank", "lead"] == ">>"
    assert em.signs["lead", "textrank"] == "<<"
    assert ("lead", "lead") not in em.signs


def test_where_more_is_not_better_nobody_wins(material: Material) -> None:
    """A metric such as the length has neither a matrix nor a line that ranks."""
    summary = material.summary
    facts = tuple(replace(facts, better="neither") for facts in summary.metrics)
    assert win_matrices(replace(summary, metrics=facts)) == []
    assert verdicts(summary, ["em"])
    assert verdicts(replace(summary, metrics=facts), ["em"]) == []


def test_what_is_not_compared_has_no_matrix(material: Material) -> None:
    """A run of one system, or one without comparisons, has none."""
    assert win_matrices(replace(material.summary, comparisons=())) == []


def test_where_nothing_is_shown_there_is_no_matrix(material: Material) -> None:
    """A matrix in which no system is better would say less than its line in the verdict."""
    tied = tuple(map(as_tied, material.summary.comparisons))
    assert win_matrices(replace(material.summary, comparisons=tied)) == []


def test_a_map_has_every_example_once(material: Material) -> None:
    """Its groups are those that the data has, each with its n, and its cells have their means."""
    maps = {found.family: found for found in heat_maps(material)}
    assert {"type", "difficulty", "place"} == set(maps)
    n_answers = sum(example.kind == "answer" for example in material.examples)
    for found in maps.values():
        assert sum(found.groups.values()) == n_answers
        assert found.systems == ["lead", "textrank"]
        for (group, system), bar in found.cells.items():
            assert (bar.group, bar.system) == (group, system)
            assert found.shades[group, system] == int(5 * bar.mean + 0.5)


def test_a_single_group_is_no_map(material: Material) -> None:
    """Where all examples are of one type there is nothing to compare by type."""
    groups = {"type": dict.fromkeys(material.groups["type"], "number")}
    assert heat_maps(replace(material, groups=groups)) == []


def test_every_verdict_is_in_the_page(material: Material) -> None:
    """A win, its mirror and a difference that is not significant each have a sign or words."""
    summary = material.summary
    (lead,) = (system for system in summary.systems if system.name == "lead")
    level = [as_tied(replace(c, a="again", b="lead")) for c in summary.comparisons]
    three = replace(
        summary,
        systems=(*summary.systems, replace(lead, name="again")),
        comparisons=(*summary.comparisons, *level),
    )
    text = page.render(replace(material, summary=three))
    for sign in ("▲</span>", "▼</span>", 'data-t="wins.short"'):
        assert sign in text
