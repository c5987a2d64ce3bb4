"""Makes an estimate of the scores of one system on one metric."""

from __future__ import annotations

from collections import defaultdict
from math import fsum, inf
from typing import TYPE_CHECKING

import numpy as np

from evalkit.results import Estimate
from evalkit.stats.intervals import interval_within, plain_interval, score_interval

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from evalkit.records import ScoreLine
    from evalkit.results import MetricFacts
    from evalkit.stats.intervals import Floats

Values = dict[str, dict[str, float]]
"""Article id → example id → value."""
Samples = dict[str, dict[str, list[float]]]
"""Article id → example id → the value of each sample."""


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


def without_value(scores: Iterable[ScoreLine]) -> dict[tuple[str, str], set[str]]:
    """Return the examples in no sample of which there was anything to score.

    By (system, metric).
    """
    valued: dict[tuple[str, str], set[str]] = defaultdict(set)
    empty: dict[tuple[str, str], set[str]] = defaultdict(set)
    for score in scores:
        place = empty if score.value is None else valued
        place[score.system, score.metric].add(score.example)
    return {key: found for key, ids in empty.items() if (found := ids - valued[key])}


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
    low, high, method = interval_within(score_interval, means, flat, minimum=0.0, maximum=maximum)
    plain_low, plain_high = (
        None if end is None else min(maximum, max(0.0, end)) for end in plain_interval(flat)
    )
    return Estimate(
        metric=metric.name,
        mean=float(means.mean()),
        low=low,
        high=high,
        plain_mean=float(flat.mean()),
        plain_low=plain_low,
        plain_high=plain_high,
        n=len(flat),
        n_planned=metric.n_planned,
        n_without_value=n_without_value,
        n_articles=len(means),
        method=method,
        sample_sd=sample_sd,
    )


def upper_end(metric: MetricFacts) -> float:
    """Return the end of a metric's range, infinity where it has none."""
    return inf if metric.maximum is None else metric.maximum
