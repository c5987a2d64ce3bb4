"""Figures that are sums, differences or shares of others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from evalkit.metrics.facts.comparing import amount_like, count_digits, is_near, is_rounded
from evalkit.values.reckoning import adds_up, joins, subtracts
from evalkit.values.units import SHARE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from fractions import Fraction

    from evalkit.metrics.facts.document import Mention
    from evalkit.metrics.facts.figures import Figure

Operation = Literal["sum", "difference", "share"]

_FITS = 0.4  # how well a term must fit, where the clause does not say that its figure is computed
_N_TERMS, _AHEAD, _WITHIN = 4, 8, 400  # of a sum: terms, mentions looked at, characters between
_PAIR = 2
_FAR = 0.7  # of an amount: what no rounding makes of it
_CLOSE, _NO_CHANCE = 120, 3  # characters between two terms, and digits of what they make


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
    """Return the sum, difference or share of an article's mentions that a figure is best taken for.

    None if there is none. What is computed need not be said to be: all terms may fit, or a figure
    that stands nowhere else is exactly what two terms next to one another make.

    Args:
        figure: that of the summary.
        clause: its words, which may say that it is computed.
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
            if said[how] or min(fit) >= _FITS or (alone and _is_exact(figure, terms, mentions)):
                found.append(Computed(max(fit), how, terms))
        found += [
            Computed(fits[first], "share", terms)
            for terms in (_of_shares(first, figure, mentions) if alone else ())
        ]
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
        if is_amount(figure, abs(whole - amount)):
            yield "difference", (at, i)
        if is_amount(figure, whole + amount):
            yield "sum", (at, i)
        terms.append(i)
        total += amount
        if len(terms) > _PAIR and is_amount(figure, total):
            yield "sum", tuple(terms)


def _is_exact(figure: Figure, terms: tuple[int, ...], mentions: Sequence[Mention]) -> bool:
    """Return whether two terms next to one another make a figure that is hardly so by chance."""
    if len(terms) != _PAIR or count_digits(figure.amount) < _NO_CHANCE:
        return False
    one, other = (mentions[i].figure for i in terms)
    a, b = amount_like(one, figure), amount_like(other, figure)
    close = other.start - one.end <= _CLOSE
    return close and a is not None and b is not None and figure.amount in {a + b, abs(a - b)}


def _of_shares(at: int, figure: Figure, mentions: Sequence[Mention]) -> Iterator[tuple[int, ...]]:
    """Yield a mention with each share near it of which, or by which more or less, a figure is."""
    whole = mentions[at].figure
    amount = amount_like(whole, figure) if figure.unit and figure.kind != SHARE else None
    if amount is None:
        return
    for i in range(max(0, at - _AHEAD), min(at + 1 + _AHEAD, len(mentions))):
        share = mentions[i].figure
        if share.kind != SHARE or max(whole.start - share.end, share.start - whole.end) > _CLOSE:
            continue
        more, less = 1 + share.amount, 1 - share.amount
        factors = [share.amount, more, less, 1 / more, 1 / less if less else more]
        ratio = float(figure.amount / amount) if amount else 0.0
        near = [factor for factor in factors if _FAR * ratio < factor < ratio / _FAR]
        if any(is_amount(figure, amount * factor) for factor in near):
            yield tuple(sorted((at, i)))


def is_amount(figure: Figure, amount: Fraction) -> bool:
    """Return whether a figure is an amount of its kind, be it rounded."""
    if figure.amount == amount:
        return True
    return is_near(figure.amount, amount) and is_rounded(figure, replace(figure, amount=amount))
