"""Figures that are sums, differences or ratios of others."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Literal, NamedTuple

from evalkit.metrics.facts.comparing import (
    can_be_added,
    count_digits,
    is_near,
    is_rounded,
    relates,
)
from evalkit.values.claims import adds_up, is_rest, subtracts
from evalkit.values.units import SHARE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from fractions import Fraction

    from evalkit.metrics.facts.document import Document
    from evalkit.metrics.facts.figures import Figure

Operation = Literal["sum", "difference", "ratio"]

_FITS = 0.4  # how well a term must fit
_N_TERMS, _AHEAD, _WITHIN = 4, 8, 400  # of a sum: terms, mentions looked at, characters between
_TOO_SHORT = 2  # digits of a sum that may be one by chance
_LESS_LIKELY = 0.2  # than a figure that is stated
_PAIR = 2


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
        # Behind which the article speaks of what is left: 其余由区里承担.
        self._before_rest: set[int] = set()
        for i, mention in enumerate(article.mentions):
            around = article.around(mention.clause, 0, 1)
            if is_rest(article.clauses[around[-1]].text):
                self._before_rest.add(i)
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
        said = {"sum": adds_up(clause), "difference": subtracts(clause), "ratio": False}
        if not alone and not any(said.values()):
            return None
        found: list[Computed] = []
        # What is left is told behind the part before it; the whole stands further away.
        before = {i - 1 for i in fits if i and i in self._before_rest}
        for first in sorted(before.union(fits)):
            for how, terms in self._ways(first, figure):
                fit = [fits.get(i, 0.0) for i in terms]
                rest = how == "difference" and terms[-1] in self._before_rest
                long = how == "ratio" or rest or count_digits(figure.amount) > _TOO_SHORT
                likely = said[how] or (alone and long and self._are_together(terms))
                sure = how == "sum" and min(fit) >= _FITS
                if sure or (likely and (rest or max(fit) >= _FITS)):
                    found.append(Computed(max(fit) - _LESS_LIKELY, how, terms))
        return max(found, key=lambda computed: computed.fit, default=None)

    def _ways(self, at: int, figure: Figure) -> Iterator[tuple[Operation, tuple[int, ...]]]:
        """Yield the terms near a mention whose sum, difference or ratio a figure is."""
        mentions = self._article.mentions
        first, terms = mentions[at].figure, [at]
        total = first.amount
        for i in range(at + 1, min(at + 1 + _AHEAD, len(mentions))):
            other = mentions[i].figure
            if other.start - first.end > _WITHIN or len(terms) == _N_TERMS:
                break
            for how in _combine(figure, first, other):
                if how != "ratio" or i == at + 1:
                    yield how, (at, i)
            if can_be_added(figure, first) and can_be_added(first, other):
                terms.append(i)
                total += other.amount
                if len(terms) > _PAIR and _is_amount(figure, total, first):
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
        clause: its words; they must say so, but for a ratio.
        told: the figures before it in its sentence; the last few count.
    """
    said = {"sum": adds_up(clause), "difference": subtracts(clause), "ratio": True}
    last = range(max(0, len(told) - _AHEAD), len(told))
    return next(
        (
            (how, (i, j))
            for i, j in combinations(last, _PAIR)
            for how in _combine(figure, told[i], told[j])
            if said[how]
        ),
        None,
    )


def _combine(figure: Figure, one: Figure, other: Figure) -> Iterator[Operation]:
    """Yield in which ways a figure is computed from two others, be it rounded."""
    if relates(figure, one, other):
        yield "ratio"
    if can_be_added(figure, one) and can_be_added(one, other):
        if _is_amount(figure, abs(one.amount - other.amount), one):
            yield "difference"
        if _is_amount(figure, one.amount + other.amount, one):
            yield "sum"


def _is_amount(figure: Figure, amount: Fraction, like: Figure) -> bool:
    """Return whether a figure is an amount of the kind of another figure, be it rounded."""
    if figure.amount == amount:
        return True
    return is_near(figure.amount, amount) and is_rounded(figure, replace(like, amount=amount))
