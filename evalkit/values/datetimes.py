"""Dates and times of day: the parts that are stated, and whether two of them say the same."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from evalkit.values.numerals import parse_number

if TYPE_CHECKING:
    from evalkit.values.questions import Question

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
_PARTS_OF_PERIOD = {
    "初": "初",
    "底": "底",
    "末": "底",
    "上旬": "上旬",
    "中旬": "中旬",
    "下旬": "下旬",
}
_PART = rf"(?P<part>{'|'.join(_PARTS_OF_DAY)})?"
_PERIOD = rf"(?:(?<=年)年(?=[初底末]))?(?P<period>{'|'.join(_PARTS_OF_PERIOD)})?"
_CLOCK = rf"""(?:(?P<hour>{_N})(?:点钟?|时)
    (?:(?P<minute>{_N})分?|(?P<half>半)|(?P<quarters>[一三])刻|整)?
    |(?P<hour24>[0-9]{{1,2}}):(?P<minute24>[0-9]{{2}})(?::00)?)\s?(?P<meridiem>[ap]\.?m\.?)?"""
_DATE = rf"(?:{_YEAR}年)?\s?(?:(?P<month>{_N}|元)月份?)?\s?(?:(?P<day>{_N})[日号])?"
_CHINESE = re.compile(rf"{_DATE}{_PERIOD}\s?{_PART}(?:{_CLOCK})?", re.VERBOSE)
_DAY_UNNAMED = re.compile(rf"(?:{_YEAR}年)?(?P<month>{_N})月(?P<day>{_N})")
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
    rf"(?P<name>{'|'.join(_MONTH_NAMES)})[a-z]*\.? (?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?"
    r"(?:, ?(?P<year>[0-9]{4}))?"
)
_KINDS = ("year", "month", "day")
_MONTH_RANGE, _DAY_RANGE = range(1, 13), range(1, 32)
_HOUR_RANGE, _MINUTE_RANGE = range(25), range(60)
_LATE, _NIGHT = frozenset({"下午", "傍晚", "晚上"}), frozenset({"凌晨", "晚上"})
_NOON = 12
_CENTURY = 100
_AFTERNOON, _MORNING = re.compile("下午|晚上|傍晚"), re.compile("上午|早上|凌晨")


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
        """Show it in one form: `2019年11月8日晚上`, `15:00`, `6月29日`, `上午或下午3:45`."""
        stated = zip(self.date, "年月日", strict=True)
        date = "".join(f"{part}{name}" for part, name in stated if part is not None)
        day = f"{date}{self.period or ''}{self.part or ''}"
        if self.minute is None:
            return day
        hour = f"{self.minute // 60}:{self.minute % 60:02}"
        return f"{day} {'上午或下午' if self.either else ''}{hour}".strip()

    @property
    def date(self) -> tuple[int | None, int | None, int | None]:
        """Year, month and day."""
        return self.year, self.month, self.day


def parse_moment(text: str, *, loose: bool = False) -> Moment | None:
    """Return the date or time that the whole text states, or None.

    Args:
        text: In the form of `read_answer`.
        loose: Whether forms that are also other things count: 6.29, 6/29, 2017.

    >>> str(parse_moment("二〇一九年十一月八日")), str(parse_moment("下午3点半"))
    ('2019年11月8日', '15:30')
    >>> parse_moment("6.29") is None, str(parse_moment("6.29", loose=True))
    (True, '6月29日')
    """
    if not text:
        return None
    for pattern in (_CHINESE, _DAY_UNNAMED, _NUMERIC, _MERIDIEM, _ENGLISH):
        if match := pattern.fullmatch(text):
            return _moment(match)
    match = _LOOSE.fullmatch(text) if loose else None
    return _moment(match) if match else None


def moments_agree(one: Moment, other: Moment, question: Question) -> bool:
    """Return whether two moments are the same answer; symmetrical.

    A part may be missing on one side only where the question states it.
    """
    if (one.period, one.part) != (other.period, other.part):
        return False
    same_clock = (one.minute, one.either) == (other.minute, other.either)
    return (same_clock or _differ_only_by_noon(one, other, question)) and all(
        _same_part(*part, question) for part in zip(_KINDS, one.date, other.date, strict=True)
    )


def _differ_only_by_noon(one: Moment, other: Moment, question: Question) -> bool:
    if one.minute is None or other.minute is None or one.either == other.either:
        return False
    sure, unsure = (one, other) if other.either else (other, one)
    later = (sure.minute or 0) - (unsure.minute or 0)
    said = _AFTERNOON if later == _NOON * 60 else _MORNING if later == 0 else None
    return said is not None and said.search(question.text) is not None


def _same_part(kind: str, one: int | None, other: int | None, question: Question) -> bool:
    if one is None or other is None:
        given = other if one is None else one
        return given is None or (kind, given) in question.dates
    return one == other or _short_year(*sorted((one, other)))


def _short_year(low: int, high: int) -> bool:
    return low < _CENTURY <= high and high % _CENTURY == low


def _moment(match: re.Match[str]) -> Moment | None:
    found = {name: word for name, word in match.groupdict().items() if word}
    year, month, day = (_read(found, kind, kind[0]) for kind in _KINDS)
    if "name" in found:
        month = _MONTH_NAMES[found["name"]]
    if not ((month or 1) in _MONTH_RANGE and (day or 1) in _DAY_RANGE):
        return None
    moment = Moment(
        year=year,
        month=month,
        day=day,
        period=_PARTS_OF_PERIOD.get(found.get("period", "")),
        part=_PARTS_OF_DAY.get(found.get("part", "")),
    )
    hour = _read(found, "hour", "hour24")
    if hour is not None:
        return _with_clock(moment, hour, found)
    return moment if any(moment.date) and not (moment.period and day) else None


def _with_clock(moment: Moment, hour: int, found: dict[str, str]) -> Moment | None:
    minutes = _minutes(found)
    if moment.period or minutes is None or hour not in _HOUR_RANGE or minutes not in _MINUTE_RANGE:
        return None
    part, meridiem = moment.part, found.get("meridiem", "")[:1]
    late = part in _LATE or meridiem == "p" or (part == "中午" and hour < _NOON - 1)
    padded = found.get("hour24", "").startswith("0")
    either = not (late or part or meridiem or padded) and 0 < hour <= _NOON
    if hour == _NOON and (part in _NIGHT or meridiem == "a"):
        hour = 0
    elif late and hour < _NOON:
        hour += _NOON
    return replace(moment, part=None, minute=hour % 24 * 60 + minutes, either=either)


def _minutes(found: dict[str, str]) -> int | None:
    if "half" in found:
        return 30
    if "quarters" in found:
        return 15 if found["quarters"] == "一" else 45
    return _read(found, "minute", "minute24") if found.keys() & {"minute", "minute24"} else 0


def _read(found: dict[str, str], *names: str) -> int | None:
    word = next((found[name] for name in names if name in found), "")
    value = parse_number("一" if word == "元" else word)
    return None if value is None else int(value)
