"""Quantities: a number with its unit, its sign and what is said around it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from evalkit.values.numerals import Numeral, parse_number, scan_numeral
from evalkit.values.qualifiers import PREFIX, Bound, scan_prefix, scan_suffix
from evalkit.values.units import COUNT, MONEY, Unit, same_unit, scan_unit, shown_unit, unit_named

_CURRENCIES = {"人民币": MONEY, "rmb": MONEY, "cny": MONEY, "¥": MONEY, "us$": "usd", "usd": "usd"}
_CURRENCIES |= {"美元": "usd", "$": "usd", "hk$": "hkd", "港币": "hkd", "€": "eur", "£": "gbp"}
_CURRENCY_NAMES = {MONEY: "元", "usd": "美元", "hkd": "港元", "eur": "欧元", "gbp": "英镑"}
_CURRENCY = re.compile(
    "(?:" + "|".join(map(re.escape, _CURRENCIES)) + ")(?=[ 0-9一二两三四五六七八九十约近超])"
)
_MINUS = frozenset({"-", "负", "零下"})
_SIGN = re.compile(r"[-+]|负|零下|零上")
_PER = {"百分之": 100, "千分之": 1000, "万分之": 10000}
_PARTS = re.compile(r"分之|/")
_HALF = re.compile(r"一半|半数?")
_DOUBLED = re.compile(r"翻(?:了)?(?:一)?[番倍]")
# Decimals behind the unit: 九成五, 三块五, 一米七五. 5米2 may be 5m².
_LAST = r"(?=$|[\s,;:。、!?)的高长宽左以])"
_SPOKEN = {
    "成": re.compile(r"[一二三四五六七八九1-9](?![0-9])"),
    "块": re.compile(rf"[一二三四五六七八九1-9]{_LAST}"),
    "米": re.compile(rf"(?:[一二三四五六七八九]{{1,2}}|[0-9]{{2}}|[14-9]){_LAST}"),
}
# What 分 is behind a larger unit: of an hour, of a 元.
_FEN = {
    "time": unit_named("分钟"),
    MONEY: Unit(name="分", dimension=MONEY, factor=Fraction(1, 100)),
}
_BEHIND = frozenset({Bound.UPWARDS, Bound.DOWNWARDS})
_FEW = {"俩": Fraction(2), "仨": Fraction(3)}
_DIGITS = "0-9〇零○一二两俩仨三四五六七八九十百千万亿廿卅半壹贰叁肆伍陆柒捌玖拾佰仟"
START = re.compile(rf"{PREFIX}|{_SIGN.pattern}|人民币|rmb|cny|us\$|hk\$|[¥$€£]|[{_DIGITS}]|翻|过半")


@dataclass(frozen=True, kw_only=True, slots=True)
class Quantity:
    """A number with its unit.

    Attributes:
        amount: In the base unit of its dimension.
        unit: None if it stands without one.
        bound: On which side of the amount the true one lies.
        scaled: Whether the number carries its own 万 or 亿.
        place: Where its label or noun stands in the question; -1 if it has none.
        per: What it counts for each of (小时 of 每小时), unless the question says so.
    """

    amount: Fraction
    unit: Unit | None = None
    bound: Bound = Bound.EXACT
    scaled: bool = False
    place: int = -1
    per: str = ""

    def __str__(self) -> str:
        """Show it in one form: `超过300人次`, `70%`, `12500元`."""
        unit = shown_unit(self.unit, self.amount) if self.unit else None
        number = _show(self.amount / (unit.factor if unit else 1))
        per = f"每{self.per}" if self.per else ""
        shown = f"{per}{number}{unit.name if unit else ''}"
        return f"{shown}{self.bound}" if self.bound in _BEHIND else f"{self.bound}{shown}"


def scan_quantity(text: str, start: int = 0) -> tuple[Quantity, int] | None:
    """Return the quantity that begins at a place and where it ends, or None.

    >>> quantity, end = scan_quantity("近1.2万本书目")
    >>> str(quantity), end
    ('近12000本', 6)
    """
    bound, at = scan_prefix(text, start)
    currency = _CURRENCY.match(text, at)
    if currency:
        bound, at = (bound, currency.end()) if bound else scan_prefix(text, currency.end())
        at += text.startswith(" ", at)
    sign = _SIGN.match(text, at)
    at = sign.end() if sign else at
    read = _scan_amount(text, at, lone=bool(bound))
    if read is None:
        return None
    quantity, end = read
    if sign and sign[0] in _MINUS:
        quantity = replace(quantity, amount=-quantity.amount)
    if currency and quantity.unit is None:
        quantity = replace(quantity, unit=_sign_unit(currency[0]))
    elif currency and quantity.unit and not same_unit(quantity.unit, _sign_unit(currency[0])):
        return None
    return _with_bounds(quantity, bound, text, end)


def _sign_unit(sign: str) -> Unit:
    return unit_named(_CURRENCY_NAMES[_CURRENCIES[sign]])


def _scan_amount(text: str, at: int, *, lone: bool) -> tuple[Quantity, int] | None:
    for reader in (_scan_share, _scan_words):
        if read := reader(text, at):
            return read
    numeral = scan_numeral(text, at, lone=lone)
    if numeral is None:
        return None
    if parts := _scan_parts(text, numeral):
        return parts
    read = _scan_unit(text, numeral)
    return _scan_smaller(text, *read)


def _scan_share(text: str, at: int) -> tuple[Quantity, int] | None:
    per = text[at : at + 3]
    if per not in _PER or (numeral := scan_numeral(text, at + 3)) is None:
        return None
    amount = numeral.value / _PER[per]
    return Quantity(amount=amount, unit=unit_named("%"), bound=_over(numeral.over)), numeral.end


def _scan_parts(text: str, numeral: Numeral) -> tuple[Quantity, int] | None:
    sign = _PARTS.match(text, numeral.end)
    other = scan_numeral(text, sign.end()) if sign else None
    if sign is None or other is None:
        return None
    lower, upper = (other, numeral) if sign[0] == "/" else (numeral, other)
    if not lower.value:
        return None
    amount = upper.value / lower.value
    return Quantity(amount=amount, unit=unit_named("%"), bound=_over(other.over)), other.end


def _scan_words(text: str, at: int) -> tuple[Quantity, int] | None:
    if text.startswith("半", at) and (found := scan_unit(text, at + 1)):
        unit, end = found
        return Quantity(amount=unit.factor / 2, unit=unit), end
    if match := _HALF.match(text, at):
        return Quantity(amount=Fraction(1, 2), unit=unit_named("%")), match.end()
    if match := _DOUBLED.match(text, at):
        return Quantity(amount=Fraction(1), unit=unit_named("倍")), match.end()
    few = _FEW.get(text[at : at + 1])
    if few:
        return Quantity(amount=few, unit=unit_named("个")), at + 1
    return None


def _scan_unit(text: str, numeral: Numeral) -> tuple[Quantity, int]:
    value, at, bound = numeral.value, numeral.end, _over(numeral.over)
    found = scan_unit(text, at)
    if found is None:
        return Quantity(amount=value, bound=bound, scaled=numeral.scaled), at
    unit, end = found
    if spoken := _SPOKEN[unit.name].match(text, end) if unit.name in _SPOKEN else None:
        digits = "".join(str(parse_number(digit)) for digit in spoken[0])
        value, end = value + Fraction(int(digits), 10 ** len(digits)), spoken.end()
    elif text.startswith("半", end):
        value, end = value + Fraction(1, 2), end + 1
    quantity = Quantity(amount=value * unit.factor, unit=unit, bound=bound, scaled=numeral.scaled)
    return quantity, end


def _scan_smaller(text: str, quantity: Quantity, end: int) -> tuple[Quantity, int]:
    """Go on while a smaller unit of the same dimension follows (2小时30分, 3元5角)."""
    last = quantity.unit
    while last and last.dimension != COUNT:
        numeral = scan_numeral(text, end + text.startswith("零", end))
        found = scan_unit(text, numeral.end) if numeral else None
        if numeral is None or found is None:
            break
        smaller = _FEN.get(last.dimension, found[0]) if found[0].name == "分" else found[0]
        if smaller.dimension != last.dimension or smaller.factor >= last.factor:
            break
        amount = quantity.amount + numeral.value * smaller.factor
        quantity, last, end = replace(quantity, amount=amount), smaller, found[1]
    return quantity, end


def _over(word: str) -> Bound:
    return scan_suffix(word)[0] if word else Bound.EXACT


def _with_bounds(
    quantity: Quantity, before: Bound, text: str, end: int
) -> tuple[Quantity, int] | None:
    after, end = scan_suffix(text, end)
    stated = {bound for bound in (before, quantity.bound, after) if bound}
    if len(stated) > 1:
        return None
    return replace(quantity, bound=stated.pop() if stated else Bound.EXACT), end


def _show(number: Fraction) -> str:
    return str(number.numerator) if number.denominator == 1 else f"{float(number):.10g}"
