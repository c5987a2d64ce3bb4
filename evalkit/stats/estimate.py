"""Makes an estimate of the scores of one system on one metric."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from math import fsum, inf
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

from evalkit.language import counted
from evalkit.results import Estimate, Interval
from evalkit.stats.intervals import (
    ALL_EQUAL,
    LEVEL,
    NO_SPREAD,
    ONE_ARTICLE,
    ROUNDING,
    plain_interval,
    score_interval,
    standard_error,
    weighted_error,
)
from evalkit.stats.shares import effective_size, is_share, share_of_answers, share_of_articles

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from evalkit.records import ScoreLine
    from evalkit.results import MetricFacts
    from evalkit.stats.intervals import Floats

SHARES_BELOW = 100  # articles; a bootstrap asks less of how these differ, and needs many
FEW_ANSWERS, FEW_OF_ARTICLE = 30, 5  # below: no interval of a share can cover as it should

Values = dict[str, dict[str, float]]
"""Article id → example id → value."""
Samples = dict[str, dict[str, list[float]]]
"""Article id → example id → the value of each sample."""
Examples = Mapping[str, AbstractSet[str]]
"""Article id → example ids."""


def samples_by_system(scores: Iterable[ScoreLine]) -> dict[tuple[str, str], Samples]:
    """Return the values of all samples: (system, metric) → article → example.

    Where there was nothing to score, there is no value.
    """
    found: dict[tuple[str, str], Samples] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    for score in scores:
        if score.value is not None:
            found[score.system, score.metric][score.article][score.example].append(score.value)
    return found


def without_value(scores: Iterable[ScoreLine]) -> dict[tuple[str, str], Examples]:
    """Return the examples in no sample of which there was anything to score.

    (system, metric) → article → examples.
    """
    found: dict[tuple[str, str, str], dict[str, bool]] = defaultdict(dict)
    for score in scores:
        is_empty = found[score.system, score.metric, score.article]
        is_empty[score.example] = is_empty.get(score.example, True) and score.value is None
    empty: dict[tuple[str, str], dict[str, AbstractSet[str]]] = defaultdict(dict)
    for (system, metric, article), is_empty in found.items():
        if ids := {example for example, nothing in is_empty.items() if nothing}:
            empty[system, metric][article] = ids
    return dict(empty)


def values_by_system(scores: Iterable[ScoreLine]) -> dict[tuple[str, str], Values]:
    """Return all values, samples averaged: (system, metric) → article → example."""
    return {key: sample_means(samples) for key, samples in samples_by_system(scores).items()}


def sample_means(samples: Samples) -> Values:
    """Return the mean over the samples of each example."""
    return {
        article: {example: mean(values) for example, values in by_example.items()}
        for article, by_example in samples.items()
    }


def sample_sd(samples: Samples) -> float | None:
    """Return the standard deviation between the samples of an example, averaged over examples.

    Examples with one sample have none and are left out; None where that is every example.
    """
    deviations = [
        float(np.std(values, ddof=1))
        for by_example in samples.values()
        for values in by_example.values()
        if len(values) > 1
    ]
    return mean(deviations) if deviations else None


def mean(values: Collection[float]) -> float:
    """Return the arithmetic mean, summed without rounding."""
    return fsum(values) / len(values)


def article_means(values: Values) -> Floats:
    """Return the mean of each article's values."""
    return np.array([mean(by_example.values()) for by_example in values.values()])


def flatten(values: Values) -> Floats:
    """Return the values of all examples, article by article."""
    return np.array([value for by_example in values.values() for value in by_example.values()])


def weights(values: Values) -> Floats:
    """Return the weight of each example in the mean over articles; articles weigh the same."""
    sizes = [len(by_example) for by_example in values.values()]
    return np.concatenate([np.full(size, 1 / (size * len(sizes))) for size in sizes])


def estimate(
    metric: MetricFacts,
    values: Values,
    *,
    sample_sd: float | None = None,
    n_without_value: int = 0,
) -> Estimate:
    """Return a mean over articles with its intervals, kept in the metric's range.

    Args:
        metric: what the values are of.
        values: of each article, by its id; at least one value in all.
        sample_sd: of `values`' samples, from `sample_sd`.
        n_without_value: examples in which there was nothing to score, from `without_value`.
    """
    flat, means = flatten(values), article_means(values)
    maximum = upper_end(metric)
    plain_low, plain_high = (
        None if end is None else min(maximum, max(0.0, end)) for end in plain_interval(flat)
    )
    return Estimate(
        metric=metric.name,
        mean=float(means.mean()),
        here=_here(values, flat, maximum),
        general=_general(values, flat, means, maximum),
        plain_mean=float(flat.mean()),
        plain_low=plain_low,
        plain_high=plain_high,
        n=len(flat),
        n_planned=metric.n_planned,
        n_without_value=n_without_value,
        n_articles=len(means),
        sample_sd=sample_sd,
    )


def _here(values: Values, flat: Floats, maximum: float) -> Interval:
    """Return the interval of the mean on these articles, their questions being a sample."""
    each, n = weights(values), len(flat)
    mean = float(np.sum(each * flat))
    if is_share(flat, maximum):
        size = effective_size(_sizes(values))
        low, high = (end * maximum for end in share_of_answers(mean / maximum, size))
        method = f"Jeffreys over {counted(n, 'example')}"
        return Interval(low=low, high=high, method=method, is_rough=size < FEW_ANSWERS)
    if n == 1 or np.ptp(flat) <= ROUNDING:
        return Interval(low=None, high=None, method=f"{ALL_EQUAL}: no interval")
    reach = float(stdtrit(n - 1, (1 + LEVEL) / 2)) * weighted_error(flat, each)
    return _within(mean - reach, mean + reach, maximum, f"t over {n} examples")


def _general(values: Values, flat: Floats, means: Floats, maximum: float) -> Interval:
    """Return the interval of the mean on articles like these, the articles being a sample."""
    n = len(means)
    if n == 1:
        return Interval(low=None, high=None, method=ONE_ARTICLE)
    has_spread = bool(standard_error(means) > 0)
    if is_share(flat, maximum) and (n < SHARES_BELOW or not has_spread):
        size = effective_size(_sizes(values))
        low, high = (end * maximum for end in share_of_articles(means / maximum, size))
        method = f"beta-binomial over {n} articles"
        return Interval(low=low, high=high, method=method, is_rough=size < FEW_OF_ARTICLE * n)
    if not has_spread:
        return Interval(low=None, high=None, method=f"{NO_SPREAD}: no interval")
    ends = score_interval(means)
    return _within(float(ends.low), float(ends.high), maximum, ends.method)


def _within(low: float, high: float, maximum: float, method: str) -> Interval:
    return Interval(low=max(0.0, low), high=min(maximum, high), method=method)


def _sizes(values: Values) -> Floats:
    return np.array([float(len(by_example)) for by_example in values.values()])


def upper_end(metric: MetricFacts) -> float:
    """Return the end of a metric's range, infinity where it has none."""
    return inf if metric.maximum is None else metric.maximum
