"""Turns articles and references into examples: one thing to do with one article each."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from evalkit.prompts import Shot
from evalkit.records import Example

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.config import Tasks
    from evalkit.records import Corpus


def examples(corpus: Corpus, tasks: Tasks) -> tuple[Example, ...]:
    """Return every example that has a reference, article by article, summaries first."""
    return tuple(
        example for article in corpus.articles for example in _of_article(corpus, article.id, tasks)
    )


def _of_article(corpus: Corpus, article_id: str, tasks: Tasks) -> list[Example]:
    references = corpus.references[article_id]
    found: list[Example] = []
    for length in tasks.summaries:
        texts = tuple(item.text for item in references.summaries if item.length == length)
        if texts:
            found.append(
                Example(
                    id=f"{article_id}/{length}",
                    article_id=article_id,
                    task="summary",
                    references=texts,
                    length=length,
                    n_characters=getattr(tasks.n_characters, length),
                )
            )
    if tasks.questions:
        found += [
            Example(
                id=f"{article_id}/{question.id}",
                article_id=article_id,
                task="answer",
                references=question.answers,
                question=question,
            )
            for question in references.questions
        ]
    return found


def shots(
    example: Example, among: Sequence[Example], corpus: Corpus, *, n: int, seed: int
) -> tuple[Shot, ...]:
    """Return `n` worked examples of the same task from other articles.

    The choice depends on the seed, the article, the task and the length alone, so that all
    questions of an article share their shots, and with them the reading.
    """
    pool = [
        other
        for other in among
        if other.article_id != example.article_id
        and other.task == example.task
        and other.length == example.length
    ]
    generator = random.Random(f"{seed}/{example.article_id}/{example.task}/{example.length}")  # noqa: S311 - a seeded draw, no secret
    drawn = generator.sample(pool, k=min(n, len(pool)))
    texts = {article.id: article.text for article in corpus.articles}
    return tuple(Shot(article=texts[other.article_id], example=other) for other in drawn)
