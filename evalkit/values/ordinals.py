"""Ranks and ratios: 第一 and 首位, 2:1 and 二比一."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.values.numerals import parse_number, scan_numeral
from evalkit.values.units import Unit, same_unit, scan_unit, unit_named

if TYPE_CHECKING:
    from fractions import Fraction

    from evalkit.values.questions import Question

_NAMED = {
    "首位": 1,
    "榜首": 1,
    "头名": 1,
    "最末位": -1,
    "末位": -1,
    "末名": -1,
    "末尾": -1,
    "垫底": -1,
    "最后": -1,
}
_VERBS = "位居|名列|位列|排名|排行|排在|居于|列|居|排|位于|处于"
_VERB = re.compile(rf"^(?:{_VERBS})|(?:{_VERBS}|第)?在?$")
_RANK = re.compile(r"(?P<last>倒数|倒着数)?(?P<first>第|no\.? ?|首)|最后(?=一[位名个])")
_NAMED_RANK = re.compile("|".join(_NAMED))
_RATIO_SIGN = re.compile(r" ?[:比] ?")
_SCORE_SIGN = re.compile(r" ?[:比-] ?")
_PLACES = frozenset("位名")
_WHOLE = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Rank:
    """A place in an order: from the front, or below zero from the back."""

    place: int
    unit: Unit | None = None

    def __str__(self) -> str:
        """Show it in one form: `第3次`, `倒数第1`."""
        unit = self.unit.name if self.unit else ""
        return f"{'倒数' if self.place < 0 else ''}第{abs(self.place)}{unit}"


def parse_rank(text: str, question: Question) -> Rank | None:
    """Return the rank that the whole text states, or None.

    A label or verb may stand before it (总分第一, 位居首位); a bare number counts where the
    question asks 第几.
    """
    for match in (*_RANK.finditer(text), *_NAMED_RANK.finditer(text)):
        label = text[: match.start()]
        stripped = _VERB.sub("", label)
        if question.place_of_label(stripped) is None and question.place_of_label(label) is None:
            continue
        if match.re is _NAMED_RANK:
            return (
                Rank(place=_NAMED[match[0]], unit=unit_named("位"))
                if match.end() == len(text)
                else None
            )
        return _numbered(text, match, question)
    if any(slot.ordinal for slot in question.slots):
        number = parse_number(text)
        return Rank(place=int(number)) if number and number.denominator == _WHOLE else None
    return None


def ranks_agree(one: Rank, other: Rank, question: Question) -> bool:
    """Return whether two ranks are the same answer; symmetrical."""
    if one.place != other.place:
        return False
    if one.unit and other.unit:
        return same_unit(one.unit, other.unit) or {one.unit.name, other.unit.name} <= _PLACES
    unit = one.unit or other.unit
    asked = (slot.unit for slot in question.slots if slot.ordinal and slot.unit)
    return unit is None or unit.name in _PLACES or any(same_unit(unit, named) for named in asked)


def parse_ratio(text: str, *, score: bool = False) -> tuple[Fraction, ...] | None:
    """Return the terms of the ratio that the whole text states, or None.

    Args:
        text: In the form of `read_answer`.
        score: Whether it is the score of a match, which is also written 2-1.

    >>> parse_ratio("二比一")
    (Fraction(2, 1), Fraction(1, 1))
    """
    terms = (_SCORE_SIGN if score else _RATIO_SIGN).split(text)
    numbers = [parse_number(term) for term in terms]
    complete = tuple(number for number in numbers if number is not None)
    return complete if len(terms) > 1 and len(complete) == len(terms) else None


def _numbered(text: str, match: re.Match[str], question: Question) -> Rank | None:
    if match["first"] == "首":
        place, end = 1, match.end()
        if scan_unit(text, end) is None:
            return None
    else:
        numeral = scan_numeral(text, match.end())
        if numeral is None or numeral.over or numeral.value.denominator != _WHOLE:
            return None
        place, end = int(numeral.value), numeral.end
    unit, end = scan_unit(text, end) or (None, end)
    noun = text[end:]
    if noun and not any(slot.takes_noun(noun) for slot in question.slots):
        return None
    back = match["last"] is not None or match[0] == "最后"
    return Rank(place=-place if back else place, unit=unit)
