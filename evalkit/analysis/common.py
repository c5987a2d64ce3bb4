"""Narrows runs over different data to the examples that all of them have."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.errors import InputError, Problem
from evalkit.stats.summarise import summarise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.analysis.run import Run
    from evalkit.records import Example
    from evalkit.results import MetricFacts


def common_examples(runs: Sequence[Run]) -> frozenset[str]:
    """Return the ids of the examples that all runs have: same article, question and references.

    Raises:
        InputError: a run's examples cannot be read.
    """
    first, *others = runs
    return frozenset(
        id_
        for id_, example in first.examples.items()
        if all(_has(other, example, first) for other in others)
    )


def narrow(runs: Sequence[Run]) -> list[Run]:
    """Return runs with their common examples alone, every estimate made of these.

    Raises:
        InputError: they have none in common.
    """
    common = common_examples(runs)
    if not common:
        what = "has no example in common with the others"
        remedy = "run both with some of the same articles and questions"
        raise InputError(
            [Problem(code="incomparable", file=str(runs[-1].path), what=what, remedy=remedy)]
        )
    return [_narrowed(replace(run, only=common)) for run in runs]


def _has(run: Run, example: Example, first: Run) -> bool:
    found, article = run.examples.get(example.id), example.article_id
    return (
        found is not None
        and (found.question, found.references) == (example.question, example.references)
        and run.manifest.articles.get(article) == first.manifest.articles.get(article)
    )


def _narrowed(run: Run) -> Run:
    metrics = [_counted(facts, run) for facts in run.summary.metrics]
    rows = [replace(row, estimates=()) for row in run.summary.systems]
    summary = summarise(run.summary.run, rows, metrics, run.scores)
    return replace(run, summary=summary)


def _counted(facts: MetricFacts, run: Run) -> MetricFacts:
    """Return a metric with the number of examples that it is planned to score now."""
    found = facts.count(run.examples.values())
    return replace(facts, n_planned=found.total(), n_by_article=dict(found))
