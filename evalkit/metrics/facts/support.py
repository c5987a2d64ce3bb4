"""Where an article states a figure of a summary, and what it states in its place."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Literal, TypeVar

from evalkit.metrics.facts.arithmetic import find_terms
from evalkit.metrics.facts.comparing import are_alike, are_equal, is_rounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from evalkit.metrics.facts.clauses import ClauseIndex
    from evalkit.metrics.facts.document import Document, Mention
    from evalkit.metrics.facts.figures import Figure

    Key = TypeVar("Key")

How = Literal["stated", "rounded", "sum", "difference", "share"]

_COMPUTED = frozenset({"sum", "difference", "share"})
_COMMON = 24  # places of a pair of characters, or of a figure; more are not looked at
_CLEARLY, _MARGIN, _N_NEAR = 1.3, 0.5, 2  # how much better than the stated figure a rival must fit
_LESS_LIKELY = 0.1  # than a figure that is stated as it is: one that is rounded
_TOLD = 1.0  # fit of a figure that need not be computed
_AS_WELL = 0.5  # of the best fit: what a mention that may be meant as well must have


@dataclass(frozen=True, kw_only=True, slots=True)
class Support:
    """What an article has for a figure.

    Attributes:
        mentions: those that may be meant, the best first; the terms of a sum or difference.
        how: in which form they state it.
        rival: a mention of another figure that fits what is said much better; of one that is not
            stated, one that is about the same.
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
    """An article's mentions by what they are about."""

    def __init__(self, article: Document, clauses: ClauseIndex) -> None:
        """Index a document; the time is linear in its length, but for sorting its figures."""
        self._article, self._clauses = article, clauses
        self._mentions = _invert(mention.about for mention in article.mentions)
        self._stated = _invert(mention.figure.keys for mention in article.mentions)
        numbers = (
            (m.figure.amount, i) for i, m in enumerate(article.mentions) if not m.figure.date
        )
        self._by_amount = sorted(numbers)
        self._sizes = [_size(mention.figure) for mention in article.mentions]

    def look_up(self, mention: Mention, clause: str) -> Support:
        """Return what the article has for a mention of a summary; `clause` are its words."""
        mentions, figure, fits = self._article.mentions, mention.figure, self._fits(mention)

        def by_fit(numbers: Iterable[int]) -> tuple[int, ...]:
            return tuple(sorted(numbers, key=lambda i: (-fits.get(i, _NO_FIT).value, i)))

        candidates = self._of_its_size(figure, {*fits, *self._stating(figure)})
        equal = by_fit(i for i in candidates if are_equal(figure, mentions[i].figure))
        rounded = by_fit(i for i in candidates if is_rounded(figure, mentions[i].figure))
        ways: tuple[tuple[How, tuple[int, ...], float], ...] = (
            ("stated", equal, 0.0),
            ("rounded", rounded, _LESS_LIKELY),
        )
        options = [
            _Option(fit=fits.get(found[0], _NO_FIT).value - less, how=how, found=found)
            for how, found, less in ways
            if found
        ]
        values = {i: fit.value for i, fit in fits.items()}
        told = any(option.fit >= _TOLD for option in options)
        alone = not options
        computed = None if told else find_terms(figure, clause, mentions, values, alone=alone)
        if computed:
            options.append(_Option(fit=computed.fit, how=computed.how, found=computed.terms))
        best = max(options, key=lambda option: option.fit, default=_Option())
        stating = {*equal, *rounded}
        rivals = by_fit(
            i
            for i in fits
            if i not in stating
            and mention.grown == mentions[i].grown
            and not mentions[i].figure.vague
            and are_alike(figure, mentions[i].figure)
        )
        return self._support(best, fits, rivals, mention)

    def _support(
        self, best: _Option, fits: dict[int, _Fit], rivals: tuple[int, ...], mention: Mention
    ) -> Support:
        mentions, found, computed = self._article.mentions, best.found, best.how in _COMPUTED
        figure = mention.figure
        if not computed:
            # 超过 or 近 beside the same figure tells as much as the words around it
            found = tuple(
                i
                for i in found
                if fits.get(i, _NO_FIT).value >= best.fit * _AS_WELL
                or (figure.side and mentions[i].figure.side == figure.side)
            )
        # A date is right if the article says of it what the summary does: 1951年毕业.
        told = computed or (figure.date and found and fits.get(found[0], _NO_FIT).n_near)
        beaten = (
            rivals
            and not (told or self._counts_alone(mention, found, rivals[0]))
            and self._fits_better(rivals[0], fits, best, figure)
        )
        return Support(
            mentions=tuple(mentions[i] for i in found),
            how=best.how,
            rival=mentions[rivals[0]] if beaten else None,
        )

    def _of_its_size(self, figure: Figure, numbers: set[int]) -> set[int]:
        """Return those of some mentions that are so near a figure that it may be one, rounded."""
        if figure.date or figure.each:
            return numbers
        low, high = sorted((_size(figure) / 2, _size(figure) * 2))
        return {i for i in numbers if low <= self._sizes[i] <= high}

    def _counts_alone(self, mention: Mention, found: tuple[int, ...], rival: int) -> bool:
        """Return whether one that states a number of things counts the same, and a rival not."""
        mentions = self._article.mentions
        same = mention.counted and mention.counted in {mentions[i].counted for i in found}
        return bool(same) and mention.counted != mentions[rival].counted

    def beside(self, words: Iterable[str]) -> list[Mention]:
        """Return some of the mentions near which some pairs of characters stand, in order."""
        found = {i for word in words for i in self._mentions.get(word, [])[:_COMMON]}
        return [self._article.mentions[i] for i in sorted(found)]

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

    def _fits_better(
        self, i: int, fits: Mapping[int, _Fit], stated: _Option, figure: Figure
    ) -> bool:
        """Return whether a rival is clearly more what a figure is about than any stated one."""
        rival = fits[i]
        # Few words stand beside a date or a rank, and few other figures are like it.
        few = figure.kind in {"date", "ordinal"} or self._are_labelled(i, fits, stated)
        n_near = 1 if few else _N_NEAR
        better = not stated.found or rival.value > _CLEARLY * stated.fit + _MARGIN
        return rival.n_near >= n_near and better

    def _are_labelled(self, i: int, fits: Mapping[int, _Fit], stated: _Option) -> bool:
        """Return whether a rival has a label of its own beside the stated one.

        In 石浦9.6万人、明港7.3万人 few words stand beside a figure.
        """
        if not stated.found:
            return False
        j = stated.found[0]
        mentions = self._article.mentions
        return not fits.get(j, _NO_FIT).n_near and mentions[i].clause == mentions[j].clause

    def _rarity_of(self, word: str) -> float:
        """Return what it tells that two mentions share a word of `about`, at most 1."""
        return (
            sqrt(self._clauses.rarity(word[1:])) if word[0] == "+" else self._clauses.rarity(word)
        )


def _size(figure: Figure) -> float:
    """Return the amount of a figure, or the year that it names, in the precision of floats."""
    return float(figure.date.get("year", figure.amount))


def _invert(items: Iterable[Iterable[Key]]) -> dict[Key, list[int]]:
    found: dict[Key, list[int]] = defaultdict(list)
    for i, keys in enumerate(items):
        for key in keys:
            found[key].append(i)
    return found
