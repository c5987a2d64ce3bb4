"""How well people do: each reference summary, judged as if a system had written it."""

from __future__ import annotations

from dataclasses import replace
from math import fsum
from typing import TYPE_CHECKING

from evalkit import metrics
from evalkit.records import ExampleScore
from evalkit.run.score import case_of

if TYPE_CHECKING:
    from evalkit.interfaces import Metric
    from evalkit.records import Example
    from evalkit.run.job import Job

HUMAN = "human ceiling"  # the space keeps it apart from every name that a config may give


def human_ceiling(job: Job) -> list[ExampleScore]:
    """Return the scores of people: each reference summary against the others, and their mean.

    Every summary is judged against one reference less than a system's; with `references:
    jackknife` systems are judged the same way, and only then are the two on the same footing.
    An example with a single reference has no ceiling.
    """
    chosen = job.config.metrics
    # leaving one out twice would take away more than a system's jackknife does
    how = "max" if chosen.references == "jackknife" else chosen.references
    judges = [metrics.metric(name, chosen.segmenter, how) for name in chosen.summary]
    articles = {article.id: article.text for article in job.corpus.articles}
    return [
        _ceiling(metric, example, articles[example.article_id])
        for example in job.examples
        if example.task == "summary" and len(example.references) > 1
        for metric in judges
    ]


def _ceiling(metric: Metric, example: Example, article: str) -> ExampleScore:
    each = [
        metric.score(case_of(_without(example, i), reference, article)).value
        for i, reference in enumerate(example.references)
    ]
    return ExampleScore(
        model=HUMAN,
        example_id=example.id,
        article_id=example.article_id,
        metric=metric.name,
        value=fsum(each) / len(each),
        parts={},
        decided_by="",
        prediction="",
        compared={"references": each},
    )


def _without(example: Example, i: int) -> Example:
    others = example.references[:i] + example.references[i + 1 :]
    return replace(example, references=others)
