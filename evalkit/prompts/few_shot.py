"""Draws the worked examples that a prompt shows before its task."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evalkit.records import Article, Example


@dataclass(frozen=True, kw_only=True, slots=True)
class Shot:
    """A worked example: another article, with the reference of its example as the answer."""

    article: str
    example: Example


def draw_shots(
    example: Example, among: Iterable[Example], articles: Iterable[Article], *, n: int, seed: int
) -> tuple[Shot, ...]:
    """Return up to `n` worked examples of the same task and step, from other articles.

    The choice depends on the seed, the article and the task alone: all questions about an article
    share their worked examples, and so the prefix of their prompts.

    Args:
        example: the example that is asked.
        among: the examples to draw from.
        articles: those that may be shown, as they are in the corpus: noise does not change them.
        n: how many to draw; fewer are returned where there are fewer.
        seed: draws them.
    """
    if n == 0:
        return ()
    texts = {article.id: article.text for article in articles}
    pool = [
        other
        for other in among
        if other.article_id != example.article_id
        and (other.task, other.step) == (example.task, example.step)
        and other.article_id in texts
    ]
    generator = random.Random(f"{seed}/{example.article_id}/{example.task}")  # noqa: S311 - a seeded draw, not a secret
    drawn = generator.sample(pool, k=min(n, len(pool)))
    return tuple(Shot(article=texts[other.article_id], example=other) for other in drawn)
