"""Shortens an article, and nothing else, until its prompts fit the model's context."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

Way = Literal["head", "head_tail", "sentences"]
_SENTENCE = re.compile(r"[^。！？!?\n]*[。！？!?\n]*")


def shorten(article: str, n_characters: int, way: Way) -> str:
    """Return at most `n_characters` of an article.

    `head` keeps the beginning, `head_tail` as much of the beginning as of the end, `sentences` the
    whole sentences of the beginning.

    >>> shorten("一二三四五六", 4, "head_tail")
    '一二五六'
    >>> shorten("甲来了。乙走了。", 6, "sentences")
    '甲来了。'
    """
    if n_characters >= len(article):
        return article
    if way == "head_tail":
        tail = n_characters // 2
        return article[: n_characters - tail] + article[len(article) - tail :]
    if way == "sentences":
        ends = [match.end() for match in _SENTENCE.finditer(article) if match.group()]
        n_characters = max((end for end in ends if end <= n_characters), default=0)
    return article[:n_characters]


def fit(article: str, way: Way, n_over: Callable[[str], int]) -> str:
    """Return the article, shortened as little as needed for `n_over` to be 0 or less.

    Args:
        article: the whole text.
        way: which part of it to keep.
        n_over: how many tokens the longest prompt with that text is beyond the context.

    Returns:
        The text; empty where even the bare prompt does not fit.
    """
    if n_over(article) <= 0:
        return article
    low, high = 0, len(article)  # `low` characters fit (or nothing does), `high` do not
    while high - low > 1:
        middle = (low + high) // 2
        if n_over(shorten(article, middle, way)) <= 0:
            low = middle
        else:
            high = middle
    return shorten(article, low, way)
