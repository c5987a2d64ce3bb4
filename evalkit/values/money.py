"""Currencies that are named beside an amount: 人民币200万元, 100元新台币, $5."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.values.lexer import Words
from evalkit.values.lexicon import CURRENCIES
from evalkit.values.units import MONEY, Unit, unit_named

if TYPE_CHECKING:
    from evalkit.values.value import Quantity

CURRENCY_NAMES = Words({word: code for code, words in CURRENCIES.items() for word in words.split()})
"""The code of every name and sign of a currency."""


def in_currency(quantity: Quantity, currency: str) -> Quantity | None:
    """Return an amount in a currency that is named beside it; None if it is no money."""
    unit = quantity.unit
    if unit is None:
        return replace(quantity, unit=_main_unit(currency))
    if unit.dimension == currency:
        return quantity
    if unit.dimension != MONEY or currency == MONEY:
        return None
    return replace(quantity, unit=Unit(name=_main_unit(currency).name, dimension=currency))


def _main_unit(currency: str) -> Unit:
    return unit_named("元" if currency == MONEY else CURRENCIES[currency].split()[0])
