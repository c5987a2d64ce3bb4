"""Turns articles and references into examples: one thing to do with one article each."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.prompts.templates import Shot
from evalkit.records import Example

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from evalkit.config.schema import Tasks
    from evalkit.records import Corpus, Source


def examples(corpus: Corpus, tasks: Tasks, sources: Collection[Source] = ()) -> tuple[Example, ...]:
    """Return every example that has a reference, article by article, summaries first.

    Args:
        corpus: articles and references.
        tasks: what to do with each article.
        sources: from what else than the article all questions are asked as well, after the others.
    """
    found = [
        example for article in corpus.articles for example in _of_article(corpus, article.id, tasks)
    ]
    again = [
        replace(example, id=f"{example.id}@{source}", source=source)
        for source in sources
        for example in found
        if example.question is not None
    ]
    return (*found, *again)


def reading(corpus: Corpus, source: Source, summaries: Mapping[str, str]) -> Corpus:
    """Return the corpus with what is read in the place of each article.

    Args:
        corpus: articles and references.
        source: what is read.
        summaries: the system's own summary of each article, by article id; articles without one
            are left out where summaries are read.
    """
    if source == "article":
        return corpus
    texts = {article.id: summaries.get(article.id) for article in corpus.articles}
    if source == "nothing":
        texts = dict.fromkeys(texts, "")
    return replace(
        corpus,
        articles=tuple(
            replace(article, text=text, sha256=hashlib.sha256(text.encode()).hexdigest())
            for article in corpus.articles
            if (text := texts[article.id]) is not None
        ),
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
    texts = {article.id: article.text for article in corpus.articles}
    pool = [
        other
        for other in among
        if other.article_id != example.article_id
        and other.task == example.task
        and other.length == example.length
        and other.source == example.source
        and other.article_id in texts
    ]
    generator = random.Random(f"{seed}/{example.article_id}/{example.task}/{example.length}")  # noqa: S311 - a seeded draw, no secret
    drawn = generator.sample(pool, k=min(n, len(pool)))
    return tuple(Shot(article=texts[other.article_id], example=other) for other in drawn)
