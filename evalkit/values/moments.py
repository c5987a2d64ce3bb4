"""The part of the grammar that reads dates, periods and times of day.

    moment    = [qualifier] (written | numeric | english) [clock] [qualifier]
    written   = [era] {part}                      each kind of part once, from large to small
    part      = number ("世纪" | "年代" | "年" | "月" | "日") | "第" number "季度" | weekday | period
    numeric   = 2019-11-08 | 2019/11 | 20191108 | 20/03/2025
    english   = "Nov." 8, 2019 | 8 November 2019
    clock     = [part of day] (number ("点" | "时") [minutes] | 15:30[:00] ["am" | "pm"]) ["整" | "许"]

Every production yields all its readings from a place on, each with the place where it ends.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.values.lexer import Words
from evalkit.values.lexicon import (
    AFTER,
    AFTERNOON,
    BEFORE,
    DIGITS,
    ERAS,
    LUNAR_MONTHS,
    MONTH_NAMES,
    PARTS_OF_DAY,
    PERIODS,
    RELATIVE,
    SUNDAY,
    TENS,
    WEEKDAYS,
    Qualifier,
)
from evalkit.values.numerals import parse_number, scan_numeral
from evalkit.values.value import Moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    Readings = Iterator[tuple[Moment, int]]

_BEFORE, _AFTER, _ERAS = Words(BEFORE), Words(AFTER), Words(ERAS)
_PARTS_OF_DAY, _PERIODS, _WEEKDAYS = Words(PARTS_OF_DAY), Words(PERIODS), Words(WEEKDAYS)
_LUNAR_MONTHS, _RELATIVE = Words(LUNAR_MONTHS), Words(dict.fromkeys(RELATIVE))
_MARKS = Words(
    {
        "世纪": "century",
        "年代": "decade",
        "年": "year",
        "月份": "month",
        "月": "month",
        "日": "day",
        "号": "day",
        "季度": "quarter",
    }
)
_ORDER = ("relative", "century", "decade", "year", "quarter", "month", "day")
_LAST = {"century": 40, "decade": 99, "year": 9999, "quarter": 4, "month": 12, "day": 31}
_FIRST = {"century": 1, "decade": 0, "year": 0, "quarter": 1, "month": 1, "day": 1}
_ROC_BEGAN = 1911
_DATE_NAMES = frozenset({"year", "month", "day"})
_FIGURES = frozenset("0123456789") | DIGITS.keys()
_LONGEST_DURATION = 4  # characters: 100年 may be a hundred years, 2019年 is a year
_CENTURY, _NOON, _HOUR, _MINUTE, _DAY_S = 100, 12, 3600, 60, 86400
_NUMERIC = re.compile(
    r"(?P<year>[12][0-9]{3})(?P<sign>[-/.])(?P<month>[0-9]{1,2})(?:(?P=sign)(?P<day>[0-9]{1,2}))?(?![0-9])"
    r"|(?P<y>[12][0-9]{3})(?P<m>[01][0-9])(?P<d>[0-3][0-9])(?![0-9])"
    r"|(?P<one>[0-9]{1,2})(?P<mark>[-/.])(?P<two>[0-9]{1,2})(?:(?P=mark)(?P<y4>[12][0-9]{3}))?(?![0-9])"
    r"|(?P<yq>[12][0-9]{3})年?q(?P<q>[1-4])(?![0-9])"
)
_MONTH = "|".join(sorted(MONTH_NAMES, key=len, reverse=True))
_ENGLISH = re.compile(
    rf"(?P<name>{_MONTH})\b\.? ?(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?\b(?:,? ?(?P<year>[12][0-9]{{3}}))?"
    rf"|(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?(?: of)? ?(?P<n>{_MONTH})\b\.?(?:,? ?(?P<y>[12][0-9]{{3}}))?"
    rf"|(?P<month>{_MONTH})\b\.?,? ?(?P<only>[12][0-9]{{3}})"
)
_CLOCK = re.compile(r"(?P<h>[0-9]{1,2}):(?P<m>[0-9]{2})(?::(?P<s>[0-9]{2}))?(?![0-9:])")
_WEEKDAY_GLOSS = re.compile(
    r" ?(?:\((?:星期|礼拜|周)[一二三四五六日天]\)|(?:星期|礼拜|周)[一二三四五六日天])"
)
_MERIDIEM = re.compile(r" ?(?P<half>[ap])\.?m\b\.?")
_QUARTER_HOURS = {"一刻": 15, "1刻": 15, "三刻": 45, "3刻": 45, "半": 30}
_STARTS = (
    frozenset("0123456789")
    | frozenset(DIGITS)
    | frozenset(TENS)
    | RELATIVE
    | {"十", "元", "第"}
    | {word[0] for words in (PARTS_OF_DAY, PERIODS, ERAS, LUNAR_MONTHS, WEEKDAYS) for word in words}
    | {word[0] for word in MONTH_NAMES}
    | {word[0] for word, side in BEFORE.items() if side is Qualifier.ABOUT}
)


def may_begin(char: str) -> bool:
    """Return whether a moment can begin with a character.

    >>> may_begin("去"), may_begin("襄")
    (True, False)
    """
    return char in _STARTS


def moments(text: str, at: int = 0) -> Readings:
    """Yield every reading of the text from a place on as a moment, and where it ends.

    >>> [(str(moment), end) for moment, end in moments("二〇一九年十一月八日晚举行")]
    [('2019年11月8日晚上', 10)]
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
    yield from _written(text, at)
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
        if 1 <= month <= _LAST["month"] and day <= _LAST["day"]:
            yield Moment(year=year, month=month, day=day or None), match.end()


def _english(match: re.Match[str]) -> Moment | None:
    name = match["name"] or match["n"] or match["month"]
    day, year = match["day"] or match["d"], match["year"] or match["y"] or match["only"]
    if day and int(day) > _LAST["day"]:
        return None
    return Moment(
        month=MONTH_NAMES[name], day=int(day) if day else None, year=int(year) if year else None
    )


def date_parts(text: str, at: int = 0) -> list[tuple[str, int, int, int]]:
    """Return the year, month and day that are written from a place on: name, number, start, end.

    A year is named with four digits, or by a month behind it: 17年 alone is as often a duration.

    >>> date_parts("2019年11月，17年里")
    [('year', 2019, 0, 5), ('month', 11, 5, 8)]
    """
    parts = []
    start = at
    for name, moment, end in _stages(text, at, Moment()):
        if name not in _DATE_NAMES:
            break
        parts.append((name, getattr(moment, name), start, end))
        start = end
    named = len(parts) > 1 or (parts and parts[0][3] - parts[0][2] > _LONGEST_DURATION)
    return parts if named or (parts and parts[0][0] != "year") else []


def _written(text: str, at: int) -> Readings:
    """Read a date part by part, and yield it at every place at which it may end."""
    era, start = _ERAS.first(text, at) or ("", at)
    if era == "bc" and text[start : start + 1] not in _FIGURES:
        era, start = "", at
    began = {"roc": _ROC_BEGAN}.get(era, 0)
    stages = []
    for name, stage, end in _stages(
        text, start, Moment(calendar="lunar" if era == "lunar" else "")
    ):
        if era in {"bc", "roc"} and stage.year is None:
            return
        year = stage.year
        if year is not None and era in {"bc", "roc"}:
            stage = replace(stage, year=-year if era == "bc" else year + began)  # noqa: PLW2901
        stages.append((stage, end, name))
    for stage, end, name in reversed(stages):
        yield stage, end
        if name == "day" and not stage.calendar and not stage.year and _may_be_lunar(text[at:end]):
            yield replace(stage, calendar="lunar"), end


def _stages(text: str, at: int, moment: Moment) -> Iterator[tuple[str, Moment, int]]:
    """Yield a date as it stands after each of its parts: the part, the date and where it ends."""
    last, end = -1, at
    while (part := _part(text, end, moment, last)) is not None:
        moment, last, end = part
        yield _ORDER[last] if last < len(_ORDER) else "period", moment, end


def _may_be_lunar(written: str) -> bool:
    """Return whether a date names its day as the old calendar does: 八月十五, 正月初一."""
    return not written.endswith(("日", "号")) and not any(map(str.isascii, written))


def _part(text: str, at: int, moment: Moment, last: int) -> tuple[Moment, int, int] | None:
    """Read the next part of a date, which is smaller than the last."""
    at += text[at : at + 1] == " " and last >= 0
    if last < 0 and (found := _RELATIVE.first(text, at)):
        start = found[1] + text.startswith("个", found[1])
        mark = _MARKS.first(text, start) or _WEEKDAYS.first(text, start)
        if mark and mark[0] != "quarter":
            name = mark[0] if mark[0] in _ORDER else "week"
            whole = text[found[1] - 1] + (
                ""
                if name == "century"
                else {"year": "年", "month": "月", "day": "日"}.get(name, "周")
            )
            if name == "century":
                return (
                    replace(moment, century=20 if text[at] == "上" else 21),
                    _ORDER.index("century"),
                    mark[1],
                )
            if name == "week" and (day := _weekday(text, mark[1])):
                return replace(moment, relative=whole, week=day[0]), len(_ORDER), day[1]
            return (
                replace(moment, relative=whole),
                max(_ORDER.index(name) if name in _ORDER else 0, 0),
                mark[1],
            )
    if found := _LUNAR_MONTHS.first(text, at):
        if last < _ORDER.index("month"):
            return (
                replace(moment, calendar="lunar", month=found[0]),
                _ORDER.index("month"),
                found[1],
            )
    if (
        (week := _WEEKDAYS.first(text, at))
        and (day := _weekday(text, week[1]))
        and moment.week is None
    ):
        return replace(moment, week=day[0]), len(_ORDER), day[1]
    if period := _period(text, at, moment, last):
        return replace(moment, period=period[0]), len(_ORDER), period[1]
    return _numbered(text, at, moment, last)


def _period(text: str, at: int, moment: Moment, last: int) -> tuple[str, int] | None:
    found = _PERIODS.first(text, at)
    if found is None or moment.period or moment.day is not None:
        return None
    named = found[0] in {"上半年", "下半年"}
    before_day = text.startswith("初", at) and scan_numeral(text, found[1]) is not None
    return found if (last >= 0 or named) and not before_day else None


def _weekday(text: str, at: int) -> tuple[int, int] | None:
    char = text[at : at + 1]
    if char in SUNDAY and char:
        return 7, at + 1
    number = DIGITS.get(char, int(char) if char.isdecimal() and char.isascii() else 0)
    return (number, at + 1) if 1 <= number < 7 else None  # noqa: PLR2004 - the days of a week


def _numbered(text: str, at: int, moment: Moment, last: int) -> tuple[Moment, int, int] | None:
    start = at + text.startswith("第", at)
    lunar_day = moment.calendar == "lunar" and text.startswith("初", at)
    month_done = moment.month is not None and moment.day is None
    numeral = scan_numeral(
        text, at + 1 if lunar_day or (month_done and text.startswith("初", at)) else start
    )
    first_of_era = text.startswith("元", at)
    if numeral is None and not first_of_era:
        return None
    value, end = (numeral.value, numeral.end) if numeral else (1, at + 1)
    if value != int(value) or (numeral and numeral.over):
        return None
    mark = _MARKS.first(text, end)
    if mark is None:
        if month_done and 1 <= value <= _LAST["day"]:  # 八月十五, 正月初一, 6月29
            calendar = "lunar" if text.startswith("初", at) else moment.calendar
            return replace(moment, day=int(value), calendar=calendar), _ORDER.index("day"), end
        return None
    name, end = mark
    if name == "quarter" and start == at and numeral and numeral.end - at > 1:
        return None
    if start > at and name not in {"quarter"}:
        return None
    place = _ORDER.index(name)
    if name == "decade" and last < 0 and value >= _CENTURY:  # 1980年代
        moment, value = replace(moment, century=int(value) // _CENTURY + 1), value % _CENTURY
    if place <= last or not _FIRST[name] <= value <= _LAST[name]:
        return None
    return _with_part(moment, name, int(value)), place, end


def _with_part(moment: Moment, name: str, value: int) -> Moment:
    return replace(moment, **{name: value})  # type: ignore[arg-type] - name is one of _ORDER


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
    if clock := _clock(text, at, part):
        seconds, either, clock_end = clock
        yield replace(date, second=seconds, either=either), clock_end
        if _may_be_either(text[at:clock_end], part):
            yield replace(date, second=seconds, either=True), clock_end
    if part:
        yield replace(date, part=part), at - text.startswith((" ", "的"), at - 1)
    if date != Moment():
        yield date, end


def _may_be_either(written: str, part: str) -> bool:
    """Return whether a clock time such as 3:20 may be after noon too; 03:20 and 15:20 may not."""
    hour = written.split(":", maxsplit=1)[0]
    return not part and ":" in written and hour.isdigit() and hour[0] != "0" and int(hour) <= _NOON


def _clock(text: str, at: int, part: str) -> tuple[int, bool, int] | None:
    if match := _CLOCK.match(text, at):
        hour, minute, second = (int(match[name] or 0) for name in ("h", "m", "s"))
        return _seconds(hour, minute * _MINUTE + second, text, match.end(), part, digital=True)
    if hour := read_hour(text, at):
        rest, end = _minutes(text, hour[1] + text.startswith("钟", hour[1]))
        return _seconds(hour[0], rest, text, end, part, digital=False)
    numeral = scan_numeral(text, at)
    if numeral and numeral.value.denominator == 1 and _MERIDIEM.match(text, numeral.end):
        return _seconds(int(numeral.value), 0, text, numeral.end, part, digital=False)
    return None


def read_hour(text: str, at: int) -> tuple[int, int] | None:
    """Return the hour that is named from a place on, and where its 点 or 时 ends.

    >>> read_hour("九点五十分", 0)
    (9, 2)
    """
    for end in range(at + 1, at + 4):
        if text.startswith(("点", "时"), end):
            hour = parse_number(text[at:end])
            return (int(hour), end + 1) if hour is not None and hour.denominator == 1 else None
    return None


def _minutes(text: str, at: int) -> tuple[int, int]:
    """Return the seconds that the minutes behind an hour make, and where they end."""
    at += text.startswith("过", at) and text.startswith(("一刻", "半"), at + 1)
    for word, minutes in _QUARTER_HOURS.items():
        if text.startswith(word, at):
            return minutes * _MINUTE, at + len(word)
    if text.startswith("整", at):
        return 0, at + 1
    numeral = scan_numeral(text, at + text.startswith("零", at))
    if numeral is None or not numeral.value < _MINUTE or numeral.value.denominator != 1:
        return 0, at
    end = numeral.end
    if not text.startswith("分", end):
        return int(numeral.value) * _MINUTE, end
    seconds = scan_numeral(text, end + 1)
    if seconds and text.startswith("秒", seconds.end):
        return int(numeral.value * _MINUTE + seconds.value), seconds.end + 1
    return int(numeral.value) * _MINUTE, end + 1


def _seconds(
    hour: int, rest: int, text: str, end: int, part: str, *, digital: bool
) -> tuple[int, bool, int] | None:
    """Return seconds after midnight, whether they may be before or after noon, and the end."""
    if hour > 24 or rest >= _HOUR:  # noqa: PLR2004 - the hours of a day
        return None
    if meridiem := _MERIDIEM.match(text, end):
        part, end = {"a": "上午", "p": "下午"}[meridiem["half"]], meridiem.end()
    if part in AFTERNOON or (part == "中午" and hour < _NOON - 1):
        hour += _NOON if hour < _NOON else -_NOON if hour == _NOON and part == "晚上" else 0
    elif hour == _NOON and (part == "凌晨" or (meridiem and part == "上午")):
        hour = 0
    either = not part and not digital and 0 < hour <= _NOON
    return (hour * _HOUR + rest) % _DAY_S, either, end
