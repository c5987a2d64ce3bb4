"""What is said around a number: more than, at least, nearly, about."""

from __future__ import annotations

import re
from enum import StrEnum


class Bound(StrEnum):
    """On which side of the stated number the true one lies; the value is a word to show."""

    EXACT = ""
    ABOVE = "超过"
    UPWARDS = "以上"  # 以上: some include the number itself, some do not
    AT_LEAST = "至少"
    NEAR = "近"  # just below
    BELOW = "不足"
    DOWNWARDS = "以下"  # 以下, 以内
    AT_MOST = "至多"
    ABOUT = "约"


_BEFORE = {
    Bound.ABOVE: "超过 超出 超 逾 过 多于 大于 高于 突破 不止 >",
    Bound.AT_LEAST: "上 至少 不少于 不低于 不小于 不下于 不下 最少 起码 >= ≥",
    Bound.NEAR: "接近 将近 临近 逼近 几近 近",
    Bound.BELOW: "不足 不到 低于 少于 小于 未满 不满 <",
    Bound.AT_MOST: "至多 最多 不超过 不高于 不多于 不大于 <= ≤",
    Bound.ABOUT: "大约 大概 大致 差不多 约为 约合 约有 约 ≈ ~",
}
_AFTER = {
    Bound.ABOVE: "有余 多 余 几 +",
    Bound.UPWARDS: "及以上 或以上 以上",
    Bound.DOWNWARDS: "及以下 或以下 以下 以内 之内",
    Bound.ABOUT: "左右 上下 来 许",
}
_AGREEING = [
    {Bound.ABOVE, Bound.UPWARDS},
    {Bound.UPWARDS, Bound.AT_LEAST},
    {Bound.BELOW, Bound.DOWNWARDS},
    {Bound.DOWNWARDS, Bound.AT_MOST},
]


def _words(table: dict[Bound, str]) -> dict[str, Bound]:
    return {word: bound for bound, words in table.items() for word in words.split()}


def _any_of(words: dict[str, Bound]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_BEFORE_WORDS, _AFTER_WORDS = _words(_BEFORE), _words(_AFTER)
_PREFIX, _SUFFIX = re.compile(_any_of(_BEFORE_WORDS)), re.compile(_any_of(_AFTER_WORDS))
_ENDING = re.compile(f"(?:{_any_of(_BEFORE_WORDS)})$")
PREFIX = _PREFIX.pattern


def scan_prefix(text: str, start: int = 0) -> tuple[Bound, int]:
    """Return the bound that a word before a number states, and where that word ends.

    >>> scan_prefix("超过300人次")
    (<Bound.ABOVE: '超过'>, 2)
    """
    match = _PREFIX.match(text, start)
    return (_BEFORE_WORDS[match[0]], match.end()) if match else (Bound.EXACT, start)


def scan_suffix(text: str, start: int = 0) -> tuple[Bound, int]:
    """Return the bound that a word after a number states, and where that word ends.

    >>> scan_suffix("300亿元以上", 5)
    (<Bound.UPWARDS: '以上'>, 7)
    """
    match = _SUFFIX.match(text, start)
    return (_AFTER_WORDS[match[0]], match.end()) if match else (Bound.EXACT, start)


def bound_before(text: str, end: int) -> Bound:
    """Return the bound that the words right before a place state.

    >>> bound_before("每月不少于几次", 5)
    <Bound.AT_LEAST: '至少'>
    """
    match = _ENDING.search(text, 0, end)
    return _BEFORE_WORDS[match[0]] if match else Bound.EXACT


def bounds_agree(one: Bound, other: Bound) -> bool:
    """Return whether two bounds say the same; symmetrical, not transitive (以上 is read both ways).

    >>> bounds_agree(Bound.ABOVE, Bound.UPWARDS), bounds_agree(Bound.ABOVE, Bound.EXACT)
    (True, False)
    """
    return one is other or {one, other} in _AGREEING
