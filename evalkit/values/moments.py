"""The part of the grammar that reads dates, periods and times of day.

    moment    = [qualifier] [written | numeric | english] [[part of day] [clock]] [qualifier]
    numeric   = 2019-11-08 | 2019/11 | 20191108 | 20/03/2025
    english   = "Nov." 8, 2019 | 8 November 2019

`dates` holds what is written in Chinese, `clock` the times of day.
Every production yields all its readings from a place on, each with the place where it ends.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.values.clock import clock_times
from evalkit.values.dates import written_dates
from evalkit.values.lexer import Words, first_characters
from evalkit.values.lexicon import (
    AFTER,
    BEFORE,
    ERAS,
    LUNAR_MONTHS,
    MONTH_NAMES,
    PARTS_OF_DAY,
    PERIODS,
    RELATIVE,
    WEEKDAYS,
    Qualifier,
)
from evalkit.values.numerals import BEGINNINGS
from evalkit.values.patterns import any_of
from evalkit.values.value import Moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    Readings = Iterator[tuple[Moment, int]]

_BEFORE, _AFTER = Words(BEFORE), Words(AFTER)
_PARTS_OF_DAY = Words(PARTS_OF_DAY)
_NUMERIC = re.compile(
    r"(?P<year>[12][0-9]{3})(?P<sign>[-/.])(?P<month>[0-9]{1,2})(?:(?P=sign)(?P<day>[0-9]{1,2}))?(?![0-9])"
    r"|(?P<y>[12][0-9]{3})(?P<m>[01][0-9])(?P<d>[0-3][0-9])(?![0-9])"
    r"|(?P<one>[0-9]{1,2})(?P<mark>[-/.])(?P<two>[0-9]{1,2})(?:(?P=mark)(?P<y4>[12][0-9]{3}))?(?![0-9])"
    r"|(?P<yq>[12][0-9]{3})年?q(?P<q>[1-4])(?![0-9])"
)
_MONTHS, _DAYS = 12, 31
_MONTH = any_of(" ".join(MONTH_NAMES))
_ORDINAL = "(?:st|nd|rd|th)?"
_YEAR_BEHIND = "(?:,? ?(?P<{}>[12][0-9]{{3}}))?"
_ENGLISH = re.compile(
    rf"(?P<name>{_MONTH})\b\.? ?(?P<day>[0-9]{{1,2}}){_ORDINAL}\b{_YEAR_BEHIND.format('year')}"
    rf"|(?P<d>[0-9]{{1,2}}){_ORDINAL}(?: of)? ?(?P<n>{_MONTH})\b\.?{_YEAR_BEHIND.format('y')}"
    rf"|(?P<month>{_MONTH})\b\.?,? ?(?P<only>[12][0-9]{{3}})"
)
WEEKDAY = rf"(?:{any_of(' '.join(WEEKDAYS))})[一二三四五六日天]"
"""The pattern of a day of the week: 周三, 星期日."""

_WEEKDAY_GLOSS = re.compile(rf"[ ,]?(\()?{WEEKDAY}(?(1)\))")
_STARTS = (
    BEGINNINGS
    | RELATIVE
    | {"元", "第"}
    | first_characters(PARTS_OF_DAY, PERIODS, ERAS, LUNAR_MONTHS, WEEKDAYS, MONTH_NAMES)
    | first_characters(word for word, side in BEFORE.items() if side is Qualifier.ABOUT)
)


def may_begin(char: str) -> bool:
    """Return whether a moment can begin with a character.

    >>> may_begin("去"), may_begin("襄")
    (True, False)
    """
    return char in _STARTS


def moments(text: str, at: int = 0) -> Readings:
    """Yield every reading of the text from a place on as a moment, and where it ends.

    >>> [(str(moment), end) for moment, end in moments("二〇一九年十一月八日晚举行")][:2]
    [('2019年11月8日晚上', 11), ('2019年11月8日', 10)]
    >>> str(next(moments("下午3点半"))[0]), str(next(moments("2023q3"))[0])
    ('15:30', '2023年第3季度')
    """
    about, start = _BEFORE.first(text, at) or (Qualifier.EXACT, at)
    if about is not Qualifier.ABOUT:
        about, start = Qualifier.EXACT, at
    for date, end in _dates(text, start):
        for moment, moment_end in _timed(text, date, end):
            after = _AFTER.first(text, moment_end)
            if after and after[0] is Qualifier.ABOUT and not about:
                yield replace(moment, qualifier=Qualifier.ABOUT), after[1]
            elif moment != Moment():
                yield replace(moment, qualifier=about), moment_end


def _dates(text: str, at: int) -> Readings:
    yield from written_dates(text, at)
    if match := _NUMERIC.match(text, at):
        yield from _numeric(match)
    if (match := _ENGLISH.match(text, at)) and (moment := _english(match)):
        yield moment, match.end()
    yield Moment(), at


def _numeric(match: re.Match[str]) -> Readings:
    found = {name: int(word) for name, word in match.groupdict().items() if word and word.isdigit()}
    year = next((found[name] for name in ("year", "y", "y4", "yq") if name in found), None)
    if "q" in found:
        yield Moment(year=year, quarter=found["q"]), match.end()
        return
    if "one" in found:
        orders = [(found["one"], found["two"]), (found["two"], found["one"])]
        orders = orders if year else orders[:1]
    else:
        orders = [(found.get("month", found.get("m", 0)), found.get("day", found.get("d", 0)))]
    for month, day in orders:
        if 1 <= month <= _MONTHS and day <= _DAYS:
            yield Moment(year=year, month=month, day=day or None), match.end()


def _english(match: re.Match[str]) -> Moment | None:
    name = match["name"] or match["n"] or match["month"]
    day, year = match["day"] or match["d"], match["year"] or match["y"] or match["only"]
    if day and int(day) > _DAYS:
        return None
    return Moment(
        month=MONTH_NAMES[name], day=int(day) if day else None, year=int(year) if year else None
    )


def _timed(text: str, date: Moment, end: int) -> Readings:
    """Read a time of day behind a date, or alone; then the date without it."""
    start = end
    if date != Moment():
        if date.day and (gloss := _WEEKDAY_GLOSS.match(text, start)):
            start = end = gloss.end()
        while text.startswith((" ", ",", "的", "t"), start):
            start += 1
    part, at = _PARTS_OF_DAY.first(text, start) or ("", start)
    if part:
        at += text.startswith((" ", "的"), at)
    for seconds, either, clock_end in clock_times(text, at, part):
        yield replace(date, second=seconds, either=either), clock_end
    if part:
        yield replace(date, part=part), at - text.startswith((" ", "的"), at - 1)
    if date != Moment():
        yield date, end
