"""Numbers and dates as the fact check compares them: which are equal, rounded, of one kind."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import floor, log10
from typing import TYPE_CHECKING, Literal

from evalkit.values.lexer import Words
from evalkit.values.lexicon import BEFORE, Qualifier
from evalkit.values.mentions import find_numbers, possible_numbers
from evalkit.values.units import COUNT, SHARE, same_unit

if TYPE_CHECKING:
    from collections.abc import Hashable

    from evalkit.values.mentions import FoundNumber
    from evalkit.values.units import Unit
    from evalkit.values.value import Quantity

Side = Literal["", "more", "less", "about"]
"""On which side of the stated figure the true one lies: 超过 says more, 近 says less."""

_SIDES: dict[Qualifier, Side] = {
    Qualifier.EXACT: "",
    Qualifier.ABOVE: "more",
    Qualifier.UPWARDS: "more",
    Qualifier.AT_LEAST: "more",
    Qualifier.NEAR: "less",
    Qualifier.BELOW: "less",
    Qualifier.DOWNWARDS: "less",
    Qualifier.AT_MOST: "less",
    Qualifier.ABOUT: "about",
    Qualifier.SEVERAL: "about",
}
# 过百万 and 上千 say more; 办过四届 and 产业链上54家 say nothing about the figure.
_BARE = re.compile("(?<![超不])[过上]$")
_QUALIFIERS = Words(BEFORE)
_SCALES = frozenset("十百千万亿半")
_LONGEST_BOUND = 4  # characters of 不少于 or 超过了, and one more
_THROUGH = re.compile("[-~—至到]{1,2}")
_CLOSE = Fraction(3, 100)  # of a figure: what may be rounded away without 约 or 近
# The same of 三分之二 and the like: 超过 leaves room above it, 近 below it.
_CLOSE_FRACTION = {
    "more": (-Fraction(1, 10), Fraction(0)),
    "less": (Fraction(0), Fraction(1, 10)),
    "about": (-Fraction(1, 20), Fraction(1, 20)),
    "": (-_CLOSE, _CLOSE),
}
_LONGEST_DECIMAL = 6  # significant digits of a share; 三分之二 has more


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A number or a date in a text.

    Attributes:
        start: its place in the text that was read.
        end: where it ends.
        amount: in the base unit of its kind; 0 for a date.
        kind: `date`, `ordinal`, the dimension of its unit, or empty without one.
        side: what is said around it.
        unit: None if it stands without one.
        date: the parts of a date or time by name, the finest last.
    """

    start: int
    end: int
    amount: Fraction = Fraction(0)
    kind: str = ""
    side: Side = ""
    unit: Unit | None = None
    date: dict[str, Fraction] = field(default_factory=dict)

    @property
    def keys(self) -> tuple[Hashable, ...]:
        """One key for each part of a date, else the amount; equal figures share the last."""
        parts = tuple(v if part == "year" else (part, v) for part, v in self.date.items())
        return parts or (self.amount,)


def read_figures(text: str, *, possible: bool) -> list[Figure]:
    """Return the figures of a text in order; year, month and day that follow one another are one.

    This is all that the fact check knows of how numbers are written.

    Args:
        text: folded.
        possible: whether to take what may be a figure as well, as an article may state it.

    >>> [figure.date for figure in read_figures("11月19日至23日", possible=False)][1]
    {'month': Fraction(11, 1), 'day': Fraction(23, 1)}
    """
    figures: list[Figure] = []
    parts: list[FoundNumber] = []
    for number in (possible_numbers if possible else find_numbers)(text):
        if parts and (number.quantity or number.start != parts[-1].end):
            _add_date(figures, parts, text)
            parts = []
        if number.quantity is None:
            parts.append(number)
        else:
            figures.append(_number(number, number.quantity, text))
    if parts:
        _add_date(figures, parts, text)
    return figures


def _number(number: FoundNumber, quantity: Quantity, text: str) -> Figure:
    if number.kind == "months" and text[number.start - 1 : number.start] == "前":
        # The first ten months end with the tenth.
        date = {"month": number.amount}
        return Figure(start=number.start, end=number.end, kind="date", date=date)
    return Figure(
        start=number.start,
        end=number.end,
        amount=number.amount,
        kind=number.kind,
        side=_SIDES[quantity.qualifier or _bound_before(text, number.start)],
        unit=quantity.unit,
    )


def _bound_before(text: str, start: int) -> Qualifier:
    before = text[max(0, start - _LONGEST_BOUND) : start].removesuffix("了")
    bare = _BARE.search(before) and text[start] not in _SCALES
    found = None if bare else _QUALIFIERS.last(before, len(before))
    return found[0] if found else Qualifier.EXACT


def _add_date(figures: list[Figure], parts: list[FoundNumber], text: str) -> None:
    """Add a date: 23日 of 11月19日至23日 has the month before it, 1至10月 ends with the tenth."""
    start, end = parts[0].start, parts[-1].end
    date = {part.kind: part.amount for part in parts}
    last = figures[-1] if figures else None
    if last and "month" in last.date and _THROUGH.fullmatch(text, last.end, start):
        if "day" in date and "month" not in date:
            date = {"month": last.date["month"], **date}
        elif last.date == {"month": 1} and "month" in date:
            start = figures.pop().start
    figures.append(Figure(start=start, end=end, kind="date", date=date))


def are_equal(one: Figure, other: Figure) -> bool:
    """Return whether two figures say the same, whatever is said around them; symmetrical.

    A missing unit, year or month is no contradiction.
    """
    if one.date and other.date:
        common = one.date.keys() & other.date.keys()
        finest = {next(reversed(figure.date)) for figure in (one, other)}
        return finest <= common and all(one.date[part] == other.date[part] for part in common)
    if one.date or other.date:
        date, number = (one, other) if one.date else (other, one)
        return not number.kind and date.date == {"year": number.amount}
    if (one.kind == "ordinal") != (other.kind == "ordinal"):
        return False
    comparable = one.unit is None or other.unit is None or same_unit(one.unit, other.unit)
    return comparable and one.amount == other.amount


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
    return "time" if "hour" in parts else "day" if parts - {"year"} else "year" if parts else ""


def can_be_added(one: Figure, other: Figure) -> bool:
    """Return whether two figures count or measure in units that can be added; symmetrical."""
    if one.date or other.date or "ordinal" in {one.kind, other.kind}:
        return False
    if one.unit is None or other.unit is None:
        return one.unit is other.unit
    return same_unit(one.unit, other.unit)


def is_rounded(figure: Figure, exact: Figure) -> bool:
    """Return whether a figure is another one, rounded as the words around it allow.

    Without such words it must be the nearest one, and within 3%. A date is rounded to a month or
    a year.

    >>> near, exact = read_figures("近八成，78.83%", possible=False)
    >>> is_rounded(near, exact), is_rounded(exact, near)
    (True, False)
    """
    if figure.date and exact.date:
        return figure.date.keys() < exact.date.keys() and all(
            exact.date[part] == value for part, value in figure.date.items()
        )
    if not can_be_added(figure, exact) or not _is_near(figure.amount, exact.amount):
        return False
    off = (figure.amount - exact.amount) / exact.amount
    if figure.kind == SHARE and count_digits(figure.amount) > _LONGEST_DECIMAL:
        low, high = _CLOSE_FRACTION[figure.side]
        return low <= off <= high
    if count_digits(figure.amount) >= count_digits(exact.amount):
        return False
    step = Fraction(10) ** (floor(log10(exact.amount)) + 1 - count_digits(figure.amount))
    below = exact.amount // step * step
    nearest = below if exact.amount - below < step / 2 else below + step
    return {
        "more": figure.amount == below,
        "less": figure.amount == below + step,
        "about": figure.amount == nearest,
        "": figure.amount == nearest and abs(off) <= _CLOSE,
    }[figure.side]


def _is_near(rounded: Fraction, exact: Fraction) -> bool:
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


def contradicts_side(figure: Figure, stated: Figure) -> bool:
    """Return whether equal figures are said to lie on different sides of the true one.

    超过, 不足 and 近 need a stated figure that is not exact; to leave them out is rounding.
    """
    wrong = {"more": {"less", ""}, "less": {"more", ""}}
    return stated.side in wrong.get(figure.side, set())
