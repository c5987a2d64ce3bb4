"""Bounds what refused requests leave out: the same numbers with each of them as the worst score."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.records import ScoreLine
from evalkit.stats.estimate import article_means, values_by_system, without_value
from evalkit.stats.families import compare_all

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.records import Example, Generation, Place
    from evalkit.results import Comparison, MetricFacts, SystemSummary


def worst_value(metric: MetricFacts) -> float | None:
    """Return a metric's worst value; None where it has none, as one that does not judge.

    All metrics begin at 0.
    """
    worst = {"higher": 0.0, "lower": metric.maximum, "neither": None}
    return worst[metric.better]


def worst_scores(
    examples: Mapping[str, Example],
    metrics: Sequence[MetricFacts],
    generations: Mapping[Place, Generation],
) -> list[ScoreLine]:
    """Return the worst score for each refused request and each metric that would have scored it.

    Args:
        examples: by id.
        metrics: those of the run.
        generations: by system, example id and number of the sample.
    """
    worst = {facts.name: worst_value(facts) for facts in metrics}
    return [
        ScoreLine(
            system=system,
            article=example.article_id,
            example=example_id,
            sample=sample,
            metric=metric.name,
            value=value,
            rule="refused",
        )
        for (system, example_id, sample), generation in generations.items()
        if generation.finish_reason == "refused"
        for example in [examples[example_id]]
        for metric in metrics
        if metric.scores(example) and (value := worst[metric.name]) is not None
    ]


def bound_by_refusals(
    systems: Sequence[SystemSummary],
    metrics: Sequence[MetricFacts],
    answered: Sequence[ScoreLine],
    refusals: Sequence[ScoreLine],
) -> tuple[tuple[SystemSummary, ...], tuple[Comparison, ...]]:
    """Return the systems with their means if refusals count, and the comparisons these change.

    Args:
        systems: with their estimates, on what was answered.
        metrics: those of the run.
        answered: the scores.
        refusals: the worst score for each request that was refused.
    """
    if not refusals:
        return tuple(systems), ()
    lines = [*answered, *refusals]
    values, empty = values_by_system(lines), without_value(lines)
    refused = {(line.system, line.metric) for line in refusals}
    bounded = tuple(
        replace(
            system,
            estimates=tuple(
                replace(
                    each,
                    mean_with_refusals=float(
                        article_means(values[system.name, each.metric]).mean()
                    ),
                )
                if (system.name, each.metric) in refused
                else each
                for each in system.estimates
            ),
        )
        for system in systems
    )
    models = {system.name: system.model for system in systems}
    names = refused | {(models[name], metric) for name, metric in refused if name in models}
    comparisons = tuple(
        comparison
        for comparison in compare_all(systems, values, metrics, empty)
        if {(comparison.a, comparison.metric), (comparison.b, comparison.metric)} & names
    )
    return bounded, comparisons
