"""Figures that are sums, differences or ratios of others."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from fractions import Fraction
from heapq import nlargest
from itertools import permutations
from typing import TYPE_CHECKING, Literal, NamedTuple

from evalkit.metrics.facts.comparing import (
    RELATIONS,
    amount_like,
    can_be_added,
    count_digits,
    is_between,
    is_near,
    is_rounded,
    relates,
)
from evalkit.values.reckoning import adds_up, is_of_each, is_rest, joins, subtracts
from evalkit.values.units import SHARE

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from evalkit.metrics.facts.document import Document, Mention
    from evalkit.metrics.facts.figures import Figure

Operation = Literal["sum", "difference", "ratio"]

_FITS, _FITS_WELL = 0.4, 1.0  # how well a term must fit; where nothing says that it is one
_N_TERMS, _AHEAD, _WITHIN = 4, 8, 400  # of a sum: terms, mentions looked at, characters between
_TOO_SHORT = 2  # digits of a sum that may be one by chance
_LESS_LIKELY = 0.2  # than a figure that is stated
_PAIR = 2
_N_BEST = 12  # mentions that are taken together wherever they stand
_MOST_TOLD = 12  # figures near one in its text that it may be computed from
_HANDFUL = range(2, 11)  # of whom an article may say how many each has
_NEXT_TO = 24  # mentions from one to what it may be shared out among
_BETWEEN = frozenset({"points", "months", "age", "time"})  # differences by what they are
_STEPS = {("months", "year"): 12, ("points", SHARE): 100}  # in each of what they are between


class Computed(NamedTuple):
    """How a figure can be computed from mentions, by their numbers, and how well they fit."""

    fit: float
    how: Operation
    terms: tuple[int, ...]


class Arithmetic:
    """What can be computed from the figures of an article."""

    def __init__(self, article: Document) -> None:
        """Take the mentions of a document."""
        self._article = article
        self._shares: dict[Fraction, int] = {}
        self._at_level: dict[tuple[str, Fraction], int] = {}
        # Behind which the article speaks of what is left: 其余由区里承担.
        self._before_rest: set[int] = set()
        for i, mention in enumerate(article.mentions):
            around = article.around(mention.clause, 0, 1)
            if is_rest(article.clauses[around[-1]].text):
                self._before_rest.add(i)
            self._at_level.setdefault(_level(mention.figure), i)
            if mention.figure.kind == SHARE:
                self._shares.setdefault(mention.figure.amount, i)

    def find(
        self, figure: Figure, clause: str, fits: Mapping[int, float], *, alone: bool
    ) -> Computed | None:
        """Return the sum, difference or ratio that a figure is best taken for, if there is one.

        Args:
            figure: that of the summary.
            clause: its words; where they do not say that it is computed, it must be so for sure.
            fits: how well mentions are about the same, by their numbers.
            alone: whether the article does not state it otherwise.
        """
        if figure.kind == SHARE and is_rest(clause) and 1 - figure.amount in self._shares:
            return Computed(0.0, "difference", (self._shares[1 - figure.amount],))
        said = _said(figure, clause)
        if not alone and not said:
            return None
        found = list(self._apart(figure, clause, said, fits)) if alone else []
        # What is left is told behind the part before it; the whole stands further away.
        before = {i - 1 for i in fits if i and i in self._before_rest}
        for first in sorted(before.union(fits)):
            for how, terms in self._ways(first, figure):
                fit = [fits.get(i, 0.0) for i in terms]
                rest = how == "difference" and terms[-1] in self._before_rest
                long = how == "ratio" or rest or count_digits(figure.amount) > _TOO_SHORT
                together = (how == "sum" and joins(clause)) or (long and self._are_together(terms))
                likely = how in said or (alone and together)
                sure = min(fit) >= (_FITS if how == "sum" else _FITS_WELL)
                if sure or (likely and (rest or max(fit) >= _FITS)):
                    found.append(Computed(max(fit) - _LESS_LIKELY, how, terms))
        return max(found, key=lambda computed: computed.fit, default=None)

    def find_other(
        self, figure: Figure, clause: str, told: Sequence[Mention], fits: Mapping[int, float]
    ) -> tuple[Operation, tuple[Mention, Mention]] | None:
        """Return how a figure is computed from a mention that is told and another one.

        Args:
            figure: that of the summary.
            clause: its words; they must say that it is a sum or difference.
            told: mentions that the sentence of the summary tells as well.
            fits: those that surely are about the same, by their numbers.
        """
        said = {*_said(figure, clause), "ratio"}

        def each(among: Figure) -> bool:
            return is_of_each(clause) and among.unit is not None and among.unit.name in clause

        for term in told[:_MOST_TOLD]:
            for i in (*self._partners(figure, term.figure), *fits, *self._around(term)):
                other = self._article.mentions[i]
                if each(other.figure) and _is_average(figure, term.figure, other.figure):
                    return "ratio", (term, other)
                share = other.figure.kind == SHARE and figure.kind != SHARE
                if share or i in fits or figure.kind not in RELATIONS:
                    ways = _combine(figure, term.figure, other.figure)
                    if how := next((how for how in ways if how in said), None):
                        return how, (term, other)
        return None

    def _around(self, term: Mention) -> range:
        """Return the mentions next to one, by their numbers."""
        at = bisect_left(self._article.mentions, term.figure.start, key=lambda m: m.figure.start)
        return range(max(0, at - _AHEAD), min(len(self._article.mentions), at + _AHEAD))

    def _apart(
        self, figure: Figure, clause: str, said: Container[Operation], fits: Mapping[int, float]
    ) -> Iterator[Computed]:
        """Yield how a figure is computed from two mentions, wherever they stand."""
        mentions = self._article.mentions
        best = [
            i
            for i in nlargest(_N_BEST, fits, key=lambda i: fits[i])
            if mentions[i].figure.date
            or figure.kind in RELATIONS
            or amount_like(mentions[i].figure, figure) is not None
        ]
        for i in best:
            if fits[i] < _FITS:
                break
            for terms in self._of_each(figure, clause, i):
                yield Computed(fits[i] - _LESS_LIKELY, "ratio", terms)
            for j in {*best, *self._partners(figure, mentions[i].figure)} - {i}:
                for how in _combine(figure, mentions[i].figure, mentions[j].figure):
                    if how in said or how == "ratio" or mentions[j].figure.kind == "points":
                        yield Computed(fits[i] - _LESS_LIKELY, how, (min(i, j), max(i, j)))

    def _of_each(self, figure: Figure, clause: str, i: int) -> Iterator[tuple[int, ...]]:
        """Yield the terms by which a figure is an average of a mention, or the total of one."""
        mention = self._article.mentions[i]
        amount = amount_like(mention.figure, figure)
        if not amount or not figure.amount:
            return
        before = self._article.text[mention.start : mention.figure.start]
        if is_of_each(before) and figure.amount / amount in _HANDFUL:
            yield (i,)
        if is_of_each(clause):
            first = max(0, i - _NEXT_TO)
            for j, other in enumerate(self._article.mentions[first : i + _NEXT_TO], first):
                if _is_average(figure, mention.figure, other.figure):
                    yield i, j

    def _partners(self, figure: Figure, term: Figure) -> Iterator[int]:
        """Yield mentions of which and a term a figure is exactly the sum or difference."""
        key, amount = _level(term)
        n = figure.amount / _STEPS.get((figure.kind, key), 1)
        for other in (amount - n, amount + n, n - amount):
            if (key, other) in self._at_level:
                yield self._at_level[key, other]

    def _ways(self, at: int, figure: Figure) -> Iterator[tuple[Operation, tuple[int, ...]]]:
        """Yield the terms near a mention whose sum, difference or ratio a figure is."""
        mentions = self._article.mentions
        first, terms = mentions[at].figure, [at]
        total, like = first.amount, amount_like(first, figure)
        if (
            like is None
            and figure.kind not in RELATIONS
            and not (first.date or first.kind == SHARE)
        ):
            return
        for i in range(at + 1, min(at + 1 + _AHEAD, len(mentions))):
            other = mentions[i].figure
            if other.start - first.end > _WITHIN or len(terms) == _N_TERMS:
                break
            for how in _combine(figure, first, other):
                if how != "ratio" or i == at + 1:
                    yield how, (at, i)
            if like is not None and can_be_added(first, other):
                terms.append(i)
                total += other.amount
                if len(terms) > _PAIR and _is_amount(figure, total):
                    yield "sum", tuple(terms)

    def _are_together(self, terms: Sequence[int]) -> bool:
        first, last = (self._article.mentions[terms[i]].clause for i in (0, -1))
        return last in self._article.around(first)


def compute(
    figure: Figure, clause: str, told: Sequence[Figure]
) -> tuple[Operation, tuple[int, int]] | None:
    """Return how a figure is computed from two others of its text, and their places in `told`.

    Args:
        figure: that may be a sum, difference or ratio.
        clause: its words; they must say so, but for a ratio and a whole before its parts.
        told: the figures of its sentence that are near it.
    """
    said = {*_said(figure, clause), "ratio"}
    near = told[:_MOST_TOLD]
    for i, j in permutations(range(len(near)), _PAIR):
        behind = figure.end <= near[i].start
        for how in _combine(figure, near[i], near[j]):
            if how in said or (how == "sum" and behind):
                return how, (i, j)
        if is_of_each(clause) and _is_average(figure, near[i], near[j]):
            return "ratio", (i, j)
    return None


def _said(figure: Figure, clause: str) -> frozenset[Operation]:
    """Return how a clause may say that its figure is computed of two of one kind."""
    differs = figure.kind in _BETWEEN or subtracts(clause)
    said: dict[Operation, bool] = {"sum": adds_up(clause), "difference": differs}
    return frozenset(how for how, holds in said.items() if holds)


def _combine(figure: Figure, one: Figure, other: Figure) -> Iterator[Operation]:
    """Yield in which ways a figure is computed from two others, be it rounded."""
    if relates(figure, one, other):
        yield "ratio"
    if one.date and other.date:
        if is_between(figure, one, other):
            yield "difference"
        return
    if SHARE in {one.kind, other.kind} and figure.kind != SHARE:
        share, whole = (one, other) if one.kind == SHARE else (other, one)
        yield from _take_share(figure, share.amount, whole)
    first, second = amount_like(one, figure), amount_like(other, figure)
    if first is not None and second is not None:
        if _is_amount(figure, abs(first - second)):
            yield "difference"
        if _is_amount(figure, first + second):
            yield "sum"


def _take_share(figure: Figure, share: Fraction, whole: Figure) -> Iterator[Operation]:
    """Yield in which ways a figure is a share of another, or that one before or after it grew."""
    if not can_be_added(whole, figure):
        return
    part = whole.amount * share
    after = (whole.amount + part, whole.amount - part)
    if _is_amount(figure, part) or figure.amount in after:
        yield "ratio"
    long = count_digits(figure.amount) > _TOO_SHORT
    if long and any(_is_amount(figure, amount) for amount in (*after, whole.amount / (1 + share))):
        yield "difference"


def _is_average(figure: Figure, whole: Figure, among: Figure) -> bool:
    """Return whether a figure is what each of so many has of a whole."""
    amount = amount_like(whole, figure)
    # As many as are written: 28.4 of 28.4公里.
    n = among.amount / among.unit.factor if among.unit else among.amount
    return amount is not None and n > 1 and _is_amount(figure, amount / n)


def _is_amount(figure: Figure, amount: Fraction) -> bool:
    """Return whether a figure is an amount of its kind, be it rounded."""
    if figure.amount == amount:
        return True
    return is_near(figure.amount, amount) and is_rounded(figure, replace(figure, amount=amount))


def _level(figure: Figure) -> tuple[str, Fraction]:
    if figure.date:
        return "year", figure.date.get("year", Fraction(0))
    return figure.kind, figure.amount
