"""The numbers in running text, each in canonical form and with its place.

A numeral counts as a number where something shows that it is one: digits, a unit, 百分之, 万 or a
date. Numerals inside names and set phrases are none: 十堰, 八一路, 五一, 统一, 十分, 第一书记, 5G.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.text.answer_form import simplify
from evalkit.text.normalise import fold
from evalkit.text.numerals import parse_number
from evalkit.text.quantities import Quantity, scan_quantity
from evalkit.text.units import COUNT, same_unit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

_DATE = re.compile(
    r"(?:(?P<year>[0-9]{4}|[〇零○一二三四五六七八九]{4})年)?"
    r"(?:(?P<month>[0-9]{1,2}|[一二三四五六七八九十]{1,3})月(?!份额))?"
    r"(?:(?P<day>[0-9]{1,2}|[一二三四五六七八九十廿]{1,3})[日号])?"
)
_CANDIDATE = re.compile(
    r"(?:(?<![^\s,。、;:(])[-+])?(?<![0-9.a-z])[0-9]|第?(?:零下|负)?[〇零○一二两三四五六七八九十百千万亿廿卅半壹贰叁肆伍陆柒捌玖拾佰仟]"
)
_NAMES = re.compile(
    r"十分|五台|三门峡|八仙|一带一路|两江|三农|一二三产|百年|千万(?=不|要|别)|万一|一般|一系列|一些|一点|"
    r"一起|一同|一体|一线|一流|半年报|十[四三二五]五|二十大|十[八九]大|五湖|四海|零部|第一(?=书记|时间|线|代)"
)
_CODE = re.compile(r"[0-9]+(?:\+[0-9a-z]+)+|[a-z]+-?[0-9]+[a-z0-9-]*|[0-9]+[a-z]{1,2}(?![a-z0-9])")
_HAN_ONLY = re.compile("[^0-9]+")
_LAST = {"year": 9999, "month": 12, "day": 31}
_WEAK = frozenset({COUNT, "time", "months"})


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundNumber:
    """A number in a text.

    Attributes:
        text: As it stands there.
        start: Its place, in code points of the text as it was given.
        end: Where it ends.
        amount: What it says, in the base unit of its kind; what is said around it left out.
        kind: `year`, `month`, `day`, `ordinal`, the dimension of its unit, or empty without one.
        quantity: The number with its unit, where it is not part of a date.
    """

    text: str
    start: int
    end: int
    amount: Fraction
    kind: str
    quantity: Quantity | None = None

    def __str__(self) -> str:
        """Show it in one form: `7753名`, `60.18%`, `第2次`, `2019 year`."""
        if self.quantity is None:
            return f"{self.amount} {self.kind}"
        return f"{'第' if self.kind == 'ordinal' else ''}{self.quantity}"

    def agrees(self, other: FoundNumber) -> bool:
        """Return whether two numbers say the same; a missing unit is no contradiction."""
        if self.amount != other.amount or "ordinal" in {self.kind, other.kind} != {self.kind}:
            return False
        one, two = self.quantity, other.quantity
        if one and two and one.unit and two.unit:
            return same_unit(one.unit, two.unit)
        return self.kind == other.kind or "" in {self.kind, other.kind}


def find_numbers(text: str) -> tuple[FoundNumber, ...]:
    """Return the numbers in a text, in order.

    >>> [(number.text, str(number)) for number in find_numbers("十堰增长60.18％，七十七个创客。")]
    [('60.18％', '60.18%'), ('七十七个', '77个')]
    """
    folded, places = _fold_with_places(text)
    found = []
    for start, end, amount, kind, quantity in _scan(folded):
        first, last = places[start], places[end - 1] + 1
        found.append(
            FoundNumber(
                text=text[first:last],
                start=first,
                end=last,
                amount=amount,
                kind=kind,
                quantity=quantity,
            )
        )
    return tuple(found)


def _scan(text: str) -> Iterator[tuple[int, int, Fraction, str, Quantity | None]]:
    at = 0
    while candidate := _CANDIDATE.search(text, at):
        at = candidate.start()
        if skipped := _NAMES.match(text, at) or _CODE.match(text, at):
            at = skipped.end()
        elif date := _read_date(text, at):
            for start, end, amount, kind in date:
                yield start, end, amount, kind, None
                at = end
        elif read := _read_number(text, at):
            quantity, end = read
            kind = quantity.unit.dimension if quantity.unit else ""
            yield at, end, quantity.amount, "ordinal" if text[at] == "第" else kind, quantity
            at = end
        else:
            at = candidate.end()


def _read_date(text: str, at: int) -> list[tuple[int, int, Fraction, str]]:
    match = _DATE.match(text, at)
    if not match or not match[0]:
        return []
    parts = []
    for kind in ("year", "month", "day"):
        number = parse_number(match[kind]) if match[kind] else None
        if number is not None and number <= _LAST[kind]:
            end = min(match.end(kind) + 1, match.end())
            parts.append((match.start(kind), end, number, kind))
    return parts


def _read_number(text: str, at: int) -> tuple[Quantity, int] | None:
    ranked = text[at] == "第"
    read = scan_quantity(text, at + ranked)
    if read is None or not (ranked or _shows(text[at : read[1]], read[0])):
        return None
    return read


def _shows(written: str, quantity: Quantity) -> bool:
    """Return whether something shows that a numeral is a number and no part of a name."""
    if not _HAN_ONLY.fullmatch(written):
        return True
    if quantity.unit is None:
        return bool(quantity.bound) or (quantity.scaled and len(written) > 1)
    if written == "半":
        return False
    article = quantity.amount == quantity.unit.factor and written.startswith("一")
    return not (article and quantity.unit.dimension in _WEAK)


def _fold_with_places(text: str) -> tuple[str, list[int]]:
    """Return text folded and simplified, and for each of its characters the place it came from."""
    pieces = [fold(char) for char in text]
    places = [i for i, piece in enumerate(pieces) for _ in piece]
    folded = "".join(pieces)
    simple = simplify(folded)
    return (simple if len(simple) == len(folded) else folded), places
