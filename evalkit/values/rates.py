"""What a quantity is for each of: 5元/公斤, 每小时120公里, 5元一斤, 每人每天50元, 50元/人·天.

each   = one {more}
one    = ("每" | "一" | "/") unit | average
more   = ("每" | "/" | "·") unit                 behind a quantity; 每 alone before one
"""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

from evalkit.values.lexer import Words
from evalkit.values.lexicon import AVERAGES
from evalkit.values.units import scan_units, unit_named

if TYPE_CHECKING:
    from evalkit.values.units import Unit
    from evalkit.values.value import Quantity

_BEFORE = Words(dict.fromkeys(("每个", "每一", "每", "一"), "") | AVERAGES)
_BEHIND = Words(dict.fromkeys(("每个", "每", "/每", "/(", "/", "一"), ""))
_MORE_BEFORE = Words(dict.fromkeys(("每", "、每", ",每"), ""))
_MORE_BEHIND = Words(dict.fromkeys(("/每", "每", "/", "·", "*"), ""))
_ONE_OF = frozenset("头第前后上下这那")  # 头一批600人 is no rate
_SYMBOLS = {"时": "小时", "月": "个月", "季度": "个季度", "季": "个季度"}


def scan_each(text: str, at: int, *, behind: bool = False) -> tuple[tuple[Unit, ...], int] | None:
    """Return the units that a quantity is for each of, and where they end.

    Args:
        text: Tidied text.
        at: Where 每, / or 一 stands.
        behind: Whether it stands behind the quantity.

    >>> units, end = scan_each("5元/人·天", 2, behind=True)
    >>> [unit.name for unit in units], end
    (['人', '天'], 6)
    """
    found = _scan_one(text, at, _BEHIND if behind else _BEFORE)
    if found is None or (text[at] == "一" and text[at - 1 : at] in _ONE_OF):
        return None
    units: tuple[Unit, ...] = (found[0],)
    end = found[1]
    while more := _scan_one(text, end, _MORE_BEHIND if behind else _MORE_BEFORE):
        units, end = (*units, more[0]), more[1]
    return units, end + (text.startswith("/(", at) and text.startswith(")", end))


def for_each(quantity: Quantity, per: tuple[Unit, ...]) -> Quantity:
    """Return a quantity as the amount for one base unit of all that it is for each of."""
    amount = quantity.amount / prod(unit.factor for unit in per)
    return replace(quantity, amount=amount, per=per)


def _scan_one(text: str, at: int, marks: Words[str]) -> tuple[Unit, int] | None:
    for named, start in marks.starting(text, at):
        if named:
            return unit_named(named), start
        unit = next(scan_units(text, start), None)
        for symbol, name in _SYMBOLS.items():
            if unit is None and text.startswith(symbol, start):
                unit = unit_named(name), start + len(symbol)
        if unit:
            return unit
    return None
