"""The part of the grammar that reads dates as they are written in Chinese, part by part.

written = [era] {part}                    each kind of part once, from large to small
part    = number ("世纪" | "年代" | "年" | "月" | "日") | ["第"] number "季度"
        | relative ("年" | "月" | "周" | …) | weekday | period | lunar month | lunar day
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from evalkit.values.lexer import Words, first_characters
from evalkit.values.lexicon import (
    DIGITS,
    ERAS,
    LUNAR_MONTHS,
    PERIODS,
    RELATIVE,
    SUNDAY,
    WEEKDAYS,
)
from evalkit.values.numerals import BEGINNINGS, scan_numeral
from evalkit.values.value import Moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    _Reader = Callable[[str, int, Moment, int], "_Stage | None"]

_ERAS, _PERIODS, _WEEKDAYS = Words(ERAS), Words(PERIODS), Words(WEEKDAYS)
_LUNAR_MONTHS, _RELATIVE = Words(LUNAR_MONTHS), Words(dict.fromkeys(RELATIVE))
_MARKS = Words(
    {
        "世纪": "century",
        "年代": "decade",
        "年": "year",
        "年度": "year",
        "月份": "month",
        "月": "month",
        "日": "day",
        "号": "day",
        "季度": "quarter",
    }
)
_ORDER = ("century", "decade", "year", "quarter", "month", "day")
_MONTH, _DAY = _ORDER.index("month"), _ORDER.index("day")
_AFTER_ALL = len(_ORDER)
_LIMITS = {
    "century": (1, 40),
    "decade": (0, 99),
    "year": (0, 9999),
    "quarter": (1, 4),
    "month": (1, 12),
    "day": (1, 31),
}
_RELATIVE_SIGNS = {"year": "年", "month": "月", "day": "日", "week": "周"}
_ALONE = frozenset({"上半年", "下半年"})
_DATE_NAMES = frozenset({"year", "month", "day"})
_ROC_BEGAN, _CENTURY = 1911, 100
_NOTHING = Moment()
_LONGEST_DURATION = 4  # characters: 100年 may be a hundred years, 2019年 is a year


@dataclass(frozen=True, slots=True)
class _Stage:
    """A date as it stands after one of its parts; `place` is the part's in the order of size."""

    moment: Moment
    place: int
    end: int


def written_dates(text: str, at: int = 0) -> Iterator[tuple[Moment, int]]:
    """Yield a date at every place at which it may end, the longest first.

    >>> [(str(date), end) for date, end in written_dates("2019年11月")]
    [('2019年11月', 8), ('2019年', 5)]
    """
    era, start = _ERAS.first(text, at) or ("", at)
    if era == "bc" and text[start : start + 1] not in BEGINNINGS:
        era, start = "", at
    begun = Moment(calendar="lunar" if era == "lunar" else "")
    stages = [_in_era(stage, era) for stage in _stages(text, start, begun)]
    if era in {"bc", "roc"} and stages and stages[0].moment.year is None:
        return
    for stage in reversed(stages):
        yield stage.moment, stage.end
        lunar = stage.place == _DAY and not stage.moment.calendar and not stage.moment.year
        if lunar and _may_be_lunar(text[at : stage.end]):
            yield replace(stage.moment, calendar="lunar"), stage.end


def date_parts(text: str, at: int = 0) -> list[tuple[str, int, int, int]]:
    """Return the year, month and day that are written from a place on: name, number, start, end.

    A year is named with four digits, or by a month behind it: 17年 alone is as often a duration.

    >>> date_parts("2019年11月，17年里")
    [('year', 2019, 0, 5), ('month', 11, 5, 8)]
    """
    parts = []
    start = at
    for stage in _stages(text, at, _NOTHING):
        name = _ORDER[stage.place] if stage.place < _AFTER_ALL else ""
        if name not in _DATE_NAMES:
            break
        parts.append((name, getattr(stage.moment, name), start, stage.end))
        start = stage.end
    if len(parts) == 1 and parts[0][0] == "year" and parts[0][3] - at <= _LONGEST_DURATION:
        return []
    return parts


def _in_era(stage: _Stage, era: str) -> _Stage:
    year = stage.moment.year
    if year is None or era not in {"bc", "roc"}:
        return stage
    moment = replace(stage.moment, year=-year if era == "bc" else year + _ROC_BEGAN)
    return replace(stage, moment=moment)


def _may_be_lunar(written: str) -> bool:
    """Return whether a date names its day as the old calendar does: 八月十五, 正月初一."""
    return not written.endswith(("日", "号")) and not any(map(str.isascii, written))


def _stages(text: str, at: int, moment: Moment) -> Iterator[_Stage]:
    """Yield a date as it stands after each of its parts."""
    stage: _Stage | None = _Stage(moment, -1, at)
    while stage is not None:
        start = stage.end + (text[stage.end : stage.end + 1] == " " and stage.place >= 0)
        readers = _READERS.get(text[start : start + 1], ())
        readings = (read(text, start, stage.moment, stage.place) for read in readers)
        stage = next(filter(None, readings), None)
        if stage:
            yield stage


def _read_relative(text: str, at: int, moment: Moment, last: int) -> _Stage | None:
    """Read 去年, 上世纪, 下周, 本月: only first."""
    found = _RELATIVE.first(text, at) if last < 0 else None
    if found is None:
        return None
    start = found[1] + text.startswith("个", found[1])
    name, end = _MARKS.first(text, start) or _WEEKDAYS.first(text, start) or ("", start)
    if name == "century":
        return _Stage(replace(moment, century=20 if text[at] == "上" else 21), 0, end)
    if name not in _RELATIVE_SIGNS:
        return None
    relative = replace(moment, relative=text[at] + _RELATIVE_SIGNS[name])
    if name == "week":
        day, end = _weekday(text, end) or (None, end)
        return _Stage(replace(relative, week=day), _AFTER_ALL, end)
    return _Stage(relative, _ORDER.index(name), end)


def _read_lunar_month(text: str, at: int, moment: Moment, last: int) -> _Stage | None:
    found = _LUNAR_MONTHS.first(text, at) if last < _MONTH else None
    return found and _Stage(replace(moment, calendar="lunar", month=found[0]), _MONTH, found[1])


def _read_weekday(text: str, at: int, moment: Moment, last: int) -> _Stage | None:  # noqa: ARG001 - as the other readers
    named = _WEEKDAYS.first(text, at) if moment.week is None else None
    day = _weekday(text, named[1]) if named else None
    return day and _Stage(replace(moment, week=day[0]), _AFTER_ALL, day[1])


def _weekday(text: str, at: int) -> tuple[int, int] | None:
    char = text[at : at + 1]
    if char and char in SUNDAY:
        return 7, at + 1
    number = DIGITS.get(char, int(char) if char.isascii() and char.isdecimal() else 0)
    return (number, at + 1) if 1 <= number < 7 else None  # noqa: PLR2004 - the days of a week


def _read_period(text: str, at: int, moment: Moment, last: int) -> _Stage | None:
    found = _PERIODS.first(text, at)
    if found is None or moment.period or moment.day is not None:
        return None
    before_day = text.startswith("初", at) and scan_numeral(text, found[1]) is not None
    if before_day or (last < 0 and found[0] not in _ALONE):
        return None
    return _Stage(replace(moment, period=found[0]), _AFTER_ALL, found[1])


def _read_numbered(text: str, at: int, moment: Moment, last: int) -> _Stage | None:
    """Read a number with its 年, 月, 日 …, or the number of a day alone: 正月初一, 6月29."""
    lunar = text.startswith("初", at) and moment.month is not None
    ordinal = text.startswith("第", at)
    value, end = _whole_number(text, at + (lunar or ordinal)) or (1, at + text.startswith("元", at))
    if end == at:
        return None
    name, mark_end = _MARKS.first(text, end) or ("", end)
    if not name and last == _MONTH and 1 <= value <= _LIMITS["day"][1]:
        calendar = "lunar" if lunar else moment.calendar
        return _Stage(replace(moment, day=value, calendar=calendar), _DAY, end)
    if not name or (ordinal and name != "quarter"):
        return None
    if name == "decade" and last < 0 and value >= _CENTURY:  # 1980年代
        moment, value = replace(moment, century=value // _CENTURY + 1), value % _CENTURY
    low, high = _LIMITS[name]
    place = _ORDER.index(name)
    if place <= last or not low <= value <= high:
        return None
    named: dict[str, Any] = {name: value}
    return _Stage(replace(moment, **named), place, mark_end)


def _whole_number(text: str, at: int) -> tuple[int, int] | None:
    numeral = scan_numeral(text, at)
    if numeral is None or numeral.over or numeral.value.denominator != 1:
        return None
    return int(numeral.value), numeral.end


_BEGINNINGS: tuple[tuple[_Reader, Iterable[str]], ...] = (
    (_read_relative, RELATIVE),
    (_read_lunar_month, LUNAR_MONTHS),
    (_read_weekday, WEEKDAYS),
    (_read_period, PERIODS),
    (_read_numbered, BEGINNINGS | frozenset("第初元")),
)
_READERS = {
    first: tuple(read for read, words in _BEGINNINGS if first in first_characters(words))
    for first in first_characters(*(words for _, words in _BEGINNINGS))
}
"""What may read a part of a date, by its first character."""
