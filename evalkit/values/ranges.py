"""Ranges: from one value to another, each end completed from the other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from evalkit.values.numerals import scan_numeral

if TYPE_CHECKING:
    from collections.abc import Iterator

_UP, _DOWN = "增加|增长|提高|提升|上升|攀升|跃升|扩大|发展|升|增", "减少|下降|降低|缩短|缩减|降|减"
_SIGN = re.compile(rf"(?:({_UP}|{_DOWN})(?:到了?|至|为)|[-~]|至|到|→)")
_FALLS = re.compile(_DOWN)
_FROM = re.compile(r"^(?:从|由|自)")
_DIGITS = re.compile(r"-?[0-9.,]+")
_LAST_UNIT = re.compile(r"[^0-9〇零一二三四五六七八九十]+$")


def split_range(text: str, question: str = "") -> Iterator[tuple[str, str]]:
    """Yield every way in which a text can be read as a range: its two ends.

    What one end leaves out is tried from the other: in 3-5天 the first is 3天. A verb of falling
    between them counts only where the question has one, a verb of rising only where it has none.

    >>> list(split_range("3至5天"))
    [('3天', '5天'), ('3', '5天')]
    """
    bare = _FROM.sub("", text)
    for sign in _SIGN.finditer(bare):
        low, high = bare[: sign.start()], bare[sign.end() :]
        turned = sign[1] and bool(_FALLS.match(sign[1])) != bool(_FALLS.search(question))
        if not low or not high or turned:
            continue
        for other in dict.fromkeys((low + _tail(high), low)):
            yield other, high
        if tail := _last_unit(low):
            yield low, high + tail


def _tail(text: str) -> str:
    """Return what stands behind the number that a text begins with: 亿元 of 5亿元."""
    if digits := _DIGITS.match(text):
        return text[digits.end() :]
    numeral = scan_numeral(text)
    return text[numeral.end :] if numeral else _last_unit(text)


def _last_unit(text: str) -> str:
    unit = _LAST_UNIT.search(text)
    return unit[0] if unit else ""
