"""Numbers and dates as the fact check reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from evalkit.values.lexer import Words
from evalkit.values.lexicon import BEFORE, Qualifier
from evalkit.values.mentions import numbers_in
from evalkit.values.rates import scan_each
from evalkit.values.units import COUNT, unit_named

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
# 约占营收6%: apart from the figure.
_ABOUT = re.compile("(?<![签节预合条特制契公])约(?=[占有为合达计需花用值])[^,;。]*$")
_FARTHEST_ABOUT = 8
_SCALES = frozenset("十百千万亿半")
_LONGEST_BOUND = 4  # characters of 不少于 or 超过了, and one more
_BASIS_POINTS, _POINTS = re.compile("个?基点|(?<=个)基点"), unit_named("个百分点")
_LONGEST_EACH = 6  # characters of 每平方公里
_THROUGH = re.compile("[-~—至到]{1,2}")


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
        each: the unit of a measure for each of which it is told, if it is: 每公斤3.2元.
        vague: whether it may not be meant as a figure: 一个.
        date: the parts of a date or time by name, the finest last.
    """

    start: int
    end: int
    amount: Fraction = Fraction(0)
    kind: str = ""
    side: Side = ""
    unit: Unit | None = None
    each: Unit | None = None
    vague: bool = False
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
    for number in numbers_in(text):
        if not (possible or number.sure):
            continue
        if parts and (number.quantity or number.start != parts[-1].end):
            _add_date(figures, parts, text)
            parts = []
        if number.quantity is None:
            parts.append(number)
        elif figures and _ends_seconds(figures[-1], number):
            figures[-1] = replace(
                figures[-1], end=number.end, amount=figures[-1].amount + number.amount / 100
            )
        elif not text.endswith("年级", number.start, number.end):  # 一年级 is a name
            figures.append(_number(number, number.quantity, text))
    if parts:
        _add_date(figures, parts, text)
    return figures


def _ends_seconds(figure: Figure, number: FoundNumber) -> bool:
    """Return whether a number is the hundredths of a time: 08 of 10秒08."""
    seconds = figure.unit is not None and figure.unit.name == "秒" and figure.end == number.start
    return seconds and not number.kind and number.end - number.start == 2  # noqa: PLR2004 - digits


def _number(number: FoundNumber, quantity: Quantity, text: str) -> Figure:
    if number.kind == "months" and text[number.start - 1 : number.start] == "前":
        # The first ten months end with the tenth.
        date = {"month": number.amount}
        return Figure(start=number.start, end=number.end, kind="date", date=date)
    if basis := _BASIS_POINTS.match(text, number.end):
        end, amount = basis.end(), number.amount / 100
        return Figure(start=number.start, end=end, amount=amount, kind="points", unit=_POINTS)
    return Figure(
        start=number.start,
        end=number.end,
        amount=number.amount,
        kind=number.kind,
        vague=not number.sure and quantity.unit is not None and quantity.unit.name == "个",
        side=_SIDES[quantity.qualifier or _bound_before(text, number.start)],
        unit=quantity.unit,
        each=_each_before(text, number.start),
    )


def _each_before(text: str, start: int) -> Unit | None:
    """Return the unit for each of which a number is told: 每公斤3.2元; None for what is counted."""
    at = text.rfind("每", max(0, start - _LONGEST_EACH), start)
    found = scan_each(text, at) if at >= 0 else None
    if found is None or found[1] != start or len(found[0]) > 1 or found[0][0].dimension == COUNT:
        return None
    return found[0][0]


def _bound_before(text: str, start: int) -> Qualifier:
    before = text[max(0, start - _LONGEST_BOUND) : start].removesuffix("了")
    bare = _BARE.search(before) and text[start] not in _SCALES
    if before.endswith("跌破"):
        return Qualifier.BELOW
    found = None if bare else _QUALIFIERS.last(before, len(before))
    if found is None and _ABOUT.search(text, max(0, start - _FARTHEST_ABOUT), start):
        return Qualifier.ABOUT
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
