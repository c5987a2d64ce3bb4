"""Dates and times of day: the parts that are stated, and whether two of them say the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.text.numerals import parse_number

if TYPE_CHECKING:
    from evalkit.text.questions import Question

_N = r"(?:[0-9]{1,2}|[〇零一二两三四五六七八九十廿卅]{1,4})"
_YEAR = r"(?P<year>[0-9]{4}|[〇零○一二三四五六七八九]{4}|(?<![0-9])[0-9]{2}(?=年[0-9]{1,2}月))"
_PARTS_OF_DAY = {
    "凌晨": "凌晨",
    "清晨": "早上",
    "早晨": "早上",
    "早上": "早上",
    "早": "早上",
    "上午": "上午",
    "中午": "中午",
    "下午": "下午",
    "午后": "下午",
    "傍晚": "傍晚",
    "晚上": "晚上",
    "晚间": "晚上",
    "夜间": "晚上",
    "夜里": "晚上",
    "晚": "晚上",
}
_PARTS_OF_PERIOD = {"初": "初", "底": "底", "末": "底", "上旬": "上旬", "中旬": "中旬", "下旬": "下旬"}
_PART = rf"(?P<part>{'|'.join(_PARTS_OF_DAY)})?"
_PERIOD = rf"(?P<period>{'|'.join(_PARTS_OF_PERIOD)})?"
_CLOCK = rf"""(?:(?P<hour>{_N})(?:点钟?|时)
    (?:(?P<minute>{_N})分?|(?P<half>半)|(?P<quarters>[一三])刻|整)?
    |(?P<hour24>[0-9]{{1,2}}):(?P<minute24>[0-9]{{2}})(?::00)?)\s?(?P<meridiem>[ap]\.?m\.?)?"""
_DATE = rf"(?:{_YEAR}年)?\s?(?:(?P<month>{_N})月份?)?\s?(?:(?P<day>{_N})[日号])?"
_CHINESE = re.compile(rf"{_DATE}{_PERIOD}\s?{_PART}(?:{_CLOCK})?", re.VERBOSE)
_MERIDIEM = re.compile(r"(?P<hour>[0-9]{1,2})\s?(?P<meridiem>[ap]\.?m\.?)")
_NUMERIC = re.compile(
    r"(?P<year>[0-9]{4})(?P<sign>[-/.])(?P<month>[0-9]{1,2})(?P=sign)(?P<day>[0-9]{1,2})"
    r"|(?P<y>[12][0-9]{3})(?P<m>[01][0-9])(?P<d>[0-3][0-9])"
)
_LOOSE = re.compile(
    r"(?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})"
    r"|(?P<y>[12][0-9]{3})[-/.](?P<m>[0-9]{1,2})"
    r"|(?P<year>[12][0-9]{3}|[一二][〇零○一二三四五六七八九]{3})"
)
_MONTHS = "january february march april may june july august september october november december"
_MONTH_NAMES = {name[:3]: number for number, name in enumerate(_MONTHS.split(), 1)}
_ENGLISH = re.compile(
    rf"(?P<name>{'|'.join(_MONTH_NAMES)})[a-z]*\.? (?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:, ?(?P<year>[0-9]{{4}}))?"
)
_LAST_HOUR, _LAST_MINUTE, _LAST_MONTH, _LAST_DAY = 24, 59, 12, 31
_NOON = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """A date, a time of day, or both; None for each part that is not stated.

    Attributes:
        year: With all its digits, or the last two.
        month: 1 to 12.
        day: 1 to 31.
        period: 初, 底, 上旬, 中旬 or 下旬 of the year or month.
        part: The part of the day, where no hour is stated.
        minute: Minutes after midnight; of an hour that may be before or after noon, after either.
        either: Whether the hour may be before or after noon.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    period: str | None = None
    part: str | None = None
    minute: int | None = None
    either: bool = False

    def __str__(self) -> str:
        """Show it in one form: `2019-11-08 晚上`, `15:00`, `?-06-29`."""
        date = "-".join("?" if part is None else f"{part:02}" for part in self._date())
        clock = "" if self.minute is None else f"{self.minute // 60:02}:{self.minute % 60:02}"
        words = [date.strip("?-") and date, self.period, self.part, clock]
        return " ".join(word for word in words if word) + ("?" if self.either else "")

    def _date(self) -> tuple[int | None, int | None, int | None]:
        return self.year, self.month, self.day


def parse_moment(text: str, *, loose: bool = False) -> Moment | None:
    """Return the date or time that the whole text states, or None.

    Args:
        text: In the form of `read_answer`.
        loose: Whether forms that are also other things count: 6.29, 6/29, 2017.

    >>> str(parse_moment("二〇一九年十一月八日")), str(parse_moment("下午3点半"))
    ('2019-11-08', '15:30')
    >>> parse_moment("6.29") is None, str(parse_moment("6.29", loose=True))
    (True, '?-06-29')
    """
    if not text:
        return None
    for pattern in (_CHINESE, _NUMERIC, _MERIDIEM, _ENGLISH):
        if match := pattern.fullmatch(text):
            return _moment(match)
    match = _LOOSE.fullmatch(text) if loose else None
    return _moment(match) if match else None


def moments_agree(one: Moment, other: Moment, question: Question) -> bool:
    """Return whether two moments are the same answer; symmetrical.

    A part may be missing on one side only where the question states it.
    """
    if (one.minute, one.period, one.part) != (other.minute, other.period, other.part):
        return _differ_only_by_noon(one, other, question)
    if one.either != other.either:
        return False
    return all(
        _same_part(*pair, question) for pair in zip(one._date(), other._date(), strict=True)
    )


def _differ_only_by_noon(one: Moment, other: Moment, question: Question) -> bool:
    if one.minute is None or other.minute is None or one.either == other.either:
        return False
    afternoon = re.search("下午|晚上|傍晚", question.text) is not None
    morning = re.search("上午|早上|凌晨", question.text) is not None
    sure, unsure = (one, other) if other.either else (other, one)
    return (sure.minute or 0) - (unsure.minute or 0) == _NOON * 60 * afternoon != _NOON * 60 * morning


def _same_part(one: int | None, other: int | None, question: Question) -> bool:
    if one is None or other is None:
        given = other if one is None else one
        return given is None or str(given) in question.numbers
    return one == other or (min(one, other) < 100 <= max(one, other) and one % 100 == other % 100)


def _moment(match: re.Match[str]) -> Moment | None:
    found = match.groupdict()
    year, month, day = (_read(found, *names) for names in (("year", "y"), ("month", "m"), ("day", "d")))
    if found.get("name"):
        month = _MONTH_NAMES[found["name"]]
    if not (_within(month, 1, _LAST_MONTH) and _within(day, 1, _LAST_DAY)):
        return None
    date = (year, month, day)
    period = _PARTS_OF_PERIOD.get(found.get("period") or "")
    part = _PARTS_OF_DAY.get(found.get("part") or "")
    hour = _read(found, "hour", "hour24")
    if hour is None:
        return _dated(date, period, part)
    clock = _clock(hour, _minutes(found), part, found)
    if clock is None or period:
        return None
    minute, either = clock
    return Moment(year=year, month=month, day=day, minute=minute, either=either)


def _dated(
    date: tuple[int | None, int | None, int | None], period: str | None, part: str | None
) -> Moment | None:
    year, month, day = date
    if year is month is day is None or (period and day):
        return None
    return Moment(year=year, month=month, day=day, period=period, part=part)


def _minutes(found: dict[str, str | None]) -> int | None:
    if found.get("half"):
        return 30
    if quarters := found.get("quarters"):
        return 15 if quarters == "一" else 45
    stated = found.get("minute") or found.get("minute24")
    return _read(found, "minute", "minute24") if stated else 0


def _clock(
    hour: int, minutes: int | None, part: str | None, found: dict[str, str | None]
) -> tuple[int, bool] | None:
    if minutes is None or not (_within(hour, 0, _LAST_HOUR) and _within(minutes, 0, _LAST_MINUTE)):
        return None
    meridiem = (found.get("meridiem") or "")[:1]
    late = part in {"下午", "傍晚", "晚上"} or meridiem == "p" or (part == "中午" and hour < 10)
    early = part in {"凌晨", "早上", "上午", "中午"} or meridiem == "a"
    if late and hour < _NOON:
        hour += _NOON
    elif hour == _NOON and (part in {"凌晨", "晚上"} or meridiem == "a"):
        hour = 0
    padded = (found.get("hour24") or "").startswith("0")
    either = not (late or early or padded) and 0 < hour <= _NOON
    return hour % _LAST_HOUR * 60 + minutes, either


def _read(found: dict[str, str | None], *names: str) -> int | None:
    word = next((found[name] for name in names if found.get(name)), None)
    if word is None:
        return None
    value = parse_number(word) if word != "十" else 10
    return None if value is None else int(value)


def _within(value: int | None, low: int, high: int) -> bool:
    return value is None or low <= value <= high
