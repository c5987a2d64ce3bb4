"""Text in the form in which figures are read, and where each of its characters came from."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from evalkit.values.normalise import fold
from evalkit.values.script import simplify_in_place

if TYPE_CHECKING:
    from collections.abc import Sequence

_LIST_MARK = re.compile("[①-⒛]")


@lru_cache(maxsize=32)  # the metrics of a case follow one another; few, since they may be long
def fold_with_places(text: str) -> tuple[str, Sequence[int]]:
    r"""Return text folded and simplified, and for each of its characters the place it came from.

    Each character is folded by itself, and an enclosed number, which is the mark of a list, is a
    line break. Where simplifying would change the length, the text is only folded.

    >>> fold_with_places("①Ⅷ級")
    ('\nviii级', (0, 1, 1, 1, 1, 2))
    """
    read = simplify_in_place(text.translate(_FOLDED))
    if _FOLDED.uneven.isdisjoint(text):
        return read, range(len(text))
    places: list[int] = []
    start = 0
    for i, char in enumerate(text):
        if char in _FOLDED.uneven:
            places += range(start, i)
            places += [i] * len(_FOLDED[ord(char)])
            start = i + 1
    return read, (*places, *range(start, len(text)))


class _FoldedCharacters(dict[int, str]):
    """A table for `str.translate`; each character is folded when it is first met.

    Attributes:
        uneven: those that fold to none, or to more than one.
    """

    def __init__(self) -> None:
        super().__init__()
        self.uneven: set[str] = set()

    def __missing__(self, code: int) -> str:
        char = chr(code)
        self[code] = "\n" if _LIST_MARK.match(char) else fold(char)
        if len(self[code]) != 1:
            self.uneven.add(char)
        return self[code]


_FOLDED = _FoldedCharacters()
