"""Every complete reading of an answer as a value, completed with what its question fixes.

answer = [words of the question] value [words of the question]
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from evalkit.values.grammar import may_begin, values
from evalkit.values.lexer import Words
from evalkit.values.lexicon import BEFORE, Qualifier
from evalkit.values.moments import moments
from evalkit.values.numerals import parse_number, scan_numeral
from evalkit.values.units import COUNT, SHARE, same_unit, unknown_unit
from evalkit.values.value import Moment, Quantity, Range, Rank, Ratio

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.values.question import Question
    from evalkit.values.slots import Slot
    from evalkit.values.value import Value

ValueKind = Literal["date", "time", "range", "ratio", "ordinal", "number"]
_NUMERAL = frozenset("0123456789.〇零一二两三四五六七八九十百千万亿")
_JOINS = frozenset("-:~至到比分/")
_BEFORE = Words(BEFORE)
_PADDED = re.compile(r"(?<![0-9.,])0[0-9]")  # without a unit it is a code: 007 is not 7
_BARE_YEARS = re.compile(
    r"(?P<low>[12][0-9]{3}|[一二][〇零○一二三四五六七八九]{3})(?:(?P<sign>[-~至到])(?P<high>[12][0-9]{3}))?"
)
_LONGEST_ANSWER, _LONGEST_UNIT = 80, 8
_UNIT_ROOM = 2  # characters more behind a number than before it, for the noun that is counted


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A value that an answer states.

    Attributes:
        value: Completed with what the question fixes.
        place: Where its label or noun stands in the question; -1 if it has none.
        n_residue: Characters of the question that it repeats on one side.
    """

    value: Value
    place: int = -1
    n_residue: int = 0


@lru_cache(maxsize=4096)
def read_values(text: str, question: Question, slot: Slot | None = None) -> tuple[Reading, ...]:
    """Return every complete reading of an answer as a value.

    Args:
        text: In the form of `read_answer(…).plain`.
        question: What was asked.
        slot: The part of the question that it answers; the first one if not given.

    >>> from evalkit.values.question import ask
    >>> [str(one.value) for one in read_values("共45个项目", ask("共有多少个项目？"))]
    ['45个', '45个项目']
    """
    if len(text) > _LONGEST_ANSWER or question.asks_code or question.asks_name:
        return ()
    return tuple(dict.fromkeys(_read(text, question, slot)))


def _read(text: str, question: Question, slot: Slot | None) -> Iterator[Reading]:
    slot = slot or question.slot
    if question.asks_moment:
        text = _with_years(text)
    endings: frozenset[int] | None = None
    dates = question.asks_moment or not question.asks_amount
    amounts = not question.asks_moment
    for at in question.beginnings(text):
        if at == len(text) or not may_begin(text[at]) or is_cut(text, at, slot):
            continue
        found = list(values(text, at, dates=dates, amounts=amounts))
        if any(end == len(text) for _, end in found):
            found = [read for read in found if read[1] == len(text)]
        unknown = _of_unknown_unit(text, at, question) if amounts else ()
        for value, end in (*found, *unknown):
            if isinstance(value, Quantity) and value.unit is None and _PADDED.search(text):
                continue
            if isinstance(value, Ratio) and "-" in text and not question.asks_score:
                continue
            if end < len(text):
                endings = endings or question.endings(text, single=bool(question.slots))
            if end == len(text) or end in (endings or ()):
                place = _place(text[:at], text[end:], value, question)
                yield Reading(
                    value=complete(value, question, slot),
                    place=place,
                    n_residue=max(at, len(text) - end - _UNIT_ROOM),
                )
    yield from _bare(text, question, slot)


def _with_years(text: str) -> str:
    """Return a bare year, or two, with the 年 that the question implies."""
    match = _BARE_YEARS.fullmatch(text)
    if match is None:
        return text
    return f"{match['low']}年{match['sign']}{match['high']}年" if match["high"] else f"{text}年"


def is_cut(text: str, at: int, slot: Slot | None = None) -> bool:
    """Return whether a value that began here would lose a digit or a qualifier.

    Where the question asks for the end of a change, it would lose the 了 of 增长了4倍 as well.
    """
    if at == 0:
        return False
    if slot and slot.target and text[at - 1] == "了":
        return True
    digits = text[at] in _NUMERAL and text[at - 1] in _NUMERAL
    return digits or bool(_BEFORE.last(text, at))


def _bare(text: str, question: Question, slot: Slot | None) -> Iterator[Reading]:
    """Read a number that stands for the rank, month or day that is all the question asks for."""
    number = parse_number(text)
    if number is None:
        return
    if slot and slot.ordinal and number.denominator == 1:
        yield Reading(value=Rank(place=int(number)))
    if question.asks_moment and question.date_unit:
        for moment, end in moments(text + question.date_unit):
            if end > len(text):
                yield Reading(value=moment)


def _of_unknown_unit(text: str, at: int, question: Question) -> Iterator[tuple[Quantity, int]]:
    """Read a number before a unit that the table lacks: it is a unit all the same."""
    numeral = scan_numeral(text, at)
    if numeral is None or numeral.over or not question.asks_amount | (text[at] in _NUMERAL):
        return
    name = text[numeral.end :]
    spelt = text[at : numeral.end]
    if not 0 < len(name) <= _LONGEST_UNIT or not _NUMERAL.isdisjoint(name) or name[0] in _JOINS:
        return
    if len(spelt) > 1 or spelt.isdecimal() or question.asks_amount:
        unit = unknown_unit(name)
        yield Quantity(amount=numeral.value, unit=unit, scaled=numeral.scaled), len(text)


def _place(left: str, right: str, value: Value, question: Question) -> int:
    """Return where the label, the noun or the unit of a value stands in the question, or -1."""
    if not question.fixes_order:
        return -1
    noun = right.removeprefix("的")
    if noun and (place := question.text.find(noun)) >= 0:
        return place
    label = left.strip("有共为是:,达了的")
    if label and (place := question.text.find(label)) >= 0:
        return place
    unit = value.unit.name if isinstance(value, Quantity) and value.unit else None
    places = [slot.start for slot in question.slots if slot.unit and slot.unit.name == unit]
    return places[0] if len(places) == 1 and len(question.slots) > 1 else -1


def complete(value: Value, question: Question, slot: Slot | None) -> Value:
    """Return a value with what it leaves out because the question says it."""
    if isinstance(value, Quantity):
        return _directed(_measured(value, question, slot), question, slot)
    if (
        isinstance(value, Range)
        and isinstance(value.low, Quantity)
        and isinstance(value.high, Quantity)
    ):
        low, high = (_measured(end, question, slot) for end in (value.low, value.high))
        return Range(low=low, high=high, change=value.change)
    return value


def _measured(quantity: Quantity, question: Question, slot: Slot | None) -> Quantity:
    scale, unit = (slot.scale, slot.unit) if slot and slot.unit else question.stated_unit
    if quantity.unit is None and unit and (unit.dimension != SHARE or (slot and slot.unit)):
        own = 1 if quantity.scaled else scale
        quantity = replace(quantity, amount=quantity.amount * own * unit.factor, unit=unit)
    elif unit and quantity.unit and quantity.unit.name == unit.name and unit.dimension == COUNT:
        quantity = replace(quantity, unit=unit)  # 块 counts where the question counts
    if slot and slot.qualifier and not quantity.qualifier:
        quantity = replace(quantity, qualifier=slot.qualifier)
    elif slot and quantity.qualifier and not slot.qualifier and _asks_as(quantity, slot):
        quantity = replace(quantity, qualifier=Qualifier.EXACT)
    for rate in question.rates:
        if told := next((one for one in quantity.per if same_unit(one, rate)), None):
            left = tuple(one for one in quantity.per if one is not told)
            quantity = replace(quantity, amount=quantity.amount * rate.factor, per=left)
    return quantity


def _asks_as(quantity: Quantity, slot: Slot) -> bool:
    """Return whether the question has the qualifier at some distance: 每天最多接待多少人."""
    words = (word for word, side in BEFORE.items() if side is quantity.qualifier and len(word) > 1)
    return any(word in slot.before for word in words)


def _directed(quantity: Quantity, question: Question, slot: Slot | None) -> Quantity:
    """Return a change with its direction, be it in the answer, in its sign or in the question."""
    asked, target = (slot.change, slot.target) if slot else (0, False)
    if target or (quantity.target and not asked):
        return (
            replace(quantity, change=0, target=False)
            if quantity.target or not quantity.change
            else quantity
        )
    if not asked and not question.asks_rate_of_change:
        return quantity
    if quantity.change:
        return quantity
    change = (asked or 1) * (-1 if quantity.amount < 0 else 1)
    return replace(quantity, amount=abs(quantity.amount), change=change)


@lru_cache(maxsize=4096)
def is_value(text: str, question: Question) -> bool:
    """Return whether an answer is nothing but a value, and so no name or phrase."""
    return any(
        not reading.n_residue
        and not (isinstance(value := reading.value, Quantity) and value.unit and value.unit.unknown)
        for reading in read_values(text, question)
    )


def kind_of(value: Value) -> ValueKind:
    """Return the name of the kind of a value, as scores show it."""
    if isinstance(value, Range):
        return "range"
    if isinstance(value, Moment):
        return "date" if value.second is None else "time"
    if isinstance(value, Rank):
        return "ordinal"
    return "ratio" if isinstance(value, Ratio) else "number"
