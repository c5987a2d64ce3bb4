"""The grammar of values: every reading of a text as a quantity, moment, range, ratio or rank.

    value     = moment | range | ratio | rank | quantity
    range     = ["从"] end ("-" | "至" | "到" | "增至" | …) end ["之间"]
              | digit digit                                    三四天: one of the two
    ratio     = number {(":" | "比") number}
    rank      = ["倒数"] "第" number [unit] | "首" unit | "首位" | "末位" | …

`moments` and `quantities` hold their own parts of it. Productions yield all readings from a place
on; which of them is meant only the question and the other side of a comparison tell.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from evalkit.values import moments as _moments
from evalkit.values import quantities as _quantities
from evalkit.values.lexer import Words, first_characters, word_set
from evalkit.values.lexicon import CHANGES, DIGITS, NAMED_RANKS, RANK_VERBS
from evalkit.values.moments import moments
from evalkit.values.numerals import scan_numeral
from evalkit.values.patterns import any_of
from evalkit.values.quantities import quantities
from evalkit.values.units import scan_units, unit_named
from evalkit.values.value import Moment, Quantity, Range, Rank, Ratio, complete_from

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.values.value import Value

V = TypeVar("V", Moment, Quantity)

_RANKS = Words(NAMED_RANKS)
_RANK_VERBS = word_set(RANK_VERBS)
_RANK = re.compile(
    r"(?P<back>倒数|倒着数)?(?:第 ?|no\.? ?)(?=[0-9一二三四五六七八九十百])|最后(?=一[位名个])"
)
_RANK_STARTS = {"倒", "第", "n", "首", "最"} | first_characters(NAMED_RANKS, RANK_VERBS.split())
_RATIO_SIGN = re.compile(r" ?[:比-] ?")
_CHANGE = any_of(" ".join(CHANGES))
_RANGE_SIGN = re.compile(rf"(?P<change>{_CHANGE})(?:到了?|至|为)|[-~至到→]")
_FROM = ("从", "由", "自", "在")
_RANGE_END = re.compile(r"(?:之间|范围内?|区间|以内|不等)$")
_ADJACENT = re.compile(
    r"(?P<before>(?:[一二三四五六七八九]?[十百千万])*)(?P<low>[一二两三四五六七八])(?P<high>[二三四五六七八九])"
    r"(?P<scale>[十百千万亿]*)"
)
_DATE_MARKS = frozenset("年月日号点时")
_YEAR = re.compile("[12][0-9]{3}(?![0-9.])")
_LONGEST_RANGE = 60


def may_begin(char: str) -> bool:
    """Return whether a value can begin with a character."""
    return (
        char in _RANK_STARTS
        or char in _FROM
        or _quantities.may_begin(char)
        or _moments.may_begin(char)
    )


def values(
    text: str, at: int = 0, *, dates: bool = True, amounts: bool = True
) -> Iterator[tuple[Value, int]]:
    """Yield every reading of the text from a place on as a value, and where it ends.

    Args:
        text: In the form of `read_answer`.
        at: The place.
        dates: Whether moments, and ranges of them, are wanted.
        amounts: Whether quantities, ratios, ranks and ranges of quantities are wanted.

    >>> [(str(value), end) for value, end in values("二比一")]
    [('2:1', 3), ('2', 1)]
    >>> [str(value) for value, end in values("第二次") if end == 3]
    ['第2次']
    """
    if dates:
        yield from moments(text, at)
    yield from ranges(text, at, dates=dates, amounts=amounts)
    if amounts:
        yield from ratios(text, at)
        yield from ranks(text, at)
        yield from quantities(text, at)


def ratios(text: str, at: int = 0) -> Iterator[tuple[Ratio, int]]:
    """Yield the ratio or score that begins at a place: 2:1, 二比一, 3-2."""
    terms = []
    numeral = scan_numeral(text, at)
    while numeral and not numeral.over:
        terms.append(numeral.value)
        if len(terms) > 1:
            yield Ratio(terms=tuple(terms)), numeral.end
        sign = _RATIO_SIGN.match(text, numeral.end)
        numeral = scan_numeral(text, sign.end()) if sign else None


def ranks(text: str, at: int = 0) -> Iterator[tuple[Rank, int]]:
    """Yield every reading as a rank: 第二次, 倒数第一, 首位, 位居榜首."""
    start = at
    while (verb := _RANK_VERBS.first(text, start)) and not text.startswith("第", start):
        start = verb[1]
    if named := _RANKS.first(text, start):
        yield Rank(place=named[0], unit=unit_named("位")), named[1]
    if text.startswith("首", start):
        for unit, end in scan_units(text, start + 1):
            yield Rank(place=1, unit=unit), end
    match = _RANK.match(text, start)
    numeral = scan_numeral(text, match.end()) if match else None
    if match is None or numeral is None or numeral.over or numeral.value.denominator != 1:
        return
    sign = -1 if match["back"] or match[0] == "最后" else 1
    for unit, end in scan_units(text, numeral.end):
        yield Rank(place=sign * int(numeral.value), unit=unit), end
    yield Rank(place=sign * int(numeral.value)), numeral.end


def ranges(
    text: str, at: int = 0, *, dates: bool = True, amounts: bool = True
) -> Iterator[tuple[Range, int]]:
    """Yield every reading of all the rest of a text as a range, with the place where it ends.

    What one end leaves out is taken from the other: in 3-5天 the first is 3天.
    """
    rest = text[at:]
    if len(rest) > _LONGEST_RANGE:
        return
    for low, high, change in chain(_adjacent(rest), _split(rest)):
        start = at + len(rest) - len(high)
        if dates:
            for first, last, end in _moment_ends(low, high):
                yield Range(low=first, high=last, change=change), start + end
        if amounts:
            for one, other, end in _quantity_ends(low, high):
                yield Range(low=one, high=other, change=change), start + end


def _adjacent(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield the two ends of 三四天, 十七八万, 二三十家, 七八点."""
    match = _ADJACENT.match(text)
    if match is None or not match["low"]:
        return
    low, high = DIGITS[match["low"]], DIGITS[match["high"]]
    if high == low + 1 and (not match["before"] or match["before"][-1] in "十百千万"):
        rest = text[match.end("high") :]
        yield f"{match['before']}{match['low']}{rest}", f"{match['before']}{match['high']}{rest}", 0


def _split(text: str) -> Iterator[tuple[str, str, int]]:
    bare = text[1:] if text.startswith(_FROM) else text
    for sign in _RANGE_SIGN.finditer(bare):
        low, high = bare[: sign.start()], bare[sign.end() :]
        if low and high:
            tail = _tail(high)
            numeral = low[-1].isdecimal() or low[-1] in DIGITS  # 上 of 上到2023年 is none
            mark = tail[:1] if numeral and tail[:1] in _DATE_MARKS else ""
            for other in dict.fromkeys((low + tail, low + mark, low)):
                yield other, high, CHANGES.get(sign["change"] or "", 0)


def _tail(text: str) -> str:
    """Return what stands behind the number that a text begins with: 亿元 of 5亿元."""
    tail = text.lstrip("-0123456789.,")
    if tail == text:
        numeral = scan_numeral(text)
        return text[numeral.end :] if numeral else ""
    return "" if tail.startswith(":") else tail


def _moment_ends(low: str, high: str) -> Iterator[tuple[Moment, Moment, int]]:
    if _YEAR.fullmatch(low) and (year := _YEAR.match(high)):  # 1998-2003
        yield Moment(year=int(low)), Moment(year=int(year[0])), year.end()
    for first in _complete(moments(low), low):
        for last, end in moments(high):
            yield first, complete_from(last, first), _closing(high, end)
        numeral = scan_numeral(high)
        if numeral and low[-1] in _DATE_MARKS:  # 11月19日至23
            for last, end in moments(high[: numeral.end] + low[-1]):
                if end > numeral.end:
                    yield first, complete_from(last, first), _closing(high, numeral.end)


def _quantity_ends(low: str, high: str) -> Iterator[tuple[Quantity, Quantity, int]]:
    for first in _complete(quantities(low), low):
        for last, end in quantities(high):
            if not first.change and not last.change:
                yield _in_unit_of(first, last), last, _closing(high, end)


def _complete(readings: Iterator[tuple[V, int]], text: str) -> list[V]:
    return [value for value, end in readings if end == len(text)]


def _in_unit_of(low: Quantity, high: Quantity) -> Quantity:
    if low.unit or not high.unit:
        return low
    return replace(low, amount=low.amount * high.unit.factor, unit=high.unit)


def _closing(text: str, end: int) -> int:
    closing = _RANGE_END.match(text, end)
    return closing.end() if closing else end
