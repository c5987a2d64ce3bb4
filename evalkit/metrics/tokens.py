"""Splits each text once for all the metrics that score one case."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from evalkit.values.segment import segmenter

if TYPE_CHECKING:
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
