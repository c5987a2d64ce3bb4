"""Which figures are equal, rounded, of one kind, or computed of one another."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import floor, log10
from typing import TYPE_CHECKING

from evalkit.values.units import COUNT, SHARE, same_unit

if TYPE_CHECKING:
    from evalkit.metrics.facts.figures import Figure
    from evalkit.values.units import Unit

_CLOSE = Fraction(3, 100)  # of a figure: what may be rounded away without 约 or 近
_NEARLY = Fraction(1, 5)  # of a figure: what 近 may add, one digit that it is
# The same of 三分之二 and the like: 超过 leaves room above it, 近 below it.
_CLOSE_FRACTION = {
    "more": (-Fraction(1, 10), Fraction(0)),
    "less": (Fraction(0), Fraction(1, 10)),
    "about": (-Fraction(1, 20), Fraction(1, 20)),
    "": (-_CLOSE, _CLOSE),
}
_HALF_DAY = 12  # hours
_LONGEST_DECIMAL = 6  # significant digits of a share; 三分之二 has more


def are_equal(one: Figure, other: Figure) -> bool:
    """Return whether two figures say the same, whatever is said around them; symmetrical.

    A missing unit, year or month is no contradiction.
    """
    if one.date and other.date:
        common = one.date.keys() & other.date.keys()
        finest = {next(reversed(figure.date)) for figure in (one, other)}
        return finest <= common and all(
            _is_same_part(part, one.date[part], other.date[part]) for part in common
        )
    if one.date or other.date:
        date, number = (one, other) if one.date else (other, one)
        return not number.kind and date.date == {"year": number.amount}
    if (not _is_same(one.amount, other.amount) and not _is_same_rate(one, other)) or (
        one.kind == "ordinal"
    ) != (other.kind == "ordinal"):
        return False
    return one.unit is None or other.unit is None or _may_count_the_same(one.unit, other.unit)


def _is_same(one: Fraction, other: Fraction) -> bool:
    """Return whether two amounts are the same, in half the time that `==` takes."""
    return one.numerator == other.numerator and one.denominator == other.denominator


def _is_same_rate(one: Figure, other: Figure) -> bool:
    """Return whether two amounts are the same for each of one unit: 每斤1.6元, 每公斤3.2元."""
    if one.each is None or other.each is None or not same_unit(one.each, other.each):
        return False
    return one.amount / one.each.factor == other.amount / other.each.factor


def _is_same_part(part: str, one: Fraction, other: Fraction) -> bool:
    """Return whether two values of a part of a date agree; 晚上9点 is 21时."""
    half_day = part == "hour" and abs(one - other) == _HALF_DAY and min(one, other) <= _HALF_DAY
    return one == other or half_day


def _may_count_the_same(one: Unit, other: Unit) -> bool:
    """Return whether two units agree; 个 counts anything: 24个航班, 航班24架次."""
    counts = one.dimension == other.dimension == COUNT
    return same_unit(one, other) or (counts and "个" in {one.name, other.name})


def are_alike(one: Figure, other: Figure) -> bool:
    """Return whether one figure could be written for the other by mistake; symmetrical.

    So can figures with one unit, days, years and times of day, and ordinals. Those without a unit
    may be anything, and so may what 个 counts.
    """
    if one.date or other.date:
        return _fineness(one) == _fineness(other)
    if one.unit is None or other.unit is None or one.kind != other.kind:
        return one.kind == other.kind == "ordinal"
    if one.kind == COUNT and "个" in {one.unit.name, other.unit.name}:
        return one.unit.name == other.unit.name
    return same_unit(one.unit, other.unit)


def _fineness(figure: Figure) -> str:
    parts = figure.date.keys()
    return "time" if "hour" in parts else next(reversed(figure.date), "")


def can_be_added(one: Figure, other: Figure) -> bool:
    """Return whether two figures count or measure in units that can be added; symmetrical."""
    if one.date or other.date or "ordinal" in {one.kind, other.kind}:
        return False
    if one.unit is None or other.unit is None:
        return one.unit is other.unit
    return same_unit(one.unit, other.unit)


def amount_like(term: Figure, figure: Figure) -> Fraction | None:
    """Return the amount of a term in what a figure is counted in, if the two can be added.

    Shares differ by points, and a bare number counts what the figure does: 19胜3负 are 22场.

    >>> from evalkit.metrics.facts.figures import read_figures
    >>> points, share = read_figures("降了3.6个百分点,降至15.6%", possible=False)
    >>> amount_like(share, points)
    Fraction(78, 5)
    """
    if can_be_added(term, figure) or (figure.kind == COUNT and not (term.unit or term.kind)):
        return term.amount
    step = {(SHARE, "points"): Fraction(100), ("points", SHARE): Fraction(1, 100)}
    factor = step.get((term.kind, figure.kind))
    return None if factor is None else term.amount * factor


def may_be(figure: Figure, stated: Figure) -> bool:
    """Return whether a figure may be a stated one, or that one rounded."""
    return are_equal(figure, stated) or is_rounded(figure, stated)


def is_rounded(figure: Figure, exact: Figure) -> bool:
    """Return whether a figure is another one, rounded as the words around it allow.

    Without such words it must be the nearest one, and within 3%. A date is rounded to a month or
    a year.

    >>> from evalkit.metrics.facts.figures import read_figures
    >>> near, exact = read_figures("近八成，78.83%", possible=False)
    >>> is_rounded(near, exact), is_rounded(exact, near)
    (True, False)
    """
    if figure.date and exact.date:
        return figure.date.keys() < exact.date.keys() and all(
            exact.date[part] == value for part, value in figure.date.items()
        )
    if not is_near(figure.amount, exact.amount) or not can_be_added(figure, exact):
        return False
    off = (figure.amount - exact.amount) / exact.amount
    if figure.kind == SHARE and count_digits(figure.amount) > _LONGEST_DECIMAL:
        low, high = _CLOSE_FRACTION[figure.side]
        return low <= off <= high
    # As they are written: 10万亩 has one digit, in square metres it has many.
    rounded, amount = figure.amount, exact.amount
    if figure.unit and figure.unit.factor != 1:
        rounded, amount = rounded / figure.unit.factor, amount / figure.unit.factor
    if count_digits(rounded) >= count_digits(amount):
        return False
    step = Fraction(10) ** (floor(log10(amount)) + 1 - count_digits(rounded))
    below = amount // step * step
    nearest = below if amount - below < step / 2 else below + step
    return {
        "more": rounded == below,
        "less": rounded == below + step and off <= _NEARLY,
        "about": rounded == nearest,
        "": rounded == nearest and abs(off) <= _CLOSE,
    }[figure.side]


def is_near(rounded: Fraction, exact: Fraction) -> bool:
    """Return whether two amounts above 0 differ, and neither is more than twice the other.

    So it is with all that is rounded, to one digit at least. Most pairs end here, and whole numbers
    are compared ten times as fast as fractions are divided.
    """
    one = rounded.numerator * exact.denominator
    other = exact.numerator * rounded.denominator
    return 0 < one != other > 0 and one <= 2 * other and other <= 2 * one


@lru_cache(maxsize=1024)
def count_digits(amount: Fraction) -> int:
    """Return how many significant digits an amount has, up to ten.

    >>> count_digits(Fraction(77500)), count_digits(Fraction(7883, 10000))
    (3, 4)
    """
    decimal = Decimal(amount.numerator) / Decimal(amount.denominator)
    return len(f"{decimal:.9e}".partition("e")[0].replace(".", "").rstrip("0")) or 1


def is_slip(figure: Figure, stated: Figure) -> bool:
    """Return whether two figures differ by the scale of their units alone: 14.9万元, 14.9亿元.

    >>> from evalkit.metrics.facts.figures import read_figures
    >>> wrong, stated = read_figures("120万立方米,120立方米", possible=False)
    >>> is_slip(wrong, stated)
    True
    """
    if not (figure.amount and stated.amount) or figure.date or stated.date:
        return False
    ratio = figure.amount / stated.amount
    powers = {str(part).rstrip("0") for part in (ratio.numerator, ratio.denominator)}
    return ratio != 1 and powers == {"1"}


def contradicts_side(figure: Figure, stated: Figure) -> bool:
    """Return whether equal figures are said to lie on opposite sides of the true one.

    What stands without 超过 or 不足 may be rounded: 十年 is told as 十多年.
    """
    return {figure.side, stated.side} == {"more", "less"}
