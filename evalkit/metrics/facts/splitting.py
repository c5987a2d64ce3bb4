"""The clauses of a text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# What a match begins with comes first: the search then skips all other characters at once.
_BREAK = re.compile(
    r"[,:;。!?—\n \t.](?:(?<=[;。!?—\n])|(?<=[,:])(?:(?<![0-9].)|(?![0-9]))|"
    r"(?<=[ \t])[ \t]+|(?<=\.)\.{2,})"
)
_SENTENCE_END = re.compile(r"[。!?\n]|[ \t]{2,}|\.{3,}")
_LONGEST = 200  # characters of a clause; what goes on without a mark is cut, to keep time linear


@dataclass(frozen=True, kw_only=True, slots=True)
class Clause:
    """A part of a sentence between marks; `sentence` numbers the sentences."""

    start: int
    end: int
    sentence: int
    text: str


def split(text: str) -> Iterator[Clause]:
    """Yield the clauses of a folded text that have a letter or a digit.

    >>> [(clause.text, clause.sentence) for clause in split("全长3公里,设站2座。投资1.5亿元")]
    [('全长3公里', 0), ('设站2座', 0), ('投资1.5亿元', 1)]
    """
    start = sentence = 0
    for found in [*_BREAK.finditer(text), None]:
        end = found.start() if found else len(text)
        for first in range(start, end, _LONGEST):
            last = min(end, first + _LONGEST)
            if any(map(str.isalnum, text[first:last])):
                yield Clause(start=first, end=last, sentence=sentence, text=text[first:last])
        if found:
            start = found.end()
            sentence += bool(_SENTENCE_END.match(found[0]))
