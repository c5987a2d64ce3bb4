"""Scores the human references: each reference summary, as if a system had written it."""

from __future__ import annotations

from dataclasses import replace
from math import fsum
from typing import TYPE_CHECKING

from evalkit import metrics
from evalkit.records import HUMAN, Detail, ScoreLine
from evalkit.runner.cases import case_of
from evalkit.runner.chosen_metrics import summary_metrics

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.interfaces import Metric
    from evalkit.records import Example
    from evalkit.runner.job import Job


def score_human(job: Job) -> Iterator[tuple[ScoreLine, Detail]]:
    """Yield the human scores: each reference summary against the others, and their mean.

    References in which a metric has nothing to score are left out of its mean.

    Every summary is scored against one reference less than a system's; with `references: jackknife`
    systems are scored the same way, and only then are the two comparable. An example with a single
    reference has no score.
    """
    chosen = job.config.metrics
    # leaving one out twice would take away more than a system's jackknife does
    how = "max" if chosen.references == "jackknife" else chosen.references
    scorers = [metrics.metric(name, chosen.segmenter, how) for name in summary_metrics(job.config)]
    for example in job.examples:
        if example.kind == "summary" and len(example.references) > 1:
            for metric in scorers:
                yield _score(metric, example, job.texts[example.article_id])


def _score(metric: Metric, example: Example, article: str) -> tuple[ScoreLine, Detail]:
    each = [
        metric.score(case_of(_without(example, i), reference, article))
        for i, reference in enumerate(example.references)
    ]
    known = [score.value for score in each if score.value is not None]
    line = ScoreLine(
        system=HUMAN,
        article=example.article_id,
        example=example.id,
        metric=metric.name,
        value=fsum(known) / len(known) if known else None,
        rule="" if known else each[0].rule,
    )
    detail = Detail(
        system=HUMAN,
        example=example.id,
        metric=metric.name,
        parts={},
        compared={"references": [score.value for score in each]},
    )
    return line, detail


def _without(example: Example, i: int) -> Example:
    others = example.references[:i] + example.references[i + 1 :]
    return replace(example, references=others)
