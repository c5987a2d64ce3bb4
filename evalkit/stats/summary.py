"""Makes the summary of a run from its scores and generations."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from evalkit.records import Comparison, Counts, Estimate, SystemSummary
from evalkit.stats.estimate import METHOD, clustered, holm, plain
from evalkit.text.thinking import strip_thinking

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.records import ExampleScore, Generation

Values = dict[str, dict[str, float]]  # article id → example id → value


def values_by_metric(scores: Sequence[ExampleScore], model: str) -> dict[str, Values]:
    """Return one system's values: metric → article → example."""
    found: dict[str, Values] = defaultdict(lambda: defaultdict(dict))
    for score in scores:
        if score.model == model:
            found[score.metric][score.article_id][score.example_id] = score.value
    return found


def summarise_system(
    name: str,
    scores: Sequence[ExampleScore],
    *,
    generations: Sequence[Generation],
    n_planned: Mapping[str, int],
    failure: str = "",
) -> SystemSummary:
    """Return one row of the table.

    Args:
        name: the system's name in the config.
        scores: the scores of all systems.
        generations: this system's generations, one an example.
        n_planned: how many examples each metric should have scored.
        failure: why the system could not run at all, where it could not.
    """
    estimates = tuple(
        _estimate(metric, values, n_planned[metric])
        for metric, values in values_by_metric(scores, name).items()
    )
    return SystemSummary(
        name=name,
        estimates=estimates,
        counts=_count(generations),
        failure=failure,
    )


def _estimate(metric: str, values: Values, n_planned: int) -> Estimate:
    inside = clustered({article: list(by_id.values()) for article, by_id in values.items()})
    apart = plain([value for by_id in values.values() for value in by_id.values()])
    return Estimate(
        metric=metric,
        mean=inside.mean,
        low=_bound(inside.low),
        high=_bound(inside.high),
        plain_low=_bound(apart.low),
        plain_high=_bound(apart.high),
        n=inside.n,
        n_planned=n_planned,
        n_articles=inside.n_articles,
        method=METHOD,
    )


def _bound(end: float | None) -> float | None:
    """Keep an interval's end in the range that a score can have."""
    return None if end is None else min(1.0, max(0.0, end))


def _count(generations: Sequence[Generation]) -> Counts:
    done = [generation for generation in generations if generation.finish_reason != "error"]
    spoken = [strip_thinking(generation.text) for generation in done]
    return Counts(
        n_generated=len(done),
        n_failed=len(generations) - len(done),
        n_empty=sum(not said.prediction for said in spoken),
        n_cut_off=sum(generation.finish_reason == "length" for generation in done),
        n_shortened=sum(generation.n_article_tokens_dropped > 0 for generation in done),
        n_unclosed_thinking=sum(said.unclosed for said in spoken),
    )


def compare(
    scores: Sequence[ExampleScore], models: Sequence[str], metrics: Sequence[str]
) -> tuple[Comparison, ...]:
    """Return the paired comparison of every two systems on every metric, Holm over all of them."""
    by_model = {model: values_by_metric(scores, model) for model in models}
    found = [
        _compare(metric, (a, b), by_model[a][metric], by_model[b][metric])
        for metric in metrics
        for a, b in combinations(models, 2)
        if metric in by_model[a] and metric in by_model[b]
    ]
    adjusted = holm([comparison.p for comparison in found])
    return tuple(
        replace(comparison, p_holm=p) for comparison, p in zip(found, adjusted, strict=True)
    )


def _compare(metric: str, names: tuple[str, str], a: Values, b: Values) -> Comparison:
    differences = {
        article: [a[article][example] - b[article][example] for example in a[article] if example in b[article]]
        for article in a
        if article in b
    }
    inside = clustered(differences)
    flat = [difference for items in differences.values() for difference in items]
    return Comparison(
        metric=metric,
        a=names[0],
        b=names[1],
        difference=inside.mean,
        low=inside.low,
        high=inside.high,
        p=inside.p,
        p_holm=None,
        n=inside.n,
        n_articles=inside.n_articles,
        wins=sum(difference > 0 for difference in flat),
        losses=sum(difference < 0 for difference in flat),
        ties=sum(difference == 0 for difference in flat),
    )
