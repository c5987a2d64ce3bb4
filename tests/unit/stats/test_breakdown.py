"""Where two systems differ: parts of the data, and the examples furthest apart."""

from __future__ import annotations

from evalkit.stats.breakdown import breakdown, furthest_apart
from tests.support.results import metric_facts

EM = metric_facts()


def test_breakdown_shows_each_part() -> None:
    """Every part has means and wins over its own examples, in the order given; others are out."""
    a = {"a": {"1": 1.0, "2": 0.0}, "b": {"3": 1.0, "4": 1.0}}
    b = {"a": {"1": 0.0, "2": 0.0}, "b": {"3": 0.5, "4": 0.0}}
    found = breakdown(EM, a, b, {"3": "number", "2": "date", "1": "number", "9": "list"})
    assert [(p.group, p.n, p.n_articles) for p in found] == [("number", 2, 2), ("date", 1, 1)]
    assert (found[0].mean_a, found[0].mean_b) == (1.0, 0.25)
    assert (found[0].wins, found[0].losses, found[0].ties) == (2, 0, 0)


def test_furthest_apart_shows_both_sides() -> None:
    """The largest differences come first on either side; equal scores never appear."""
    a = {"a": {"1": 1.0, "2": 0.2, "3": 0.5, "4": 0.0}}
    b = {"a": {"1": 0.0, "2": 0.0, "3": 0.5, "4": 0.7}}
    assert furthest_apart(a, b, 3) == (["1", "2"], ["4"])
    assert furthest_apart(a, b, 1) == (["1"], ["4"])
