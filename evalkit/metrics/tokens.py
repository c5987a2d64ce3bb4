"""Splits each text once for all the metrics that score one case."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from evalkit.values.segment import segmenter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.values.segment import Cut


# The metrics of a case follow one another; few texts are kept, since they may be long.
@lru_cache(maxsize=32)
def tokens_of(name: str, text: str) -> tuple[str, ...]:
    """Return the tokens of a text, by the segmenter of that name.

    >>> tokens_of("zhmix-1", "襄阳2019年")
    ('襄', '阳', '2019', '年')
    """
    return tuple(segmenter(name).tokens(text))


@lru_cache(maxsize=32)
def sentences_of(name: str, text: str, cut: Cut = "marks") -> tuple[tuple[str, ...], ...]:
    """Return the tokens of each sentence, by the segmenter of that name.

    >>> sentences_of("zhmix-1", "襄阳。荆州！")
    (('襄', '阳'), ('荆', '州'))
    """
    return tuple(map(tuple, segmenter(name).sentences(text, cut)))


@lru_cache(maxsize=32)  # the summaries of one example follow one another: of references, too
def counts_of(name: str, text: str, n: int) -> Counter[str]:
    """Return how often each n-gram of a text's tokens stands in it, in order; not to be changed.

    >>> counts_of("zhmix-1", "襄阳，襄阳", 2)
    Counter({'襄 阳': 2, '阳 襄': 1})
    """
    return Counter(ngrams(tokens_of(name, text), n))


def ngrams(tokens: Sequence[str], n: int) -> Iterator[str]:
    """Yield each n tokens that follow one another, joined by spaces.

    As text, since thousands of tuples would be looked through as possible garbage.

    >>> list(ngrams(("襄", "阳", "2019"), 2))
    ['襄 阳', '阳 2019']
    """
    return map(" ".join, zip(*(tokens[i:] for i in range(n)), strict=False))
