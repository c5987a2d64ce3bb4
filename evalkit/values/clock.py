"""The part of the grammar that reads times of day.

clock = number ("点" | "时") [minutes] | 15:30[:00] ["am" | "pm"]
minutes = number ["分"] | "半" | "一刻" | "三刻" | "整"
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from evalkit.values.lexicon import AFTERNOON
from evalkit.values.numerals import parse_number, scan_numeral

if TYPE_CHECKING:
    from collections.abc import Iterator

_CLOCK = re.compile(r"(?P<h>[0-9]{1,2}):(?P<m>[0-9]{2})(?::(?P<s>[0-9]{2}))?(?![0-9:])")
_HOUR = re.compile("(.{1,3}?)[点时]")
_MERIDIEM = re.compile(r" ?(?P<half>[ap])\.?m\b\.?")
_QUARTER_HOURS = {"一刻": 15, "1刻": 15, "三刻": 45, "3刻": 45, "半": 30}
_NOON, _HOUR_S, _MINUTE_S, _DAY_S = 12, 3600, 60, 86400
_LAST_HOUR = 24


def clock_times(text: str, at: int, part: str) -> Iterator[tuple[int, bool, int]]:
    """Yield every reading of a time of day from a place on.

    Each is seconds after midnight, whether the hour may be before or after noon, and the end.

    Args:
        text: Tidied text.
        at: The place.
        part: The part of the day that is named before it, or empty.

    >>> list(clock_times("3:20", 0, "下午"))
    [(55200, False, 4)]
    >>> list(clock_times("三点半", 0, ""))
    [(12600, True, 3)]
    """
    read = _read_clock(text, at)
    if read is None:
        return
    hour, rest, end = read
    if meridiem := _MERIDIEM.match(text, end):
        part, end = {"a": "上午", "p": "下午"}[meridiem["half"]], meridiem.end()
    if hour > _LAST_HOUR or rest >= _HOUR_S:
        return
    seconds = (_in_day(hour, part, midnight=bool(meridiem)) * _HOUR_S + rest) % _DAY_S
    digital, open_half = ":" in text[at:end], not part and 0 < hour <= _NOON
    if digital or not open_half:
        yield seconds, False, end
    if open_half and not (digital and text[at] == "0"):
        yield seconds, True, end


def _in_day(hour: int, part: str, *, midnight: bool) -> int:
    """Return an hour of the twelve as one of the day; `midnight` for the 12 of a.m."""
    if part in AFTERNOON or (part == "中午" and hour < _NOON - 1):
        late = part == "晚上" and hour == _NOON
        return hour + _NOON if hour < _NOON else 0 if late else hour
    return 0 if hour == _NOON and (part == "凌晨" or (midnight and part == "上午")) else hour


def _read_clock(text: str, at: int) -> tuple[int, int, int] | None:
    """Return an hour, the seconds behind it, and where they end."""
    if match := _CLOCK.match(text, at):
        hour, minute, second = (int(match[name] or 0) for name in ("h", "m", "s"))
        return hour, minute * _MINUTE_S + second, match.end()
    if hour_end := read_hour(text, at):
        rest, end = _minutes(text, hour_end[1] + text.startswith("钟", hour_end[1]))
        return hour_end[0], rest, end
    numeral = scan_numeral(text, at)
    if numeral and numeral.value.denominator == 1 and _MERIDIEM.match(text, numeral.end):
        return int(numeral.value), 0, numeral.end
    return None


def read_hour(text: str, at: int) -> tuple[int, int] | None:
    """Return the hour that is named from a place on, and where its 点 or 时 ends.

    >>> read_hour("九点五十分", 0)
    (9, 2)
    """
    named = _HOUR.match(text, at)
    hour = parse_number(named[1]) if named else None
    whole = hour is not None and hour.denominator == 1
    return (int(hour), named.end()) if named and hour is not None and whole else None


def _minutes(text: str, at: int) -> tuple[int, int]:
    """Return the seconds that the minutes behind an hour make, and where they end."""
    at += text.startswith("过", at) and text.startswith(("一刻", "半"), at + 1)
    for word, minutes in _QUARTER_HOURS.items():
        if text.startswith(word, at):
            return minutes * _MINUTE_S, at + len(word)
    if text.startswith("整", at):
        return 0, at + 1
    numeral = scan_numeral(text, at + text.startswith("零", at))
    if numeral is None or not numeral.value < _MINUTE_S or numeral.value.denominator != 1:
        return 0, at
    end = numeral.end
    if not text.startswith("分", end):
        return int(numeral.value) * _MINUTE_S, end
    seconds = scan_numeral(text, end + 1)
    if seconds and text.startswith("秒", seconds.end):
        return int(numeral.value * _MINUTE_S + seconds.value), seconds.end + 1
    return int(numeral.value) * _MINUTE_S, end + 1
