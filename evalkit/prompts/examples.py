"""Turns articles and references into examples: one task on one article each."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.data import without_texts
from evalkit.data.references import FOCUSED
from evalkit.errors import InputError, Problem
from evalkit.records import STEPS, Example

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from evalkit.records import Corpus, StepName, Task


def examples(
    corpus: Corpus, tasks: Sequence[Task], steps: Collection[StepName] = ()
) -> tuple[Example, ...]:
    """Return every example that has a reference, article by article, summaries first.

    Of an article that the corpus has no references of, whole summaries are asked for.

    Args:
        corpus: articles and references.
        tasks: what is asked about each article, in this order.
        steps: in which steps besides `article` all questions are asked again, after the others,
            with `@<step>` added to their ids.

    Raises:
        InputError: two examples have one id, such as a question named like a task.
    """
    ordered = sorted(tasks, key=lambda task: task.kind != "summary")
    found = [
        example
        for article in without_texts(corpus.articles)
        for task in ordered
        for example in _of_task(corpus, article.id, task)
    ]
    found += [
        replace(example, id=f"{example.id}@{step}", step=step)
        for step in STEPS[1:]
        if step in steps
        for example in list(found)
        if example.kind == "answer" and example.step == "article"
    ]
    if repeated := [id_ for id_, n in Counter(example.id for example in found).items() if n > 1]:
        remedy = "rename the question or the task"
        raise InputError(
            [
                Problem(code="duplicate", file=id_, what="is the id of two examples", remedy=remedy)
                for id_ in repeated
            ]
        )
    return tuple(found)


def summarises(task: Task) -> bool:
    """Return whether a task asks for summaries of whole articles."""
    return task.kind == "summary" and task.name != FOCUSED


def summary_of(article_id: str, task: Task) -> Example:
    """Return the example of a summary that no reference says anything about."""
    return Example(
        id=f"{article_id}/{task.name}",
        article_id=article_id,
        task=task.name,
        kind="summary",
        references=(),
        n_characters=task.n_characters,
    )


def _of_task(corpus: Corpus, article_id: str, task: Task) -> Iterator[Example]:
    references = corpus.references.get(article_id)
    if references is None:
        if summarises(task):
            yield summary_of(article_id, task)
        return
    if task.kind == "summary":
        texts: dict[tuple[str, str], list[str]] = defaultdict(list)
        for item in references.summaries:
            if item.task == task.name:
                texts[item.id if item.focus else task.name, item.focus].append(item.text)
        for (name, focus), of_one in texts.items():
            yield replace(
                summary_of(article_id, task),
                id=f"{article_id}/{name}",
                references=tuple(of_one),
                question=focus,
            )
        return
    for question in references.questions:
        yield Example(
            id=question.id if corpus.unique_questions else f"{article_id}/{question.id}",
            article_id=article_id,
            task=task.name,
            kind="answer",
            references=question.answers,
            question=question.question,
            type=question.type,
            difficulty=question.difficulty,
            unit=question.unit,
            ordered=question.ordered,
            evidence=question.evidence,
            note=question.note,
        )
