"""Two things whose places a summary has exchanged, whatever they are.

The article says of one thing this and of another one that, each in a clause of its own; two clauses
of the summary have them the other way. Nothing has to be known of the words: what two clauses share
with the one and the other of the article shows it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import permutations
from typing import TYPE_CHECKING, NamedTuple

from evalkit.values.claims import EMPTY_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from evalkit.metrics.facts.document import Document

_COMMON = 4  # clauses that a pair of characters stands in; those of one that has more tell nothing
_BEST = 4  # clauses of the article that two clauses of a summary share most with
_AHEAD = 2  # clauses of a summary behind one that may have exchanged something with it
_RUN = re.compile(rf"[^\W_{''.join(sorted(EMPTY_CHARACTERS))}]{{2,}}")


class _Share(NamedTuple):
    """What two clauses of a summary share with two of the article, with none of the others."""

    first: set[str]  # of the one with its own clause
    strange: set[str]  # of the one with the other's
    second: set[str]
    stranger: set[str]

    @property
    def is_enough(self) -> bool:
        """Whether all are there, and two that are exchanged have more than one pair each."""
        told = min(len(self.first), len(self.second))
        moved = min(len(self.strange), len(self.stranger))
        return all(self) and max(told, moved) > 1


class Exchanges:
    """The clauses of an article by their pairs of characters, digits among them."""

    def __init__(self, article: Document) -> None:
        """Index a document, in time linear in its length."""
        self._words = [_places(clause.text) for clause in article.clauses]
        self._clauses: dict[str, list[int]] = defaultdict(list)
        for number, words in enumerate(self._words):
            for pair in words:
                self._clauses[pair].append(number)

    def find(self, summary: Document) -> dict[int, int]:
        """Return the clauses of a summary that have exchanged something, with the article's.

        >>> from evalkit.metrics.facts.document import Document
        >>> article = Document("成都工厂推迟到明年,岳阳工厂6月投产。", possible=True)
        >>> summary = Document("岳阳工厂推迟到明年,成都工厂6月投产", possible=False)
        >>> sorted(Exchanges(article).find(summary))
        [0, 1]
        """
        words = [_places(clause.text) for clause in summary.clauses]
        shared = [self._shared(places) for places in words]
        found: dict[int, int] = {}
        for one in range(len(words)):
            for other in range(one + 1, min(one + 1 + _AHEAD, len(words))):
                for a, b in _permuted(shared[one], shared[other]):
                    share = _divide(shared[one], shared[other], a, b)
                    if share.is_enough and self._is_turned(words[one], words[other], share, a, b):
                        found |= {one: a, other: b}
                        break
        return found

    def _shared(self, words: Mapping[str, int]) -> dict[int, set[str]]:
        """Return the rare pairs that a clause shares with each of the article's."""
        found: dict[int, set[str]] = defaultdict(set)
        for pair in words:
            places = self._clauses.get(pair, ())
            if len(places) <= _COMMON:
                for number in places:
                    found[number].add(pair)
        return found

    def _is_turned(
        self, one: Mapping[str, int], other: Mapping[str, int], share: _Share, a: int, b: int
    ) -> bool:
        """Return whether what was exchanged stands in the same place as in the article.

        Nowhere may the article have together what a clause of the summary has.
        """
        if self._meet(share.first, share.strange) or self._meet(share.second, share.stranger):
            return False
        here, there = self._words[a], self._words[b]
        return _is_before(one, share.strange, share.first) == _is_before(
            here, share.stranger, share.first
        ) and _is_before(other, share.stranger, share.second) == _is_before(
            there, share.strange, share.second
        )

    def _meet(self, some: set[str], others: set[str]) -> bool:
        clauses = {number for pair in some for number in self._clauses[pair]}
        return any(number in clauses for pair in others for number in self._clauses[pair])


def _places(text: str) -> dict[str, int]:
    """Return the pairs of neighbouring characters of a clause, each with its first place."""
    return {
        pair: at
        for start, end in reversed([run.span() for run in _RUN.finditer(text)])
        for at in range(end - 2, start - 1, -1)
        if not (pair := text[at : at + 2]).isdigit()
    }


def _permuted(
    one: Mapping[int, set[str]], other: Mapping[int, set[str]]
) -> Iterator[tuple[int, int]]:
    """Yield two and two of the article's clauses that two of a summary share most with."""
    both = sorted(one.keys() & other.keys(), key=lambda i: (-len(one[i]) - len(other[i]), i))
    return permutations(both[:_BEST], 2)


def _divide(one: Mapping[int, set[str]], other: Mapping[int, set[str]], a: int, b: int) -> _Share:
    both = (one[a] | one[b]) & (other[a] | other[b])
    return _Share(
        first=one[a] - one[b] - both,
        strange=one[b] - one[a] - both,
        second=other[b] - other[a] - both,
        stranger=other[a] - other[b] - both,
    )


def _is_before(words: Mapping[str, int], some: set[str], others: set[str]) -> bool:
    return min(words[pair] for pair in some) < min(words[pair] for pair in others)
