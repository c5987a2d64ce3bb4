"""How much the conditions of a run change: means over wordings, and the order of models."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.results import OrderFlips, WordingSpread
from evalkit.stats.estimate import mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.results import Comparison, MetricFacts, SystemSummary


def wording_spreads(systems: Sequence[SystemSummary]) -> tuple[WordingSpread, ...]:
    """Return the spread over wordings of each model and metric with two wordings or more.

    Where a model is asked under several conditions of other kinds as well, such as noise, the mean
    of a wording is over those that every wording has an estimate for.
    """
    means: dict[tuple[str, str], dict[str, dict[object, float]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    for system in systems:
        condition = system.condition
        for estimate in system.estimates:
            by_wording = means[system.model, estimate.metric]
            by_wording[condition.wording][replace(condition, wording="")] = estimate.mean
    found = (_spread(model, metric, by_wording) for (model, metric), by_wording in means.items())
    return tuple(spread for spread in found if spread)


def _spread(
    model: str, metric: str, by_wording: Mapping[str, Mapping[object, float]]
) -> WordingSpread | None:
    first, *others = by_wording.values()
    common = [rest for rest in first if all(rest in other for other in others)]
    if not others or not common:
        return None
    each = [mean([means[rest] for rest in common]) for means in by_wording.values()]
    return WordingSpread(
        metric=metric,
        model=model,
        n_wordings=len(each),
        mean=mean(each),
        minimum=min(each),
        maximum=max(each),
    )


def order_flips(
    comparisons: Sequence[Comparison],
    systems: Sequence[SystemSummary],
    metrics: Sequence[MetricFacts],
) -> tuple[OrderFlips, ...]:
    """Return how often each of two models is the better one, over two shared conditions or more.

    Args:
        comparisons: of systems under the same condition; the order is that of their differences.
        systems: the rows of the table.
        metrics: those of the run; those without a better direction are left out.
    """
    model_of = {system.name: system.model for system in systems}
    better = {metric.name: metric.better for metric in metrics if metric.better != "neither"}
    leads: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for found in comparisons:
        if direction := better.get(found.metric):
            sign = 1 if direction == "higher" else -1
            leads[found.metric, model_of[found.a], model_of[found.b]].append(
                sign * found.difference
            )
    return tuple(
        OrderFlips(
            metric=metric,
            a=a,
            b=b,
            n_conditions=len(each),
            n_a_better=sum(lead > 0 for lead in each),
            n_b_better=sum(lead < 0 for lead in each),
        )
        for (metric, a, b), each in leads.items()
        if len(each) > 1
    )
