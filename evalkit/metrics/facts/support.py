"""Where an article states a figure of a summary, and what it states in its place."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, replace
from fractions import Fraction
from math import log2, sqrt
from typing import TYPE_CHECKING, Literal, TypeVar

from evalkit.metrics.facts.document import pairs
from evalkit.metrics.facts.figures import (
    are_alike,
    are_equal,
    can_be_added,
    count_digits,
    is_rounded,
)
from evalkit.values.claims import adds_up, is_rest, subtracts
from evalkit.values.units import SHARE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from evalkit.metrics.facts.document import Document, Mention
    from evalkit.metrics.facts.figures import Figure

    Key = TypeVar("Key")

How = Literal["stated", "rounded", "sum", "difference"]

_COMPUTED = frozenset({"sum", "difference"})
_COMMON = 24  # places of a pair of characters, or of a figure; more are not looked at
_CLEARLY, _MARGIN, _N_NEAR = 1.3, 0.8, 2  # how much better than the stated figure a rival must fit
_LESS_LIKELY: dict[How, float] = {"stated": 0, "rounded": 0.1, "sum": 0.2, "difference": 0.2}
_AS_WELL = 0.5  # of the best fit: what a mention that may be meant as well must have
_FITS = 0.4  # how well a term of a sum must fit
_N_TERMS, _AHEAD, _WITHIN = 4, 8, 400  # of a sum: terms, mentions looked at, characters between
_TOO_SHORT = 2  # digits of a sum that may be one by chance
_N_SHARED, _SHARED = 3, 0.4  # pairs that a clause without figures must share, and their share


@dataclass(frozen=True, kw_only=True, slots=True)
class Support:
    """What an article has for a figure.

    Attributes:
        mentions: those that may be meant, the best first; the terms of a sum or difference.
        how: in which form they state it.
        rival: a mention of another figure that fits what is said much better; of one that is not
            stated, the one that fits best.
    """

    mentions: tuple[Mention, ...] = ()
    how: How = "stated"
    rival: Mention | None = None

    @property
    def is_computed(self) -> bool:
        """Whether the figure is made of several."""
        return self.how in _COMPUTED


@dataclass(frozen=True, kw_only=True, slots=True)
class _Option:
    """One way in which a figure may be stated: how well its best mention fits."""

    fit: float = -1.0
    how: How = "stated"
    found: tuple[int, ...] = ()


@dataclass(kw_only=True, slots=True)
class _Fit:
    """How well a mention of the article is about the same, and how many near words they share."""

    value: float = 0.0
    n_near: int = 0


_NO_FIT = _Fit()


class Index:
    """An article's clauses and mentions by what they are about."""

    def __init__(self, article: Document) -> None:
        """Index a document; the time is linear in its length, but for sorting its figures."""
        self._article = article
        self._clauses = _invert(dict.fromkeys(pairs(clause.text)) for clause in article.clauses)
        self._rarity = {pair: 1 / (1 + log2(len(at))) for pair, at in self._clauses.items()}
        self._mentions = _invert(mention.about for mention in article.mentions)
        self._stated = _invert(mention.figure.keys for mention in article.mentions)
        numbers = (
            (m.figure.amount, i) for i, m in enumerate(article.mentions) if not m.figure.date
        )
        self._by_amount = sorted(numbers)

    def look_up(self, mention: Mention, clause: str) -> Support:
        """Return what the article has for a mention of a summary; `clause` are its words."""
        mentions, figure, fits = self._article.mentions, mention.figure, self._fits(mention)

        def by_fit(numbers: Iterable[int]) -> tuple[int, ...]:
            return tuple(sorted(numbers, key=lambda i: (-fits.get(i, _NO_FIT).value, i)))

        candidates = {*fits, *self._stating(figure)}
        equal = by_fit(i for i in candidates if are_equal(figure, mentions[i].figure))
        rounded = by_fit(i for i in candidates if is_rounded(figure, mentions[i].figure))
        ways: tuple[tuple[How, tuple[int, ...]], ...] = (("stated", equal), ("rounded", rounded))
        options = [
            _Option(fit=fits.get(found[0], _NO_FIT).value - _LESS_LIKELY[how], how=how, found=found)
            for how, found in ways
            if found
        ]
        options += self._computed(figure, clause, fits, alone=not options)
        best = max(options, key=lambda option: option.fit, default=_Option())
        rivals = by_fit(
            i for i in fits if i not in {*equal, *rounded} and are_alike(figure, mentions[i].figure)
        )
        found, computed = best.found, best.how in _COMPUTED
        if not computed:
            found = tuple(i for i in found if fits.get(i, _NO_FIT).value >= best.fit * _AS_WELL)
        beaten = not computed and rivals and _fits_better(fits[rivals[0]], best, figure)
        rival = mentions[rivals[0]] if rivals and (beaten or not found) else None
        return Support(mentions=tuple(mentions[i] for i in found), how=best.how, rival=rival)

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

    def _stating(self, figure: Figure) -> Iterator[int]:
        """Yield some of the mentions whose figure may be equal, or not far from it."""
        yield from self._stated.get(figure.keys[-1], [])[:_COMMON]
        if not figure.date and figure.amount > 0:
            middle = bisect_left(self._by_amount, (figure.amount, 0))
            yield from (i for _, i in self._by_amount[max(0, middle - _COMMON) : middle + _COMMON])

    def _fits(self, mention: Mention) -> dict[int, _Fit]:
        """Return how well each mention of the article is about the same, by its number."""
        found: dict[int, _Fit] = defaultdict(_Fit)
        for word, weight in mention.about.items():
            places = self._mentions.get(word, ())
            if len(places) <= _COMMON:
                rarity = self._rarity_of(word)
                for i in places:
                    theirs = self._article.mentions[i].about[word]
                    found[i].value += rarity * weight * theirs
                    found[i].n_near += min(weight, theirs) >= 1
        return found

    def _rarity_of(self, word: str) -> float:
        """Return what it tells that two mentions share a word of `about`, at most 1."""
        if word[0] == "+":
            return sqrt(self._rarity.get(word[1:], 1.0))
        return self._rarity.get(word, 1.0)

    def _computed(
        self, figure: Figure, clause: str, fits: Mapping[int, _Fit], *, alone: bool
    ) -> list[_Option]:
        """Return the best of the sums and differences that a figure can be.

        Args:
            figure: that of the summary.
            clause: its words; where they do not say that it is computed, it must be so for sure.
            fits: of the mentions.
            alone: whether the article does not state it otherwise.
        """
        if figure.kind == SHARE and is_rest(clause):
            whole = self._stated.get(1 - figure.amount, ())
            shares = [i for i in whole if can_be_added(figure, self._article.mentions[i].figure)]
            if shares:
                return [_Option(fit=0.0, how="difference", found=(shares[0],))]
        said: dict[How, bool] = {"sum": adds_up(clause), "difference": subtracts(clause)}
        found: list[_Option] = []
        if not alone and not any(said.values()):
            return found
        for first in fits:
            for how, terms in self._ways(first, figure):
                fit = [fits.get(i, _NO_FIT).value for i in terms]
                sure = how == "sum" and min(fit) >= _FITS
                likely = (
                    alone and self._are_together(terms) and count_digits(figure.amount) > _TOO_SHORT
                )
                if sure or (max(fit) >= _FITS and (said[how] or likely)):
                    fit_of_all = max(fit) - _LESS_LIKELY[how]
                    found.append(_Option(fit=fit_of_all, how=how, found=terms))
        return [max(found, key=lambda option: option.fit)] if found else []

    def _ways(self, at: int, figure: Figure) -> Iterator[tuple[How, tuple[int, ...]]]:
        """Yield the terms near a mention whose sum or difference a figure is."""
        mentions = self._article.mentions
        first = mentions[at].figure
        if not can_be_added(figure, first):
            return
        terms = [at]
        for i in range(at + 1, min(at + 1 + _AHEAD, len(mentions))):
            other = mentions[i].figure
            if other.start - first.end > _WITHIN or len(terms) == _N_TERMS:
                break
            if can_be_added(first, other):
                terms.append(i)
                if abs(first.amount - other.amount) == figure.amount:
                    yield "difference", (at, i)
                total = sum((mentions[j].figure.amount for j in terms), Fraction(0))
                if total == figure.amount or is_rounded(figure, replace(first, amount=total)):
                    yield "sum", tuple(terms)

    def _are_together(self, terms: Sequence[int]) -> bool:
        first, last = (self._article.mentions[terms[i]].clause for i in (0, -1))
        return last in self._article.around(first)


def _fits_better(rival: _Fit, stated: _Option, figure: Figure) -> bool:
    # Few words stand beside a date or a rank, and few other figures are like it.
    n_near = 1 if figure.kind in {"date", "ordinal"} else _N_NEAR
    return rival.n_near >= n_near and rival.value > _CLEARLY * stated.fit + _MARGIN


def _invert(items: Iterable[Iterable[Key]]) -> dict[Key, list[int]]:
    found: dict[Key, list[int]] = defaultdict(list)
    for i, keys in enumerate(items):
        for key in keys:
            found[key].append(i)
    return found
