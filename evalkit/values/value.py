"""The typed values that a text can state: quantities, ranges, ratios, ranks, dates and times."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod
from typing import TYPE_CHECKING

from evalkit.values.lexicon import Qualifier
from evalkit.values.units import shown_unit

if TYPE_CHECKING:
    from fractions import Fraction

    from evalkit.values.units import Unit

_BEHIND = frozenset({Qualifier.UPWARDS, Qualifier.DOWNWARDS})
_HALF_DAY_S = 12 * 3600
_DATE_SIGNS = {"month": "月", "day": "日"}


# Nothing changes one; but frozen, it would take three times as long to make, and reading a number
# makes two.
@dataclass(kw_only=True, slots=True, unsafe_hash=True)
class Quantity:
    """A number with its unit.

    Attributes:
        amount: In the base unit of its dimension.
        unit: None if it stands without one.
        qualifier: On which side of the amount the true one lies.
        scaled: Whether the number carries its own 万 or 亿.
        per: What it counts for each of (小时 of 每小时); the amount is for one base unit of each.
        change: 1 for a rise, -1 for a fall, 0 where no direction is stated.
        target: Whether it is where a change ends (增至), not by how much it changes.
    """

    amount: Fraction
    unit: Unit | None = None
    qualifier: Qualifier = Qualifier.EXACT
    scaled: bool = False
    per: tuple[Unit, ...] = ()
    change: int = 0
    target: bool = False

    def __str__(self) -> str:
        """Show it in one form: `超过300人次`, `70%`, `12500元`, `下降3.2%`."""
        amount = prod((unit.factor for unit in self.per), start=self.amount)
        unit = shown_unit(self.unit, amount) if self.unit else None
        number = show_number(unit.count_in(amount) if unit else amount)
        per = "".join(f"每{unit.name}" for unit in self.per)
        change = {1: "增长", -1: "下降", 0: ""}[self.change] + "至" * (
            self.target and self.change != 0
        )
        shown = f"{per}{number}{unit.name if unit else ''}"
        if self.qualifier in _BEHIND:
            return f"{change}{shown}{self.qualifier}"
        return f"{change}{self.qualifier}{shown}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rank:
    """A place in an order: from the front, or below zero from the back."""

    place: int
    unit: Unit | None = None

    def __str__(self) -> str:
        """Show it in one form: `第3次`, `倒数第1`."""
        unit = self.unit.name if self.unit else ""
        return f"{'倒数' if self.place < 0 else ''}第{abs(self.place)}{unit}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ratio:
    """The terms of a ratio or a score, in order."""

    terms: tuple[Fraction, ...]

    def __str__(self) -> str:
        """Show it in one form: `2:1`."""
        return ":".join(map(show_number, self.terms))


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """A date, a period, a time of day, or a date with a time; None for what is not stated.

    Attributes:
        calendar: `lunar`, or empty.
        relative: 上, 去, 本 and the like, before the largest part.
        century: Such as 20.
        decade: Of the year or the century: 80 of 80年代.
        year: With all its digits, or the last two; negative before the common era.
        quarter: 1 to 4.
        month: 1 to 12.
        week: Which day of the week, 1 to 7.
        day: 1 to 31.
        period: 初, 底, 上旬 and the like, of the smallest part that is stated.
        part: Of the day, where it says more than the hour.
        second: Seconds after midnight; of an hour that may be before or after noon, after either.
        either: Whether the hour may be before or after noon.
        qualifier: About (许, 左右).
    """

    calendar: str = ""
    relative: str = ""
    century: int | None = None
    decade: int | None = None
    year: int | None = None
    quarter: int | None = None
    month: int | None = None
    week: int | None = None
    day: int | None = None
    period: str = ""
    part: str = ""
    second: int | None = None
    either: bool = False
    qualifier: Qualifier = Qualifier.EXACT

    def __str__(self) -> str:
        """Show it in one form: `2019年11月8日晚上`, `15:00`, `6月29日`, `上午或下午3:45`."""
        return f"{self._show_day()} {self._show_clock()}".strip()

    def complements(self, other: Moment) -> bool:
        """Return whether two moments have no part in common: 星期六 and 11月16日."""
        names = ("year", "month", "week", "day", "second", "quarter")
        return all(None in {getattr(self, name), getattr(other, name)} for name in names)

    def _show_day(self) -> str:
        parts = [self.relative]
        if self.year is not None:
            parts.append(f"公元前{-self.year}年" if self.year < 0 else f"{self.year}年")
        parts += [
            {"lunar": "农历"}.get(self.calendar, ""),
            "" if self.century is None else f"{self.century}世纪",
            "" if self.decade is None else f"{self.decade}年代",
            "" if self.quarter is None else f"第{self.quarter}季度",
            *(
                f"{value}{_DATE_SIGNS[name]}"
                for name in _DATE_SIGNS
                if (value := getattr(self, name))
            ),
            "" if self.week is None else f"周{'一二三四五六日'[self.week - 1]}",
            self.period,
            self.part,
        ]
        return "".join(parts)

    def _show_clock(self) -> str:
        if self.second is None:
            return str(self.qualifier)
        minutes, seconds = divmod(self.second, 60)
        clock = f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
        return f"{self.qualifier}{'上午或下午' if self.either else ''}{clock}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Range:
    """From one value to another of the same kind; `change` where a verb says which way."""

    low: Quantity | Moment
    high: Quantity | Moment
    change: int = 0

    def __str__(self) -> str:
        """Show it in one form: `3天至5天`."""
        return f"{self.low}至{self.high}"


Value = Quantity | Rank | Ratio | Moment | Range


def show_number(number: Fraction) -> str:
    """Return a number as digits, rounded to ten figures.

    >>> from fractions import Fraction
    >>> show_number(Fraction(3, 2))
    '1.5'
    """
    if number.denominator == 1:
        return str(number.numerator)
    shown = f"{float(number):.10g}"
    return f"{float(number):.15f}".rstrip("0") if "e" in shown else shown


def complete_from(high: Moment, low: Moment) -> Moment:
    """Return the second end of a range with what only the first states: year, month, half of day.

    >>> str(complete_from(Moment(day=23), Moment(month=11, day=19)))
    '11月23日'
    """
    if high.month is None and high.day is not None:
        high = replace(high, month=low.month)
    if high.either and low.second is not None and not low.either and high.second is not None:
        later = high.second if high.second > low.second else high.second + _HALF_DAY_S
        high = replace(high, second=later, either=False)
    return replace(high, year=low.year) if high.year is None and high.month else high
