"""Text in the form in which figures are read, and where each of its characters came from."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from evalkit.values.normalise import fold
from evalkit.values.script import simplify

if TYPE_CHECKING:
    from collections.abc import Sequence

_LIST_MARK = re.compile("[①-⒛]")


def fold_with_places(text: str) -> tuple[str, Sequence[int]]:
    r"""Return text folded and simplified, and for each of its characters the place it came from.

    Each character is folded by itself, and an enclosed number, which is the mark of a list, is a
    line break. Where simplifying would change the length, the text is only folded.

    >>> fold_with_places("①Ⅷ級")
    ('\nviii级', [0, 1, 1, 1, 1, 2])
    """
    known = {char: _fold_one(char) for char in set(text)}
    pieces = [known[char] for char in text]
    folded = "".join(pieces)
    simple = simplify(folded)
    read = simple if len(simple) == len(folded) else folded
    if all(len(piece) == 1 for piece in known.values()):
        return read, range(len(text))
    return read, [i for i, piece in enumerate(pieces) for _ in piece]


@lru_cache(maxsize=1 << 14)  # more than the characters of most texts
def _fold_one(char: str) -> str:
    return "\n" if _LIST_MARK.match(char) else fold(char)
