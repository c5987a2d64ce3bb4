"""Scores the human references: each reference summary, as if a system had written it."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from math import fsum
from typing import TYPE_CHECKING

from evalkit import metrics
from evalkit.records import HUMAN, Case, Detail, ScoreLine
from evalkit.runner.chosen_metrics import summary_metrics

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.interfaces import Metric
    from evalkit.records import Example, NothingToScore, Score
    from evalkit.runner.job import Job
    from evalkit.runner.parallel import Scorer


def score_human(job: Job, scorer: Scorer) -> Iterator[tuple[ScoreLine, Detail]]:
    """Yield the human scores: each reference summary against the others, and their mean.

    References in which a metric has nothing to score are left out of its mean.

    Every summary is scored against one reference less than a system's; with `references: jackknife`
    systems are scored the same way, and only then are the two comparable. An example with a single
    reference has no score.

    Args:
        job: what is scored with.
        scorer: scores the cases.
    """
    chosen = job.config.metrics
    # leaving one out twice would take away more than a system's jackknife does
    how = "max" if chosen.references == "jackknife" else chosen.references
    names = summary_metrics(job.config)
    measures = tuple(metrics.metric(name, chosen.segmenter, how) for name in names)
    examples = [e for e in job.examples if e.kind == "summary" and len(e.references) > 1]
    work = (
        (Case.of(_without(example, i), reference, job.texts[example.article_id]), measures)
        for example in examples
        for i, reference in enumerate(example.references)
    )
    found = scorer.score_all(work)
    for example in examples:
        each = list(islice(found, len(example.references)))
        for metric, scores in zip(measures, zip(*each, strict=True), strict=True):
            yield _mean(metric, example, scores)


def _mean(
    metric: Metric, example: Example, each: Sequence[Score | NothingToScore]
) -> tuple[ScoreLine, Detail]:
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
