"""Where two systems differ: on parts of the data, and on which examples most."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.stats.comparisons import tally
from evalkit.stats.estimate import flatten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.results import MetricFacts
    from evalkit.stats.estimate import Values


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Two systems on one metric and one part of the examples: means over examples, no test."""

    metric: str
    group: str
    mean_a: float
    mean_b: float
    wins: int
    losses: int
    ties: int
    n: int
    n_articles: int


def breakdown(
    metric: MetricFacts, a: Values, b: Values, group_of: Mapping[str, str]
) -> tuple[Part, ...]:
    """Return how two systems fare on each part of the examples, parts in order of appearance.

    Args:
        metric: what the values are of.
        a: one system's values.
        b: the other's, of the same examples.
        group_of: the part of each example, in the order to be shown; others are left out.
    """
    parts: dict[str, tuple[Values, Values]] = defaultdict(
        lambda: (defaultdict(dict), defaultdict(dict))
    )
    for article, by_example in a.items():
        for example, value in by_example.items():
            if example in group_of:
                left, right = parts[group_of[example]]
                left[article][example] = value
                right[article][example] = b[article][example]
    order = dict.fromkeys(group_of.values())
    return tuple(_part(metric, group, *parts[group]) for group in order if group in parts)


def _part(metric: MetricFacts, group: str, a: Values, b: Values) -> Part:
    left, right = flatten(a), flatten(b)
    wins, losses, ties = tally(left - right, metric)
    return Part(
        metric=metric.name,
        group=group,
        mean_a=float(left.mean()),
        mean_b=float(right.mean()),
        wins=wins,
        losses=losses,
        ties=ties,
        n=len(left),
        n_articles=len(a),
    )


def furthest_apart(a: Values, b: Values, n: int) -> tuple[list[str], list[str]]:
    """Return the ids of up to n examples on which a is furthest above b, and b above a."""
    differences = {
        example: value - b[article][example]
        for article, by_example in a.items()
        for example, value in by_example.items()
    }
    falling = sorted(differences, key=lambda example: (-differences[example], example))
    rising = sorted(differences, key=lambda example: (differences[example], example))
    return (
        [example for example in falling[:n] if differences[example] > 0],
        [example for example in rising[:n] if differences[example] < 0],
    )
