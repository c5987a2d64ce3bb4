"""Compares systems example by example, and says which differences are real."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from evalkit.results import Comparison
from evalkit.stats.estimate import ROUNDING, ends, ends_without_spread, p_value, standard_error
from evalkit.stats.paired import ALPHA, articles_needed, exact_sign, holm
from evalkit.stats.summarise import TWO, article_means

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.results import Verdict
    from evalkit.stats.estimate import Floats
    from evalkit.stats.summarise import Measure, System, Values

Pair = tuple[str, str]

MOST_ARTICLES = 10_000  # a difference that takes more to see is none that anyone could act on


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


def compare_all(
    systems: Sequence[System],
    values: Mapping[tuple[str, str], Values],
    measures: Sequence[Measure],
) -> tuple[Comparison, ...]:
    """Return the comparison of every two systems on every metric, people left out.

    Each metric has two families: the contestants (baselines among them) against each other, and
    all of them against the roof. Metrics do not share one: each is a question of its own, and
    those that say nearly the same (`em`, `em_strict`) would only take each other's power away. So
    at most one run in twenty errs anywhere in one metric's ranking, not in all rankings together.
    """
    contestants = [system.name for system in systems if system.role in {"contestant", "floor"}]
    roofs = [system.name for system in systems if system.role == "roof"]
    among = tuple(combinations(contestants, 2))
    to_roof = tuple((name, roof) for roof in roofs for name in contestants)
    return compare_pairs(among, values, measures, among="contestants") + compare_pairs(
        to_roof, values, measures, among="each with the roof"
    )


def compare_pairs(
    pairs: Sequence[Pair],
    values: Mapping[tuple[str, str], Values],
    measures: Sequence[Measure],
    *,
    among: str,
) -> tuple[Comparison, ...]:
    """Return the comparison of each pair on each metric that both have, Holm within the metric.

    Args:
        pairs: names of systems, two by two.
        values: those of all systems, from `values_by_system`.
        measures: the metrics.
        among: what the pairs are, in words; with the metric it names the family.
    """
    return tuple(
        comparison
        for measure in measures
        for comparison in _family(pairs, values, measure, f"{measure.name}, {among}")
    )


def _family(
    pairs: Sequence[Pair],
    values: Mapping[tuple[str, str], Values],
    measure: Measure,
    family: str,
) -> list[Comparison]:
    both = {
        pair: shared(*(values.get((name, measure.name), {}) for name in pair)) for pair in pairs
    }
    n_family = sum(bool(a) for a, _ in both.values())
    found = [
        replace(compare(measure, a, b, n_family=n_family), a=names[0], b=names[1], family=family)
        for names, (a, b) in both.items()
        if a
    ]
    adjusted = holm([comparison.p for comparison in found])
    return [
        replace(comparison, p_holm=p, verdict=_verdict(comparison.difference, p, measure))
        for comparison, p in zip(found, adjusted, strict=True)
    ]


def shared(a: Values, b: Values) -> tuple[Values, Values]:
    """Return the values of the examples that both have, article by article."""
    both = {
        article: [example for example in by_example if example in b.get(article, {})]
        for article, by_example in a.items()
    }
    left, right = (
        {article: {id_: side[article][id_] for id_ in ids} for article, ids in both.items() if ids}
        for side in (a, b)
    )
    return left, right


def compare(measure: Measure, a: Values, b: Values, *, n_family: int = 1) -> Comparison:
    """Return the paired difference of two systems on one metric, not yet adjusted for its family.

    Args:
        measure: the metric.
        a: one system's values, at least one.
        b: the other's, of the same examples.
        n_family: how many comparisons share the 5 % level.
    """
    differences = {
        article: {example: value - b[article][example] for example, value in by_example.items()}
        for article, by_example in a.items()
    }
    means = article_means(differences)
    flat = np.array([value for by_id in differences.values() for value in by_id.values()])
    wins, losses, ties = _tally(flat, measure)
    right_or_wrong = all(
        v in {0.0, 1.0} for side in (a, b) for i in side.values() for v in i.values()
    )
    p_sign = exact_sign(wins, losses) if right_or_wrong else None
    low, high, p, method = _infer(means, flat, measure, exact_sign(wins, losses))
    difference, effect = _mean(means), _effect(means)
    n_more = _articles_more(effect, n_family, len(means))
    return Comparison(
        metric=measure.name,
        a="",
        b="",
        verdict=_verdict(difference, p, measure),
        difference=difference,
        low=_clip(low, measure.top),
        high=_clip(high, measure.top),
        effect=effect,
        p=p,
        p_holm=p,
        p_sign=p_sign,
        family=measure.name,
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


def _tally(differences: Floats, measure: Measure) -> tuple[int, int, int]:
    """Return on how many examples a is better, worse, and neither."""
    signed = -differences if measure.better == "lower" else differences
    return int(np.sum(signed > 0)), int(np.sum(signed < 0)), int(np.sum(signed == 0))


def _infer(
    means: Floats, differences: Floats, measure: Measure, p_sign: float
) -> tuple[float | None, float | None, float | None, str]:
    """Return the interval's ends, p and the method.

    Where every article has the same difference, articles tell nothing about chance, and the exact
    test over examples stands in.
    """
    if len(means) < TWO:
        return None, None, None, "one article has no spread"
    if standard_error(means) == 0:
        low, high, method = ends_without_spread(differences, -measure.top, measure.top)
        return low, high, p_sign, f"{method}; p from exact sign test over examples"
    found = ends(means)
    return float(found.low), float(found.high), float(p_value(means)), f"{found.method}; p from t"


def _mean(means: Floats) -> float:
    """Return the mean of differences, 0 where all that is left of them is rounding."""
    mean = float(means.mean())
    return mean if abs(mean) > ROUNDING else 0.0


def _effect(means: Floats) -> float | None:
    error = float(standard_error(means)) if len(means) >= TWO else 0.0
    return _mean(means) / (error * len(means) ** 0.5) if error else None


def _articles_more(effect: float | None, n_family: int, n_articles: int) -> int | None:
    n_needed = articles_needed(effect, n_family) if effect else MOST_ARTICLES + 1
    return None if n_needed > MOST_ARTICLES else max(0, n_needed - n_articles)


def _clip(end: float | None, top: float) -> float | None:
    return None if end is None else min(top, max(-top, end))


def _verdict(difference: float, p: float | None, measure: Measure) -> Verdict:
    if p is None:
        return "one article"
    if p >= ALPHA:
        return "tied"
    if measure.better == "neither":
        return "higher" if difference > 0 else "lower"
    return "better" if (difference > 0) == (measure.better == "higher") else "worse"


def breakdown(
    measure: Measure, a: Values, b: Values, group_of: Mapping[str, str]
) -> tuple[Part, ...]:
    """Return how two systems fare on each part of the examples, parts in order of appearance.

    Args:
        measure: the metric.
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
    return tuple(_part(measure, group, *parts[group]) for group in order if group in parts)


def _part(measure: Measure, group: str, a: Values, b: Values) -> Part:
    left, right = (
        np.array([values[article][example] for article in a for example in a[article]])
        for values in (a, b)
    )
    wins, losses, ties = _tally(left - right, measure)
    return Part(
        metric=measure.name,
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
