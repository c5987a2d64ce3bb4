"""What a quantity is for each of: 5元/公斤, 每小时120公里, 5元一斤.

each = ("每" | "一" | "/") unit | "时速"
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.values.lexer import Words
from evalkit.values.units import scan_units, unit_named

if TYPE_CHECKING:
    from evalkit.values.units import Unit
    from evalkit.values.value import Quantity

_BEFORE = Words(dict.fromkeys(("每个", "每一", "每", "一"), "") | {"时速": "小时"})
_BEHIND = Words(dict.fromkeys(("每个", "每", "/每", "/", "一"), ""))
_SYMBOLS = {"时": "小时", "月": "个月", "季度": "个季度", "季": "个季度"}


def scan_each(text: str, at: int, *, behind: bool = False) -> tuple[Unit, int] | None:
    """Return the unit that a quantity is for each of, and where it ends.

    Args:
        text: Tidied text.
        at: Where 每, / or 一 stands.
        behind: Whether it stands behind the quantity.

    >>> unit, end = scan_each("5元/公斤", 2, behind=True)
    >>> unit.name, end
    ('公斤', 5)
    """
    for named, start in (_BEHIND if behind else _BEFORE).starting(text, at):
        if named:
            return unit_named(named), start
        unit = next(scan_units(text, start), None)
        for symbol, name in _SYMBOLS.items():
            if unit is None and text.startswith(symbol, start):
                unit = unit_named(name), start + len(symbol)
        if unit:
            return unit
    return None


def for_each(quantity: Quantity, per: Unit) -> Quantity:
    """Return a quantity as the amount for one base unit of what it is for each of."""
    return replace(quantity, amount=quantity.amount / per.factor, per=per)
