"""Compares two systems example by example, and tests whether the difference is significant."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from evalkit.results import Comparison
from evalkit.stats.estimate import article_means, flatten, mean, upper_end
from evalkit.stats.intervals import ROUNDING, interval_within, standard_error, t_interval, t_test
from evalkit.stats.paired import ALPHA, articles_needed, exact_sign, holm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.results import MetricFacts, Verdict
    from evalkit.stats.estimate import Values
    from evalkit.stats.intervals import Floats

Pair = tuple[str, str]

MOST_ARTICLES = 10_000  # a difference that takes more to detect is too small to matter


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


def compare_pairs(
    pairs: Sequence[Pair],
    values: Mapping[tuple[str, str], Values],
    metrics: Sequence[MetricFacts],
    *,
    among: str,
) -> tuple[Comparison, ...]:
    """Return the comparison of each pair on each metric that both have, Holm within the metric.

    Args:
        pairs: names of systems, two by two.
        values: those of all systems, from `values_by_system`.
        metrics: those to compare on.
        among: what the pairs are, in words; with the metric it names the family.
    """
    return tuple(
        comparison
        for metric in metrics
        for comparison in compare_family(
            metric,
            {pair: tuple(values.get((name, metric.name), {}) for name in pair) for pair in pairs},
            among=among,
        )
    )


def compare_family(
    metric: MetricFacts, sides: Mapping[Pair, tuple[Values, ...]], *, among: str
) -> list[Comparison]:
    """Return the comparison of each pair on the examples that both have, Holm over all of them.

    Args:
        metric: what the values are of.
        sides: the values of the two of each pair; pairs without a common example are left out.
        among: what the pairs are, in words; with the metric it names the family.
    """
    both = {pair: shared(*values) for pair, values in sides.items()}
    n_family = sum(bool(a) for a, _ in both.values())
    found = [
        replace(
            compare(metric, a, b, n_family=n_family),
            a=names[0],
            b=names[1],
            family=f"{metric.name}, {among}",
        )
        for names, (a, b) in both.items()
        if a
    ]
    adjusted = holm([comparison.p for comparison in found])
    return [
        replace(comparison, p_holm=p, verdict=_verdict(comparison.difference, p, metric))
        for comparison, p in zip(found, adjusted, strict=True)
    ]


def shared(*sides: Values) -> tuple[Values, ...]:
    """Return the values of the examples that all sides have, article by article."""
    first, *others = sides
    common = {
        article: [
            example
            for example in by_example
            if all(example in other.get(article, {}) for other in others)
        ]
        for article, by_example in first.items()
    }
    return tuple(
        {
            article: {id_: side[article][id_] for id_ in ids}
            for article, ids in common.items()
            if ids
        }
        for side in sides
    )


def averaged(sides: Sequence[Values]) -> Values:
    """Return the mean over all sides of each example that all of them have."""
    common = shared(*sides)
    return {
        article: {example: mean([side[article][example] for side in common]) for example in ids}
        for article, ids in common[0].items()
    }


def compare(metric: MetricFacts, a: Values, b: Values, *, n_family: int = 1) -> Comparison:
    """Return the paired difference of two systems on one metric, not yet adjusted for its family.

    Interval and p are of one method: 0 lies outside the interval exactly where p is below 5 %.

    Args:
        metric: what the values are of.
        a: one system's values, at least one.
        b: the other's, of the same examples.
        n_family: how many comparisons share the 5 % level.
    """
    differences = _differences(a, b)
    means, flat = article_means(differences), flatten(differences)
    wins, losses, ties = _tally(flat, metric)
    right_or_wrong = set(np.concatenate([flatten(a), flatten(b)])) <= {0.0, 1.0}
    maximum = upper_end(metric)
    low, high, method = interval_within(t_interval, means, flat, minimum=-maximum, maximum=maximum)
    p, method = _p_value(means, exact_sign(wins, losses), method)
    difference = _without_rounding(float(means.mean()))
    effect = _effect(difference, means)
    n_more = _articles_more(effect, n_family, len(means))
    return Comparison(
        metric=metric.name,
        a="",
        b="",
        verdict=_verdict(difference, p, metric),
        difference=difference,
        low=low,
        high=high,
        effect=effect,
        p=p,
        p_holm=p,
        p_sign=exact_sign(wins, losses) if right_or_wrong else None,
        family=metric.name,
        n_family=n_family,
        n=len(flat),
        n_articles=len(means),
        wins=wins,
        losses=losses,
        ties=ties,
        n_more_articles=n_more,
        n_more_examples=None if n_more is None else -(-n_more * len(flat) // len(means)),
        method=method,
    )


def _differences(a: Values, b: Values) -> Values:
    return {
        article: {
            example: _without_rounding(value - b[article][example])
            for example, value in by_example.items()
        }
        for article, by_example in a.items()
    }


def _tally(differences: Floats, metric: MetricFacts) -> tuple[int, int, int]:
    """Return on how many examples a is better, worse, and neither."""
    signed = -differences if metric.better == "lower" else differences
    return int(np.sum(signed > 0)), int(np.sum(signed < 0)), int(np.sum(signed == 0))


def _p_value(means: Floats, p_sign: float, method: str) -> tuple[float | None, str]:
    """Return p, and the method completed.

    Where every article has the same difference, articles say nothing about chance, and the exact
    test over examples is used instead.
    """
    if len(means) == 1:
        return None, method
    if standard_error(means) == 0:
        return p_sign, f"{method}; p from exact sign test over examples"
    return float(t_test(means)), method


def _without_rounding(difference: float) -> float:
    """Return a difference, 0 where it is nothing but rounding error."""
    return difference if abs(difference) > ROUNDING else 0.0


def _effect(difference: float, means: Floats) -> float | None:
    error = float(standard_error(means)) if len(means) > 1 else 0.0
    return difference / (error * len(means) ** 0.5) if error else None


def _articles_more(effect: float | None, n_family: int, n_articles: int) -> int | None:
    n_needed = articles_needed(effect, n_family) if effect else MOST_ARTICLES + 1
    return None if n_needed > MOST_ARTICLES else max(0, n_needed - n_articles)


def _verdict(difference: float, p: float | None, metric: MetricFacts) -> Verdict:
    if p is None:
        return "one article"
    if p >= ALPHA:
        return "tied"
    if metric.better == "neither":
        return "higher" if difference > 0 else "lower"
    return "better" if (difference > 0) == (metric.better == "higher") else "worse"


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
    wins, losses, ties = _tally(left - right, metric)
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
