"""Totals that a summary makes of an article's figures, and makes wrong."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

from evalkit.metrics.facts.arithmetic import is_amount
from evalkit.metrics.facts.comparing import amount_like
from evalkit.metrics.facts.document import pairs
from evalkit.values.reckoning import find_sum

if TYPE_CHECKING:
    from evalkit.metrics.facts.document import Document, Mention
    from evalkit.metrics.facts.support import Index

_JOINT = re.compile("[、和与及]")
_LABEL = 8  # characters next to a figure that say of what it is
_NAME = 6  # characters of a part by which it is known again
_N_PARTS, _MOST = 4, 4  # of a sum: parts, and figures looked at for each
_WITHIN = 150  # characters between the figures of a sum


def wrong_terms(mention: Mention, clause: str, article: Document, index: Index) -> list[Mention]:
    """Return the figures that a total should be of, if they do not add up to it.

    Empty where they do, or where its clause does not name its parts.

    Args:
        mention: a figure of a summary that the article does not state.
        clause: the words of its clause up to it.
        article: where its parts are stated.
        index: of the article.
    """
    end = find_sum(clause)
    parts = [set(pairs(part[-_NAME:])) for part in _JOINT.split(clause[: max(end, 0)])]
    parts = [part for part in parts if part][:_N_PARTS]
    if len(parts) < 2:  # noqa: PLR2004 - a sum
        return []
    stated = [
        [m for m in index.beside(part) if _is_part(m, part, mention, article.text)][:_MOST]
        for part in parts
    ]
    # Two parts may have one figure: 社会保障和就业支出64.5亿元.
    sums = [list({id(term): term for term in terms}.values()) for terms in product(*stated)]
    found = [terms for terms in sums if len(terms) > 1 and _are_close(terms)]
    if any(is_amount(mention.figure, _total(terms, mention)) for terms in found):
        return []
    return found[0] if found else []


def _is_part(stated: Mention, part: set[str], mention: Mention, text: str) -> bool:
    """Return whether an article names a part next to a figure that can be added to a total."""
    start, end = stated.figure.start, stated.figure.end
    before, behind = text[max(stated.start, start - _LABEL) : start], text[end : end + _NAME]
    named = not part.isdisjoint([*pairs(before), *pairs(behind)])
    return named and amount_like(stated.figure, mention.figure) is not None


def _are_close(terms: list[Mention]) -> bool:
    places = [term.figure.start for term in terms]
    return max(places) - min(places) < _WITHIN


def _total(terms: list[Mention], mention: Mention) -> Fraction:
    amounts = (amount_like(term.figure, mention.figure) for term in terms)
    return sum((amount for amount in amounts if amount is not None), Fraction(0))
