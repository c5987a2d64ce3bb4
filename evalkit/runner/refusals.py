"""The worst scores that refused requests could have had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.records import ScoreLine
from evalkit.runner.job import scores
from evalkit.stats.refusals import worst_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.records import Generation
    from evalkit.results import MetricFacts
    from evalkit.runner.job import Job


def worst_scores(
    job: Job,
    metrics: Sequence[MetricFacts],
    generations: Mapping[tuple[str, str, int], Generation],
) -> list[ScoreLine]:
    """Return the worst score for each refused request and each metric that would have scored it.

    Args:
        job: what is scored with.
        metrics: the facts of its metrics.
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
        for example in [job.by_id[example_id]]
        for metric in job.metrics
        if scores(metric, example) and (value := worst[metric.name]) is not None
    ]
