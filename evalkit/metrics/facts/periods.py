"""The part of the year that a statement is of: 上半年, 前10个月."""

from __future__ import annotations

import re

from evalkit.values.numerals import parse_number

Months = tuple[int, int]

_NUMBER = "[0-9]{1,2}|[一二三四五六七八九十]{1,3}"
_MONTHS = re.compile(
    rf"(?P<half>[上下])半年|前(?P<first>{_NUMBER})个月|1[-—至到~](?P<until>{_NUMBER})月"
    r"|(?P<so_far>前)?第?(?P<quarter>[一二三四1-4])个?季度"
)
PARAGRAPH = 400
"""Characters before a place in which the months are named that it is of."""

_QUARTER, _HALF, _YEAR = 3, 6, 12  # months


def months(text: str) -> list[Months]:
    """Return the parts of a year that a text names, as their first and last months, in order.

    >>> months("前10个月"), months("1至10月,三季度")
    ([(1, 10)], [(1, 10), (7, 9)])
    """
    return [_read(found) for found in _MONTHS.finditer(text)]


def find_months(text: str, end: int) -> tuple[int, int] | None:
    """Return where a text last names a part of a year before a place, if it does."""
    found = list(_MONTHS.finditer(text, max(0, end - PARAGRAPH), end))
    return found[-1].span() if found else None


def _read(found: re.Match[str]) -> Months:
    if found["half"]:
        return (1, _HALF) if found["half"] == "上" else (_HALF + 1, _YEAR)
    if found["quarter"]:
        last = _QUARTER * int(parse_number(found["quarter"]) or 0)
        return (1, last) if found["so_far"] else (last - _QUARTER + 1, last)
    return 1, int(parse_number(found["first"] or found["until"]) or 0)
