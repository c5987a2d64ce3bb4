"""Scores what was generated: one line for each system, example and metric."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.metrics import entry
from evalkit.records import Case, ExampleScore
from evalkit.values.thinking import strip_thinking

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from evalkit.records import Example, Generation
    from evalkit.run.job import Job


def judge(job: Job, generations: Iterable[Generation]) -> list[ExampleScore]:
    """Return the scores of all generations that did not fail, in their order."""
    examples = {example.id: example for example in job.examples}
    articles = {article.id: article.text for article in job.corpus.articles}
    return [
        score
        for generation in generations
        if generation.finish_reason != "error"
        for score in _judge_one(job, generation, examples[generation.example_id], articles)
    ]


def case_of(example: Example, prediction: str, article: str) -> Case:
    """Return all that a metric may read of one prediction."""
    question = example.question
    if question is None:
        return Case(
            id=example.id, prediction=prediction, references=example.references, article=article
        )
    return Case(
        id=example.id,
        prediction=prediction,
        references=example.references,
        question=question.question,
        type=question.type,
        unit=question.unit,
        ordered=question.ordered,
        article=article,
    )


def _judge_one(
    job: Job, generation: Generation, example: Example, articles: Mapping[str, str]
) -> list[ExampleScore]:
    prediction = strip_thinking(generation.text).prediction
    case = case_of(example, prediction, articles[example.article_id])
    found: list[ExampleScore] = []
    for metric in job.metrics:
        if metric.task == example.task and entry(metric.name).source == example.source:
            score = metric.score(case)
            found.append(
                ExampleScore(
                    model=generation.model,
                    example_id=example.id,
                    article_id=example.article_id,
                    metric=metric.name,
                    value=score.value,
                    parts=score.parts,
                    decided_by=score.decided_by,
                    prediction=prediction,
                    compared=score.compared,
                )
            )
    return found
