"""Where an article states a figure of a summary, and what it states in its place."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import accumulate
from math import log2
from typing import TYPE_CHECKING, Literal, TypeVar

from evalkit.metrics.facts.document import pairs
from evalkit.metrics.facts.figures import (
    are_alike,
    are_equal,
    can_be_added,
    count_digits,
    is_rounded,
)
from evalkit.values.claims import adds_up, subtracts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from fractions import Fraction

    from evalkit.metrics.facts.document import Document, Mention

    Key = TypeVar("Key")

How = Literal["stated", "rounded", "sum", "difference"]

_COMMON = 24  # places of a pair of characters, or of a figure; more are not looked at
_CLEARLY, _MARGIN = 1.3, 0.8  # how much better than the stated figure a rival must fit
_LESS_LIKELY: dict[How, float] = {"stated": 0, "rounded": 0.1, "sum": 0.2, "difference": 0.2}
_FITS = 0.4  # how well a term of a sum must fit
_N_TERMS, _AHEAD, _WITHIN = 4, 8, 400  # of a sum: terms, mentions looked at, characters between
_TOO_SHORT = 2  # digits of a sum that may be one by chance
_N_SHARED, _SHARED = 3, 0.4  # pairs that a clause without figures must share, and their share


@dataclass(frozen=True, kw_only=True, slots=True)
class Support:
    """What an article has for a figure.

    Attributes:
        mentions: those that state it, the best first; the terms of a sum or difference.
        how: in which form they state it.
        rival: a mention of another figure that fits what is said much better; of one that is not
            stated, the one that fits best.
    """

    mentions: tuple[Mention, ...] = ()
    how: How = "stated"
    rival: Mention | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Option:
    """One way in which a figure may be stated: how well its best mention fits."""

    fit: float = -1.0
    how: How = "stated"
    found: tuple[int, ...] = ()


class Index:
    """An article's clauses and mentions by what they are about."""

    def __init__(self, article: Document) -> None:
        """Index a document; the time is linear in its length."""
        self._article = article
        self._clauses = _invert(dict.fromkeys(pairs(clause.text)) for clause in article.clauses)
        self._rarity = {pair: 1 / (1 + log2(len(at))) for pair, at in self._clauses.items()}
        self._mentions = _invert(mention.about for mention in article.mentions)
        self._stated = _invert(mention.figure.keys for mention in article.mentions)
        self._sums = _add_up(article.mentions)

    def look_up(self, mention: Mention, clause: str) -> Support:
        """Return what the article has for a mention of a summary; `clause` are its words."""
        mentions, figure, fits = self._article.mentions, mention.figure, self._fits(mention)

        def by_fit(numbers: Iterable[int]) -> tuple[int, ...]:
            return tuple(sorted(numbers, key=lambda i: (-fits.get(i, 0.0), i)))

        stating = self._stated.get(figure.keys[-1], [])[:_COMMON]
        candidates = {*fits, *stating}
        equal = by_fit(i for i in candidates if are_equal(figure, mentions[i].figure))
        rounded = by_fit(i for i in candidates if is_rounded(figure, mentions[i].figure))
        options = [
            *(
                _Option(fit=fits.get(found[0], 0.0) - _LESS_LIKELY[how], how=how, found=found)
                for how, found in (("stated", equal), ("rounded", rounded))
                if found
            ),
            *self._sum_of(mention, clause, fits),
        ]
        best = max(options, key=lambda option: option.fit, default=_Option())
        others = by_fit(
            i
            for i in fits
            if i not in {*equal, *rounded} and are_alike(figure, mentions[i].figure)
        )
        fits_better = bool(others) and (
            not best.found
            or (best.how in {"stated", "rounded"} and _fits_better(fits[others[0]], best.fit))
        )
        return Support(
            mentions=tuple(mentions[i] for i in best.found),
            how=best.how,
            rival=mentions[others[0]] if fits_better else None,
        )

    def align(self, clause: str) -> int | None:
        """Return the number of the article's clause that says most of what a clause says.

        None where no clause, with those next to it in its sentence, says enough of it.
        """
        wanted = dict.fromkeys(pairs(clause))
        found: dict[int, float] = defaultdict(float)
        for pair in wanted:
            places = self._clauses.get(pair, ())
            if len(places) <= _COMMON:
                for i in places:
                    found[i] += self._rarity[pair]
        if not found:
            return None
        best = max(found, key=lambda i: (found[i], -i))
        around = self._article.around(best, 1, 1)
        said = {pair for i in around for pair in pairs(self._article.clauses[i].text)}
        enough = max(_N_SHARED, _SHARED * len(wanted))
        return best if len(wanted.keys() & said) >= enough else None

    def _fits(self, mention: Mention) -> dict[int, float]:
        """Return how well each mention of the article is about the same, by its number."""
        found: dict[int, float] = defaultdict(float)
        for word, weight in mention.about.items():
            places = self._mentions.get(word, ())
            if len(places) <= _COMMON:
                rarity = self._rarity_of(word)
                for i in places:
                    found[i] += rarity * weight * self._article.mentions[i].about[word]
        return found

    def _rarity_of(self, word: str) -> float:
        """Return what it tells that two mentions share a word of `about`, at most 1."""
        if word[0] == "+":
            return self._rarity.get(word[1:], 1.0) ** 0.5
        return self._rarity.get(word, 1.0)

    def _sum_of(
        self, mention: Mention, clause: str, fits: Mapping[int, float]
    ) -> Iterable[_Option]:
        """Yield the first sum or difference that a figure can be."""
        for how, terms in self._sums.get(mention.figure.amount, ()):
            first, last = (self._article.mentions[terms[i]] for i in (0, -1))
            if not can_be_added(mention.figure, first.figure):
                continue
            fit = [fits.get(i, 0.0) for i in terms]
            together = last.clause in self._article.around(first.clause)
            said = adds_up(clause) if how == "sum" else subtracts(clause)
            if (how == "sum" and min(fit) >= _FITS) or (
                max(fit) >= _FITS
                and (said or (together and count_digits(mention.figure.amount) > _TOO_SHORT))
            ):
                yield _Option(fit=max(fit) - _LESS_LIKELY[how], how=how, found=terms)
                return


def _fits_better(rival: float, stated: float) -> bool:
    return rival > _CLEARLY * stated + _MARGIN


def _invert(items: Iterable[Iterable[Key]]) -> dict[Key, list[int]]:
    found: dict[Key, list[int]] = defaultdict(list)
    for i, keys in enumerate(items):
        for key in keys:
            found[key].append(i)
    return found


def _add_up(mentions: Sequence[Mention]) -> dict[Fraction, list[tuple[How, tuple[int, ...]]]]:
    """Return the sums of figures near one another, and the differences of two, by amount."""
    found: dict[Fraction, list[tuple[How, tuple[int, ...]]]] = defaultdict(list)
    for i, first in enumerate(mentions):
        terms = [i]
        for j, other in enumerate(mentions[i + 1 : i + 1 + _AHEAD], i + 1):
            if other.figure.start - first.figure.end > _WITHIN or len(terms) == _N_TERMS:
                break
            if can_be_added(first.figure, other.figure):
                terms.append(j)
                difference = abs(first.figure.amount - other.figure.amount)
                found[difference].append(("difference", (i, j)))
        sums = accumulate(mentions[j].figure.amount for j in terms)
        for n, amount in enumerate(sums, 1):
            if n > 1:
                found[amount].append(("sum", tuple(terms[:n])))
    return {amount: ways[:_COMMON] for amount, ways in found.items()}
