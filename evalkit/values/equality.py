"""Whether two values say the same; every function here is symmetrical."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

from evalkit.values.lexicon import AGREEING_QUALIFIERS, Qualifier
from evalkit.values.units import COUNT, same_unit
from evalkit.values.value import Moment, Quantity, Range, Rank, Ratio

if TYPE_CHECKING:
    from evalkit.values.question import Question
    from evalkit.values.units import Unit
    from evalkit.values.value import Value

_PEOPLE = frozenset("名位人")
_RANK_UNITS = frozenset("位名")
_CENTURY, _NOON_S = 100, 12 * 3600
_AFTERNOON_WORDS, _MORNING_WORDS = ("下午", "晚上", "傍晚"), ("上午", "早上", "凌晨")


def equal(one: Value, other: Value, question: Question) -> bool:
    """Return whether two values are the same answer to a question.

    >>> from fractions import Fraction
    >>> from evalkit.values.question import ask
    >>> equal(Ratio(terms=(Fraction(2), Fraction(1))), Rank(place=2), ask("多少？"))
    False
    """
    if isinstance(one, Quantity) and isinstance(other, Quantity):
        return _quantities(one, other, question)
    if isinstance(one, Moment) and isinstance(other, Moment):
        return _moments(one, other, question)
    if isinstance(one, Range) and isinstance(other, Range):
        opposed = one.change * other.change < 0
        ends = equal(one.low, other.low, question) and equal(one.high, other.high, question)
        return ends and not opposed
    if isinstance(one, Rank) and isinstance(other, Rank):
        return _ranks(one, other, question)
    return isinstance(one, Ratio) and one == other


def qualifiers_agree(one: Qualifier, other: Qualifier) -> bool:
    """Return whether two qualifiers say the same; not transitive (以上 is read both ways).

    >>> qualifiers_agree(Qualifier.ABOVE, Qualifier.UPWARDS)
    True
    >>> qualifiers_agree(Qualifier.ABOVE, Qualifier.EXACT)
    False
    """
    return one is other or {one, other} in AGREEING_QUALIFIERS


def _quantities(one: Quantity, other: Quantity, question: Question) -> bool:
    if one.amount != other.amount or not qualifiers_agree(one.qualifier, other.qualifier):
        return False
    if (one.change, one.target) != (other.change, other.target):
        return False
    if not _same_units(one.per, other.per):
        return False
    return _units(one.unit, other.unit, question)


def _units(one: Unit | None, other: Unit | None, question: Question) -> bool:
    """Return whether two units are the same; a measure word may be left out where one is asked."""
    if one is None or other is None:
        unit = one or other
        counted = any(slot.noun for slot in question.slots)
        return unit is None or (unit.dimension == COUNT and counted)
    named = {one.name, other.name}
    if "度" in named and "energy" in {one.dimension, other.dimension}:
        return "电" in question.text
    # 个 counts people only where the question does: 16个 is not 16名.
    people = named & _PEOPLE if "个" in named else frozenset[str]()
    return all(name in question.text for name in people) and same_unit(one, other)


def _same_units(one: tuple[Unit, ...], other: tuple[Unit, ...]) -> bool:
    """Return whether two numbers are for each of the same, in any order."""
    alike = (all(map(same_unit, one, order)) for order in permutations(other))
    return len(one) == len(other) and any(alike)


def _ranks(one: Rank, other: Rank, question: Question) -> bool:
    if one.place != other.place:
        return False
    if one.unit and other.unit:
        return same_unit(one.unit, other.unit) or {one.unit.name, other.unit.name} <= _RANK_UNITS
    unit = one.unit or other.unit
    asked = (slot.unit for slot in question.slots if slot.ordinal and slot.unit)
    return (
        unit is None or unit.name in _RANK_UNITS or any(same_unit(unit, named) for named in asked)
    )


def _moments(one: Moment, other: Moment, question: Question) -> bool:
    """Return whether two moments are the same; a part may be missing where the question has it."""
    same_parts = all(
        getattr(one, name) == getattr(other, name)
        for name in ("calendar", "quarter", "decade", "period", "week", "qualifier")
    )
    if not (same_parts and _relative(one, other, question) and _parts_of_day(one, other, question)):
        return False
    if not (_clocks(one, other, question) and _centuries(one, other)):
        return False
    return all(
        _date_part(name, getattr(one, name), getattr(other, name), question)
        for name in ("year", "month", "day")
    )


def _relative(one: Moment, other: Moment, question: Question) -> bool:
    """Return whether two moments lie as far from now; 星期几 does not ask for 本 of 本周六."""
    given = {one.relative, other.relative} - {""}
    return one.relative == other.relative or (len(given) == 1 and question.asks_weekday)


def _parts_of_day(one: Moment, other: Moment, question: Question) -> bool:
    return one.part == other.part or (
        "" in {one.part, other.part} and (one.part or other.part) in question.text
    )


def _centuries(one: Moment, other: Moment) -> bool:
    given = {one.century, other.century} - {None}
    return one.century == other.century or (one.decade is not None and given == {20})


def _clocks(one: Moment, other: Moment, question: Question) -> bool:
    if (one.second, one.either) == (other.second, other.either):
        return True
    if one.second is None or other.second is None or one.either == other.either:
        return False
    sure, unsure = (one, other) if other.either else (other, one)
    later = (sure.second or 0) - (unsure.second or 0)
    said = _AFTERNOON_WORDS if later == _NOON_S else _MORNING_WORDS if later == 0 else ()
    return any(word in question.text for word in said)


def _date_part(name: str, one: int | None, other: int | None, question: Question) -> bool:
    if one is None or other is None:
        given = other if one is None else one
        return given is None or (name, given) in question.dates
    low, high = sorted((one, other))
    short = name == "year" and 0 <= low < _CENTURY <= high and high % _CENTURY == low
    return one == other or short
