"""The worst scores that refused requests could have had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.records import ScoreLine
from evalkit.stats.refusals import worst_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.records import Example, Generation, Place
    from evalkit.results import MetricFacts


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
