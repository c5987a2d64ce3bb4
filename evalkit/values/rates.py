"""Rates: so much an hour, a day or a head, in the ways in which one is written."""

from __future__ import annotations

import re

_EACH = (
    "小时|钟头|分钟|秒|天|日|周|星期|个?月|年|季度|"
    "人|户|亩|公顷|吨|公斤|千克|斤|平方米|立方米|平方公里"
)
_SPEED = "时速"
_BEFORE = re.compile(rf"每个?({_EACH})|{_SPEED}(?:为|是|达到?)?")
_AFTER = re.compile(rf"(?<=[^0-9 ])(?:/|每)({_EACH}|时|h|s|kg)$")
_SAME = {"h": "小时", "时": "小时", "钟头": "小时", "s": "秒", "日": "天", "星期": "周"}
_SAME |= {"个月": "月", "kg": "公斤", "千克": "公斤"}


def split_rate(text: str) -> tuple[str, str] | None:
    """Return the quantity in a rate and what it is for each of, or None.

    >>> split_rate("时速120公里"), split_rate("120公里/小时")
    (('120公里', '小时'), ('120公里', '小时'))
    """
    if before := _BEFORE.match(text):
        return text[before.end() :], _each(before)
    after = _AFTER.search(text)
    return (text[: after.start()], _each(after)) if after else None


def find_rates(text: str) -> frozenset[str]:
    """Return what a question asks the number for each of.

    >>> sorted(find_rates("每天几次，每小时多少公里？"))
    ['天', '小时']
    """
    return frozenset(map(_each, _BEFORE.finditer(text)))


def _each(match: re.Match[str]) -> str:
    each = match[1] or "小时"
    return _SAME.get(each, each)
