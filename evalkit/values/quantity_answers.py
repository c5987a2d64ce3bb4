"""Quantities as answers: read with what the question fixes, and compared."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from evalkit.values.qualifiers import bounds_agree
from evalkit.values.quantities import START, Quantity, scan_quantity
from evalkit.values.rates import split_rate
from evalkit.values.units import COUNT, PIECE, same_unit

if TYPE_CHECKING:
    from evalkit.values.questions import Question, Slot

_PEOPLE = frozenset("名位人")
_INSIDE_UNIT = re.compile(r"个([多半])(月|星期|小时|礼拜|钟头)")
_PADDED = re.compile(r"(?<![0-9.])0[0-9]")  # without a unit it is a code: 007 is not 7


def parse_quantity(text: str, question: Question, slot: Slot | None = None) -> Quantity | None:
    """Return the quantity that the whole text states, or None if some of it is left over.

    A label before it and a noun behind it may stand only where the question has them. Where the
    number stands bare, it takes the unit that the question names.

    Args:
        text: In the form of `read_answer`.
        question: What was asked.
        slot: The part of the question that it answers; the first one if not given.
    """
    text = _INSIDE_UNIT.sub(r"个\2\1", text)  # 3个半小时 is 3个小时半
    if (quantity := _parse_whole(text, question, slot)) is not None:
        return quantity
    rate = split_rate(text)
    quantity = _parse_whole(rate[0], question, slot) if rate else None
    if rate is None or quantity is None:
        return None
    return quantity if rate[1] in question.rates else replace(quantity, per=rate[1])


def _parse_whole(text: str, question: Question, slot: Slot | None) -> Quantity | None:
    slots = (slot,) if slot else question.slots
    for match in START.finditer(text):
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
            quantity = _settle_piece(quantity, noun, question)
            quantity = _resolve(quantity, question, slots[0] if slots else None)
            return quantity if quantity.unit or not _PADDED.search(text) else None
    return None


def quantities_agree(one: Quantity, other: Quantity, question: Question) -> bool:
    """Return whether two quantities are the same answer; symmetrical.

    A measure word may be missing on one side where the question names what is counted.
    """
    same_amount = (one.amount, one.per) == (other.amount, other.per)
    if not same_amount or not bounds_agree(one.bound, other.bound):
        return False
    if one.unit and other.unit:
        named = {one.unit.name, other.unit.name}
        if "度" in named and "energy" in {one.unit.dimension, other.unit.dimension}:
            return "电" in question.text
        # 个 counts people only where the question does: 16个 is not 16名.
        people = named & _PEOPLE if "个" in named else frozenset[str]()
        return all(name in question.text for name in people) and same_unit(one.unit, other.unit)
    unit = one.unit or other.unit
    counted = any(slot.noun for slot in question.slots)
    return unit is None or (unit.dimension == COUNT and counted)


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


def _settle_piece(quantity: Quantity, noun: str, question: Question) -> Quantity:
    """Return a quantity of 块 as a count where it counts something, and as money elsewhere."""
    name = quantity.unit.name if quantity.unit else ""
    counted = any(slot.unit and slot.unit.dimension == COUNT for slot in question.slots)
    return replace(quantity, unit=PIECE) if name == PIECE.name and (noun or counted) else quantity


def _resolve(quantity: Quantity, question: Question, slot: Slot | None) -> Quantity:
    scale, unit = (slot.scale, slot.unit) if slot and slot.unit else question.stated_unit
    if quantity.unit is None and unit:
        own = Fraction(1) if quantity.scaled else scale
        quantity = replace(quantity, amount=quantity.amount * own * unit.factor, unit=unit)
    if slot and slot.bound and not quantity.bound:
        quantity = replace(quantity, bound=slot.bound)
    return quantity
