"""The clauses of an article by the words that they are made of."""

from __future__ import annotations

from collections import Counter, defaultdict
from math import log2
from typing import TYPE_CHECKING

from evalkit.metrics.facts.document import pairs
from evalkit.values.negation import after_negation, after_refusal, denies, is_contrast

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from evalkit.metrics.facts.document import Document

_COMMON = 24  # places of a pair of characters; those of one that has more are not looked at
_N_SHARED, _SHARED = 3, 0.4  # pairs that a clause without figures must share, and their share
_DENIAL, _N_DENIED, _SAID = 8, 2, 0.6  # characters denied, pairs of them that a clause must have


class ClauseIndex:
    """The clauses of an article by their pairs of characters."""

    def __init__(self, article: Document) -> None:
        """Index a document, in time linear in its length."""
        self._article = article
        self._places: dict[str, list[int]] = defaultdict(list)
        for number, clause in enumerate(article.clauses):
            for pair in dict.fromkeys(pairs(clause.text)):
                self._places[pair].append(number)
        self._denied = [
            (number, frozenset(pairs(words[:_DENIAL])))
            for number, clause in enumerate(article.clauses)
            if denies(clause.text)
            for words in (*after_negation(clause.text, _DENIAL), *after_refusal(clause.text))
        ]
        self._denials: dict[str, list[int]] = defaultdict(list)
        for i, (_, words) in enumerate(self._denied):
            for pair in words:
                self._denials[pair].append(i)

    def rarity(self, pair: str) -> float:
        """Return what it tells that two clauses share a pair, at most 1."""
        return 1 / (1 + log2(len(self._places[pair]))) if pair in self._places else 1.0

    def align(self, clause: str) -> int | None:
        """Return the number of the article's clause that says most of what a clause says.

        None where no clause, with those next to it in its sentence, says enough of it.
        """
        wanted = dict.fromkeys(pairs(clause))
        found: dict[int, float] = defaultdict(float)
        for pair in wanted:
            places = self._places.get(pair, ())
            if len(places) <= _COMMON:
                for i in places:
                    found[i] += self.rarity(pair)
        if not found:
            return None
        best = max(found, key=lambda i: (found[i], -i))
        around = self._article.around(best, 1, 1)
        said = {pair for i in around for pair in pairs(self._article.clauses[i].text)}
        enough = max(_N_SHARED, _SHARED * len(wanted))
        return best if len(wanted.keys() & said) >= enough else None

    def denied(self, clause: str) -> int | None:
        """Return the article's clause that says what a clause denies, if none there denies it."""
        for words in after_negation(clause, _DENIAL):
            wanted = dict.fromkeys(pairs(words))
            shared = Counter(i for pair in wanted for i in self._places.get(pair, ())[:_COMMON])
            enough = max(_N_DENIED, _SAID * len(wanted))
            saying = [i for i, n in shared.items() if n >= enough]
            if saying and not any(_denies(self._article.clauses[i].text) for i in saying):
                return saying[0]
        return None

    def affirmed(self, clause: str) -> int | None:
        """Return the article's clause that denies what a clause says, if none there says it."""
        if denies(clause):
            return None
        said = set(pairs(clause))
        shared = Counter(i for pair in said for i in self._denials.get(pair, ())[:_COMMON])
        for i, n in shared.items():
            number, words = self._denied[i]
            enough = max(_N_DENIED, _SAID * min(len(words), len(said)))
            contrast = is_contrast(self._article.clauses[number].text)
            if n >= enough and not contrast and not self._says(words & said):
                return number
        return None

    def _says(self, words: AbstractSet[str]) -> bool:
        """Return whether the article has some pairs together in a clause that denies nothing."""
        places = [set(self._places[pair]) for pair in words]
        return any(not denies(self._article.clauses[i].text) for i in set.intersection(*places))


def _denies(clause: str) -> bool:
    return bool(after_negation(clause)) or is_contrast(clause)
