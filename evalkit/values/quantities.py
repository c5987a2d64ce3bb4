"""The part of the grammar that reads quantities.

    quantity  = [change] [qualifier] [currency] [sign] amount [qualifier] [each]
              | each quantity
    change    = ("增长" | "下降" | …) ["了" | "至" | …]
    amount    = share | half unit | pair | numeral parts numeral | measure
    share     = ("百分之" | …) numeral
    measure   = numeral [unit ["半"] [decimals] {smaller}] [currency]
    smaller   = ["零"] numeral unit               of the same dimension
    each      = ("每" | "一" | "/") unit

Every production yields all its readings from a place on, each with the place where it ends.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from evalkit.values.lexer import Words, first_characters
from evalkit.values.lexicon import (
    AFTER,
    AVERAGES,
    BEFORE,
    BY,
    CHANGES,
    CURRENCIES,
    HALVES,
    MINUS,
    PAIRS,
    PER_PARTS,
    SHORT_SCALES,
    TO,
    Qualifier,
)
from evalkit.values.money import CURRENCY_NAMES, in_currency
from evalkit.values.numerals import BEGINNINGS, Numeral, scan_decimals, scan_numeral, scan_several
from evalkit.values.rates import for_each, scan_each
from evalkit.values.units import COUNT, MONEY, SHARE, Unit, scan_units, unit_named
from evalkit.values.value import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    Readings = Iterator[tuple[Quantity, int]]

_EXACT = Qualifier.EXACT  # before Python 3.12, members of an enumeration are found slowly
_BEFORE, _AFTER = Words(BEFORE), Words(AFTER)
_CHANGES, _TO, _BY = Words(CHANGES), Words(TO), Words(BY)
_MINUS, _PER_PARTS = Words(MINUS), Words(PER_PARTS)
_PARTS = Words({"分之": "lower", "/": "upper"})
_HALVES = Words(dict.fromkeys(HALVES))
_DECIMALS = frozenset({"成", "块", "毛", "米", "元", "秒"})
"""Units with decimals behind them: 九成五, 三块五, 四毛五, 一米七五, 9秒83."""
_DOUBLINGS = range(1, 10)
_PERCENT = unit_named("%")
_FIRST = (
    BEGINNINGS
    | {"每", "翻"}
    | first_characters(BEFORE, CHANGES, MINUS, PER_PARTS, PAIRS, HALVES, AVERAGES)
    | first_characters(" ".join(CURRENCIES.values()).split())
)


def may_begin(char: str) -> bool:
    """Return whether a quantity can begin with a character.

    >>> may_begin("近"), may_begin("襄")
    (True, False)
    """
    return char in _FIRST


def quantities(text: str, at: int = 0) -> Readings:
    """Yield every reading of the text from a place on as a quantity, and where it ends.

    >>> [(str(value), end) for value, end in quantities("近1.2万本书目")]
    [('近12000本', 6), ('近12000', 5)]
    >>> str(next(quantities("下降3.2%"))[0])
    '下降3.2%'
    """
    for quantity, end in _directed(text, at):
        yield from _with_each(quantity, text, end)
        yield quantity, end
    if found := scan_each(text, at):
        per, start = found
        if text.startswith(("为", "是", "达"), start):
            start += 1
        for quantity, end in _directed(text, start):
            if text[at] != "一" or _is_for_one(quantity, per):
                yield for_each(quantity, per), end


def _is_for_one(quantity: Quantity, per: tuple[Unit, ...]) -> bool:
    """Return whether 一 alone can say what a number is for each of: 一斤5元, not 一年5000元."""
    dimension = quantity.unit.dimension if quantity.unit else ""
    timed = any(unit.dimension in {"time", "months"} for unit in per)
    return dimension == COUNT or (dimension in CURRENCIES and not timed)


def _directed(text: str, at: int) -> Readings:
    """Read `[change] qualified`."""
    found = _CHANGES.first(text, at)
    if found and (text.startswith("翻", found[1]) or text[at] != "翻"):
        change, start = found
        target = _TO.first(text, start)
        start = target[1] if target else (_BY.first(text, start) or (None, start))[1]
        for quantity, end in _qualified(text, start):
            yield replace(quantity, change=change, target=target is not None), end
            if target and change > 0 and quantity.unit and quantity.unit.name == "倍":  # 增至4倍
                yield replace(quantity, amount=quantity.amount - 1, change=change), end
    elif text.startswith("翻", at):
        yield from _doubled(text, at)
    yield from _qualified(text, at)


def _doubled(text: str, at: int) -> Readings:
    """Read 翻一番, 翻了两番, 翻番, 翻倍."""
    start = at + 1 + text.startswith("了", at + 1)
    numeral = scan_numeral(text, start)
    end = numeral.end if numeral else start
    if text.startswith(("番", "倍"), end):
        amount = numeral.value if numeral else Fraction(1)
        times = unit_named("倍")
        if text[end] == "倍":
            yield Quantity(amount=amount, unit=times, change=1), end + 1
        elif amount in _DOUBLINGS:
            doubled = Fraction(2 ** int(amount))
            yield Quantity(amount=doubled - 1, unit=times, change=1), end + 1
            yield Quantity(amount=doubled, unit=times, change=1, target=True), end + 1


def _qualified(text: str, at: int) -> Readings:
    """Read `[qualifier] [currency] [sign] amount [qualifier]`."""
    before, start = _BEFORE.first(text, at) or (_EXACT, at)
    if text.startswith("半", start) and text.startswith("上", start - 1):
        return  # 上半年
    if before is Qualifier.SEVERAL:
        before, start = _EXACT, at
    currency, start = CURRENCY_NAMES.first(text, start) or ("", start)
    start += text.startswith(" ", start)
    if currency and not before:
        before, start = _BEFORE.first(text, start) or (before, start)
    sign, start = _MINUS.first(text, start) or (1, start)
    for quantity, end in _amount(text, start, lone=bool(before)):
        if currency:
            named = in_currency(quantity, currency)
            if named is None:
                continue
            quantity = named  # noqa: PLW2901 - the same, in the currency named before it
        after, after_end = _AFTER.first(text, end) or (_EXACT, end)
        stated = {*filter(None, (before, quantity.qualifier, after))}
        if sign < 0:
            quantity = replace(quantity, amount=-quantity.amount)  # noqa: PLW2901 - the same, signed
        if len(stated) <= 1:
            yield _qualify(quantity, *stated), after_end
        elif after and len({before, quantity.qualifier} - {_EXACT}) <= 1:
            yield _qualify(quantity, before or quantity.qualifier), end


def _qualify(quantity: Quantity, qualifier: Qualifier = _EXACT) -> Quantity:
    return quantity if quantity.qualifier is qualifier else replace(quantity, qualifier=qualifier)


def _amount(text: str, at: int, *, lone: bool) -> Readings:
    if per := _PER_PARTS.first(text, at):
        numeral = scan_numeral(text, per[1])
        if numeral:
            amount = numeral.value / per[0]
            end = numeral.end + text.startswith("%", numeral.end)  # 百分之34.7% is written too
            yield Quantity(amount=amount, unit=_PERCENT, qualifier=_over(numeral.over)), end
        return
    yield from _words(text, at)
    if several := scan_several(text, at):
        yield from _measure(text, several)
    elif numeral := scan_numeral(text, at, lone=lone):
        yield from _parts(text, numeral)
        yield from _measure(text, numeral)


def _words(text: str, at: int) -> Readings:
    """Read amounts without a numeral: 半小时, 一半, 俩."""
    if text.startswith("半", at):
        for unit, end in scan_units(text, at + 1):
            yield Quantity(amount=unit.factor / 2, unit=unit), end
    if half := _HALVES.first(text, at):
        over = Qualifier.ABOVE if text.startswith("过", at) else _EXACT
        yield Quantity(amount=Fraction(1, 2), unit=_PERCENT, qualifier=over), half[1]
    if few := PAIRS.get(text[at : at + 1]):
        for unit, end in scan_units(text, at + 1):
            yield Quantity(amount=Fraction(few), unit=unit), end
        yield Quantity(amount=Fraction(few), unit=unit_named("个")), at + 1


def _parts(text: str, numeral: Numeral) -> Readings:
    """Read 三分之二 and 2/3."""
    sign = _PARTS.first(text, numeral.end)
    other = scan_numeral(text, sign[1]) if sign else None
    if sign is None or other is None:
        return
    upper, lower = (numeral, other) if sign[0] == "upper" else (other, numeral)
    if lower.value:
        amount = upper.value / lower.value
        yield Quantity(amount=amount, unit=_PERCENT, qualifier=_over(other.over)), other.end


def _measure(text: str, numeral: Numeral) -> Readings:
    """Read `numeral [unit …]`, the longest unit first, the bare number last."""
    over = _over(numeral.over)
    if text.startswith(("个半", "个多"), numeral.end):  # 一个半小时 is one 个小时 and a half
        half = Fraction(text[numeral.end + 1] == "半", 2)
        more = _EXACT if half else Qualifier.ABOVE
        for unit, end in scan_units(f"个{text[numeral.end + 2 : numeral.end + 6]}"):
            if unit.dimension != COUNT:
                amount = unit.in_base(numeral.value + half)
                yield Quantity(amount=amount, unit=unit, qualifier=more), numeral.end + 1 + end
    for unit, end in scan_units(text, numeral.end):
        yield from _with_currency(*_of_unit(text, numeral, unit, end), text)
    short = SHORT_SCALES.get(text[numeral.end : numeral.end + 1])
    if short and not text[numeral.end + 1 : numeral.end + 2].isascii():
        longer = Numeral(value=numeral.value * short, end=numeral.end + 1, scaled=True)
        yield from _measure(text, longer)
    elif short and numeral.end + 1 == len(text):
        yield Quantity(amount=numeral.value * short, qualifier=over, scaled=True), numeral.end + 1
    yield Quantity(amount=numeral.value, qualifier=over, scaled=numeral.scaled), numeral.end


def _of_unit(text: str, numeral: Numeral, unit: Unit, end: int) -> tuple[Quantity, int]:
    value = numeral.value
    if unit.name in _DECIMALS and (digits := scan_decimals(text, end)):
        value += Fraction(int(digits[0]), 10 ** len(digits[0]))
        end = digits[1]
    elif text.startswith("半", end):
        value, end = value + Fraction(1, 2), end + 1
    quantity = Quantity(
        amount=unit.in_base(value), unit=unit, qualifier=_over(numeral.over), scaled=numeral.scaled
    )
    return _smaller(text, quantity, end)


def _smaller(text: str, quantity: Quantity, end: int) -> tuple[Quantity, int]:
    """Go on while a smaller unit of the same dimension follows (2小时30分, 3元5角)."""
    last = quantity.unit
    while last and last.dimension not in {COUNT, SHARE}:
        numeral = scan_numeral(text, end + text.startswith("零", end))
        if numeral is None:
            break
        fitting = (
            (unit, unit_end)
            for unit, unit_end in scan_units(text, numeral.end)
            if unit.dimension == last.dimension and unit.factor < last.factor
        )
        found = next(fitting, None)
        if found is None:
            break
        last, end = found
        amount = numeral.value
        if last.name in _DECIMALS and (digits := scan_decimals(text, end)):
            amount += Fraction(int(digits[0]), 10 ** len(digits[0]))
            end = digits[1]
        quantity = replace(quantity, amount=quantity.amount + last.in_base(amount))
    return quantity, end


def _with_currency(quantity: Quantity, end: int, text: str) -> Readings:
    """Read a currency that stands behind the unit: 100元新台币."""
    unit = quantity.unit
    if unit and unit.dimension == MONEY and (found := CURRENCY_NAMES.first(text, end)):
        named = in_currency(quantity, found[0])
        if named:
            yield named, found[1]
    yield quantity, end


def _with_each(quantity: Quantity, text: str, end: int) -> Readings:
    """Read what it counts for each of: 5元/公斤, 5元一斤."""
    if (
        quantity.unit
        and quantity.unit.dimension != SHARE
        and (found := scan_each(text, end, behind=True))
    ):
        per, each_end = found
        if text[end] == "一" and quantity.unit.dimension not in CURRENCIES:
            return
        yield for_each(quantity, per), each_end


def _over(word: str) -> Qualifier:
    return Qualifier.SEVERAL if word == "数" else AFTER[word] if word else _EXACT
