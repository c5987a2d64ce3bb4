"""A value of an output without what it says beyond the question and the reference."""

from __future__ import annotations

import re
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

from evalkit.values.lexicon import CHANGES
from evalkit.values.units import COUNT
from evalkit.values.value import Moment, Quantity, Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.values.question import Question
    from evalkit.values.slots import Slot
    from evalkit.values.value import Value

_YEAR = re.compile("哪一?年|哪个年份|年份|何年|几几年")
_NOON = 12 * 3600  # seconds after midnight


def as_asked(value: Value, theirs: Sequence[Value], question: Question, slot: Slot | None) -> Value:
    """Return a value without what it says beyond the question and the reference.

    >>> from evalkit.values.question import ask
    >>> morning, open_half = Moment(second=28800), Moment(second=28800, either=True)
    >>> as_asked(morning, [open_half], ask("几点开门？"), None) == open_half
    True
    """
    if isinstance(value, Range):
        ranges = [other for other in theirs if isinstance(other, Range)]
        ends = [end for other in ranges for end in (other.low, other.high)]
        low, high = (_one_as_asked(end, ends, question, slot) for end in (value.low, value.high))
        return replace(value, low=low, high=high)
    if isinstance(value, Moment | Quantity):
        return _one_as_asked(value, theirs, question, slot)
    return value


def _one_as_asked(
    value: Moment | Quantity, theirs: Sequence[Value], question: Question, slot: Slot | None
) -> Moment | Quantity:
    if isinstance(value, Moment):
        moments = [other for other in theirs if isinstance(other, Moment)]
        return _moment_as_asked(value, moments, question)
    quantities = [other for other in theirs if isinstance(other, Quantity)]
    return _quantity_as_asked(value, quantities, question, slot)


def _moment_as_asked(value: Moment, theirs: Sequence[Moment], question: Question) -> Moment:
    """Return the year where that is all that is asked for, the day where the reference is one.

    A time before noon is the reference that leaves open which half of the day it means: 8时.
    """
    if value.second is not None and value.second < _NOON and any(other.either for other in theirs):
        value = replace(value, either=True)
    if value.year and _YEAR.search(question.text):
        years = (other == Moment(year=other.year) for other in theirs)
        return Moment(year=value.year) if all(years) else value
    days = (other.day and not other.part and other.second is None for other in theirs)
    return replace(value, part="", second=None, either=False) if value.day and all(days) else value


def _quantity_as_asked(
    value: Quantity, theirs: Sequence[Quantity], question: Question, slot: Slot | None
) -> Quantity:
    """Return a quantity without what neither question nor reference says of it.

    That is what is counted, what it is for each of (每张120元), and the direction of a change
    that the question names itself: 减了4.2公斤 for 减重多少.
    """
    if value.change and not (slot and slot.target):
        words = (word for word, change in CHANGES.items() if change == value.change)
        if not any(other.change for other in theirs) and any(w in question.text for w in words):
            value = replace(value, change=0, target=False)
    if value.unit and value.unit.dimension == COUNT and not any(other.unit for other in theirs):
        value = replace(value, unit=None)
    if value.per and not question.rates and not any(other.per for other in theirs):
        each = prod(unit.factor for unit in value.per)
        value = replace(value, amount=value.amount * each, per=())
    return value
