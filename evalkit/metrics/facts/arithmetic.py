"""Figures that are sums or differences of others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from evalkit.metrics.facts.comparing import amount_like, is_near, is_rounded
from evalkit.values.reckoning import adds_up, joins, subtracts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from fractions import Fraction

    from evalkit.metrics.facts.document import Mention
    from evalkit.metrics.facts.figures import Figure

Operation = Literal["sum", "difference"]

_FITS = 0.4  # how well a term must fit, where the clause does not say that its figure is computed
_N_TERMS, _AHEAD, _WITHIN = 4, 8, 400  # of a sum: terms, mentions looked at, characters between
_PAIR = 2


class Computed(NamedTuple):
    """How a figure can be computed from mentions, by their numbers, and how well they fit."""

    fit: float
    how: Operation
    terms: tuple[int, ...]


def find_terms(
    figure: Figure,
    clause: str,
    mentions: Sequence[Mention],
    fits: Mapping[int, float],
    *,
    alone: bool,
) -> Computed | None:
    """Return the sum or difference of an article's mentions that a figure is best taken for.

    None if there is none.

    Args:
        figure: that of the summary.
        clause: its words; where they do not say that it is computed, all terms must fit.
        mentions: those of the article, in order.
        fits: how well mentions are about the same, by their numbers.
        alone: whether the article does not state it otherwise.
    """
    said = {"sum": adds_up(clause) or joins(clause), "difference": subtracts(clause)}
    if not alone and not any(said.values()):
        return None
    found: list[Computed] = []
    for first in sorted(fits):
        for how, terms in _ways(first, figure, mentions):
            fit = [fits.get(i, 0.0) for i in terms]
            if said[how] or min(fit) >= _FITS:
                found.append(Computed(max(fit), how, terms))
    return max(found, key=lambda computed: computed.fit, default=None)


def _ways(
    at: int, figure: Figure, mentions: Sequence[Mention]
) -> Iterator[tuple[Operation, tuple[int, ...]]]:
    """Yield the terms from a mention on whose sum or difference a figure is, be it rounded."""
    first, terms = mentions[at].figure, [at]
    total = whole = amount_like(first, figure)
    if total is None or whole is None:
        return
    for i in range(at + 1, min(at + 1 + _AHEAD, len(mentions))):
        other = mentions[i].figure
        if other.start - first.end > _WITHIN or len(terms) == _N_TERMS:
            break
        amount = amount_like(other, figure)
        if amount is None:
            continue
        if _is_amount(figure, abs(whole - amount)):
            yield "difference", (at, i)
        if _is_amount(figure, whole + amount):
            yield "sum", (at, i)
        terms.append(i)
        total += amount
        if len(terms) > _PAIR and _is_amount(figure, total):
            yield "sum", tuple(terms)


def _is_amount(figure: Figure, amount: Fraction) -> bool:
    """Return whether a figure is an amount of its kind, be it rounded."""
    if figure.amount == amount:
        return True
    return is_near(figure.amount, amount) and is_rounded(figure, replace(figure, amount=amount))
