"""Systems side by side: the matrix of wins, and the maps of where each is good."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.report import page
from evalkit.report.comparison import heat_maps, win_matrices
from evalkit.report.ranking import verdicts

if TYPE_CHECKING:
    from evalkit.report.material import Material


def test_a_matrix_has_each_pair_both_ways(material: Material) -> None:
    """Best first; what wins over another has that one lose, and none is beside itself."""
    (em,) = win_matrices(material.summary, ["em"])
    assert em.systems == ["textrank", "lead"]
    assert em.signs["textrank", "lead"] == ">>"
    assert em.signs["lead", "textrank"] == "<<"
    assert ("lead", "lead") not in em.signs


def test_where_more_is_not_better_nobody_wins(material: Material) -> None:
    """A metric such as the length has neither a matrix nor a line that ranks."""
    summary = material.summary
    facts = tuple(replace(facts, better="neither") for facts in summary.metrics)
    assert win_matrices(replace(summary, metrics=facts), ["em"]) == []
    assert verdicts(summary, ["em"])
    assert verdicts(replace(summary, metrics=facts), ["em"]) == []


def test_what_is_not_compared_has_no_matrix(material: Material) -> None:
    """A run of one system, or one without comparisons, has none."""
    assert win_matrices(replace(material.summary, comparisons=()), ["em"]) == []


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
    text = page.render(material)
    for sign in ("▲</span>", "▼</span>", 'data-t="wins.short"'):
        assert sign in text
