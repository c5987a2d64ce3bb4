"""Quantities: a number with its unit, its sign and what is said around it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from evalkit.text.bounds import PREFIX, Bound, bounds_agree, scan_prefix, scan_suffix
from evalkit.text.numerals import Numeral, parse_number, scan_numeral
from evalkit.text.units import COUNT, MONEY, Unit, same_unit, scan_unit, shown_unit, unit_named

if TYPE_CHECKING:
    from evalkit.text.questions import Question, Slot

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
_TENTHS = re.compile(r"[一二三四五六七八九1-9](?![0-9])")
_PEOPLE = frozenset("名位人")
_FEW = {"俩": Fraction(2), "仨": Fraction(3)}
_INSIDE_UNIT = re.compile(r"个([多半])(月|星期|小时|礼拜|钟头)")
_PADDED = re.compile(r"(?<![0-9.])0[0-9]")  # without a unit it is a code: 007 is not 7
_DIGITS = "0-9〇零○一二两俩仨三四五六七八九十百千万亿廿卅半壹贰叁肆伍陆柒捌玖拾佰仟"
_START = re.compile(
    rf"{PREFIX}|{_SIGN.pattern}|人民币|rmb|cny|us\$|hk\$|[¥$€£]|[{_DIGITS}]|翻|过半"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Quantity:
    """A number with its unit.

    Attributes:
        amount: In the base unit of its dimension.
        unit: None if it stands without one.
        bound: On which side of the amount the true one lies.
        scaled: Whether the number carries its own 万 or 亿.
        place: Where its label or noun stands in the question; -1 if it has none.
    """

    amount: Fraction
    unit: Unit | None = None
    bound: Bound = Bound.EXACT
    scaled: bool = False
    place: int = -1

    def __str__(self) -> str:
        """Show it in one form: `>300人次`, `70%`, `12500元`."""
        unit = shown_unit(self.unit) if self.unit else None
        number = _show(self.amount / (unit.factor if unit else 1))
        return f"{self.bound}{number}{unit.name if unit else ''}"


def scan_quantity(text: str, start: int = 0) -> tuple[Quantity, int] | None:
    """Return the quantity that begins at a place and where it ends, or None.

    >>> quantity, end = scan_quantity("近1.2万本书目")
    >>> str(quantity), end
    ('≲12000本', 6)
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


def parse_quantity(text: str, question: Question, slot: Slot | None = None) -> Quantity | None:
    """Return the quantity that the whole text states, or None if some of it is left over.

    A label before it and a noun behind it may stand only where the question has them. Where the
    number stands bare, it takes the unit that the question names.

    Args:
        text: In the form of `read_answer`.
        question: What was asked.
        slot: The part of the question that it answers; the first one if not given.
    """
    slots = (slot,) if slot else question.slots
    text = _INSIDE_UNIT.sub(r"个\2\1", text)  # 3个半小时 is 3个小时半
    for match in _START.finditer(text):
        place = question.place_of_label(text[: match.start()])
        if place is None:
            continue
        read = scan_quantity(text, match.start())
        if read is None:
            continue
        quantity, end = read
        noun = text[end:]
        named = _place_of_noun(noun, question)
        if named is not None:
            places = (named, place, _place_of_unit(quantity, question))
            first = next((place for place in places if place >= 0), -1)
            quantity = replace(quantity, place=first)
            quantity = _resolve(quantity, question, slots[0] if slots else None)
            return quantity if quantity.unit or not _PADDED.search(text) else None
    return None


def quantities_agree(one: Quantity, other: Quantity, question: Question) -> bool:
    """Return whether two quantities are the same answer; symmetrical.

    A measure word may be missing on one side where the question names what is counted.
    """
    if one.amount != other.amount or not bounds_agree(one.bound, other.bound):
        return False
    if one.unit and other.unit:
        named = {one.unit.name, other.unit.name}
        # 个 counts people only where the question does: 16个 is not 16名.
        people = named & _PEOPLE if "个" in named else frozenset[str]()
        return all(name in question.text for name in people) and same_unit(one.unit, other.unit)
    unit = one.unit or other.unit
    counted = any(slot.noun for slot in question.slots)
    return unit is None or (unit.dimension == COUNT and counted)


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
    if unit.name == "成" and (tenths := _TENTHS.match(text, end)):
        digit = parse_number(tenths[0]) or 0
        value, end = value + Fraction(digit, 10), end + 1
    elif text.startswith("半", end):
        value, end = value + Fraction(1, 2), end + 1
    quantity = Quantity(amount=value * unit.factor, unit=unit, bound=bound, scaled=numeral.scaled)
    return quantity, end


def _scan_smaller(text: str, quantity: Quantity, end: int) -> tuple[Quantity, int]:
    """Go on where a smaller unit of the same dimension follows (2小时30分钟, 3元5角)."""
    unit = quantity.unit
    numeral = scan_numeral(text, end) if unit and unit.dimension != COUNT else None
    found = scan_unit(text, numeral.end) if numeral else None
    if not (unit and numeral and found):
        return quantity, end
    smaller, after = found
    if smaller.dimension != unit.dimension or smaller.factor >= unit.factor:
        return quantity, end
    amount = quantity.amount + numeral.value * smaller.factor
    return replace(quantity, amount=amount), after


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


def _place_of_noun(noun: str, question: Question) -> int | None:
    if not noun:
        return -1
    slot = next((slot for slot in question.slots if slot.takes_noun(noun)), None)
    if slot is not None:
        return question.text.find(noun) if noun in slot.before else slot.start
    # What is counted may be listed behind the question: 各有几个：污水处理厂、垃圾填埋场.
    asked, _, listed = question.text.partition(":")
    return len(asked) + listed.find(noun) if question.slots and noun in listed else None


def _place_of_unit(quantity: Quantity, question: Question) -> int:
    """Return where the one of several slots stands that names this very unit, or -1."""
    name = quantity.unit.name if quantity.unit and len(question.slots) > 1 else None
    places = [slot.start for slot in question.slots if slot.unit and slot.unit.name == name]
    return places[0] if len(places) == 1 else -1


def _resolve(quantity: Quantity, question: Question, slot: Slot | None) -> Quantity:
    scale, unit = (slot.scale, slot.unit) if slot and slot.unit else question.stated_unit
    if quantity.unit is None and unit:
        own = Fraction(1) if quantity.scaled else scale
        quantity = replace(quantity, amount=quantity.amount * own * unit.factor, unit=unit)
    if slot and slot.bound and not quantity.bound:
        quantity = replace(quantity, bound=slot.bound)
    return quantity


def _show(number: Fraction) -> str:
    return str(number.numerator) if number.denominator == 1 else f"{float(number):.10g}"
