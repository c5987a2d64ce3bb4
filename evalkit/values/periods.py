"""Periods that are no single date: 上世纪80年代, 去年12月底, 第三季度, 星期三."""

from __future__ import annotations

import re

from evalkit.values.numerals import parse_number

_PART = re.compile(
    r"第?(?P<quarter>[1-4一二三四])季度|(?:星期|礼拜|周)(?P<weekday>[一二三四五六日天])"
    r"|(?P<number>[0-9]{1,4}|[〇零○一二三四五六七八九十廿卅]{1,4})(?P<unit>世纪|年代|年|月份?|日|号)"
    "|年(?=年[初中底末])"
    "|[上下本这去今明前后同次当初中末底期半旬至到从自起止的早晚午凌晨夜年月日世纪以来之~-]"
)
_LONGEST = 24
_SAME = {"号": "日", "月份": "月"}


def canonical_period(text: str) -> str | None:
    """Return the one written form of a period; None where the text is more than a period.

    >>> canonical_period("上世纪八十年代"), canonical_period("礼拜天"), canonical_period("八一路")
    ('上世纪80年代', '周日', None)
    """
    parts, end, numbered = [], 0, False
    while len(text) <= _LONGEST and (part := _PART.match(text, end)):
        parts.append(_show(part))
        numbered |= part.lastgroup is not None
        end = part.end()
    return "".join(parts) if numbered and end == len(text) else None


def _show(part: re.Match[str]) -> str:
    if part["quarter"]:
        return f"第{parse_number(part['quarter'])}季度"
    if part["weekday"]:
        return f"周{part['weekday'].replace('天', '日')}"
    if part["number"]:
        return f"{parse_number(part['number'])}{_SAME.get(part['unit'], part['unit'])}"
    return "" if part[0] == "年" and part.string.startswith("年", part.end()) else part[0]
