"""The numbers in running text, each in canonical form and with its place.

text   = {mark of a list | name | low end of a range | date | clock | number | any character}
date   = year | [year] month [day] | day                       each part a number of its own
clock  = hour ("点" | "时") ["半" | minute "分"]
number = ["第" | "近" | "超" | …] quantity                      as in `quantities`

A numeral counts as a number where something shows that it is one: digits, a unit, 百分之, 万, 第,
a date or a time of day. Numerals inside names and set phrases are none: 十堰, 八一路, 五一, 统一,
十分, 第一书记, 5G; nor are the marks of a list, or what leaves the amount open: 几十, 六七千.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from evalkit.values.clock import read_hour
from evalkit.values.dates import date_parts
from evalkit.values.lexicon import Qualifier
from evalkit.values.numerals import BEGINNINGS, parse_number, scan_numeral
from evalkit.values.placed import fold_with_places
from evalkit.values.quantities import quantities
from evalkit.values.units import COUNT, same_unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.values.value import Quantity

_HAN = "".join(sorted(char for char in BEGINNINGS if not char.isascii()))
# A Han numeral is taken whole: where it is no number (八一路, 六七千), its end is none either.
_CANDIDATE = re.compile(
    r"(?:(?<![^\s,。、;:(])[-+])?(?<![0-9.a-z])[0-9]|第 ?[0-9]|"
    r"(?:几|(?<![人总次户])数(?!百分))[十百千万亿]+|"
    rf"(?!(?<=[唯统同单专逐])一)第?(?:零下|负)?(?:[{_HAN}]+|半)"
)
_FIRST = re.compile(rf"[-+0-9第几数负半{_HAN}]")  # what a candidate begins with
_RANK = re.compile("第 ?")
_ROOM = 20  # characters, for one number, or a unit and all that stands with it
_SPAN = re.compile(
    rf"(?P<low>[0-9][0-9.,]{{,{_ROOM}}}|[{_HAN}]{{1,{_ROOM}}})(?:[-~–—]{{1,2}}|至|到)"
    rf"(?P<high>[0-9][0-9.,]{{,{_ROOM}}}|[〇零一二两三四五六七八九十百千]{{1,{_ROOM}}})"
    r"(?P<scale>[万亿]{,2})"
)
_QUARTER = re.compile("(?<!前)[1-4一二三四]季度")
_LONE = frozenset("百千万亿")
_NEARLY = re.compile("(?:(?<![附最])近|接近|逾|超|超过|约|上)$")
_NO_NUMBER = re.compile(  # names, and codes
    r"十分|五台|三门峡|八仙|一带一路|两江|三农|一二三产|(?<![近逾超])百年|千万(?=不|要|别)|万一|一般|"
    r"一系列|一些|(?<![午晨晚])一点|一起|一同|一体|一线|一流|半年报|十[四三二五]五|二十大|十[八九]大|"
    r"五湖|四海|零部|[一两三四五六]位数|第二[年天]|第[一1](?=书记|时间|线|代)|"
    r"[0-9]+(?:\+[0-9a-z]+)+|[a-z]+-?[0-9]+[a-z0-9-]*|[0-9]+[a-z]{1,2}(?![a-z0-9])"
)
_HAN_ONLY = re.compile("[^0-9]+")
_DATE_SIGNS = ("年", "月", "日", "号")
_LAST = {"hour": 24, "minute": 59}
_DAY_ENDS = ("午", "晨", "晚", "早", "晚上", "早上")
_HALF_HOUR = Fraction(30)
_WEAK = frozenset({COUNT, "time", "months"})

# Looked for behind the character before it: what begins in few ways is found fast.
_MARK = re.compile(
    r"[\s。,;:!?](?:[ \t#>*_•·-]{0,8}"
    r"(\([0-9]{1,2}\)|[0-9]{1,2}(?:\)|\.(?:(?![0-9])|(?=[0-9]{4}年))))"
    r"|(?<=[\n。;:!?])[\s#>*_•·-]{0,8}"
    r"([0-9]{1,2}(?:、(?![0-9]+[、和及至])|:(?![0-9]))|"
    r"第[0-9一二三四五六七八九十]{1,3}点?[,、:]))"
)


class FoundNumber(NamedTuple):
    """A number in a text.

    Attributes:
        text: As it stands there.
        start: Its place, in code points of the text as it was given.
        end: Where it ends.
        amount: What it says, in the base unit of its kind; what is said around it left out.
        kind: `ordinal`, a part of a date or time such as `year`, the dimension of its unit, or
            empty without one.
        quantity: The number with its unit, where it is not part of a date or time.
        sure: Whether it is meant as a number; 一名 may be one person or just a person.
    """

    text: str
    start: int
    end: int
    amount: Fraction
    kind: str
    quantity: Quantity | None = None
    sure: bool = True

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
    """Return the numbers that a text surely states, in order.

    >>> [(number.text, str(number)) for number in find_numbers("十堰增长60.18％，七十七个创客。")]
    [('60.18％', '60.18%'), ('七十七个', '77个')]
    """
    return tuple(number for number in possible_numbers(text) if number.sure)


def possible_numbers(text: str) -> tuple[FoundNumber, ...]:
    """Return all that a text may state as a number, in order: what others may take from it.

    >>> [number.text for number in possible_numbers("一名创客，上百家企业，统一")]
    ['一名', '百家']
    """
    folded, places = fold_with_places(text)
    return tuple(
        FoundNumber(text[start:end], start, end, one.amount, one.kind, one.quantity, one.sure)
        for one in numbers_in(folded)
        for start, end in [(places[one.start], places[one.end - 1] + 1)]
    )


@lru_cache(maxsize=32)  # the metrics of a case follow one another, the summaries of an article too
def numbers_in(folded: str) -> tuple[FoundNumber, ...]:
    """Return all that a folded and simplified text may state as a number, each without its text."""
    return tuple(_scan(_MARK.sub(_blank, f"\n{folded}")[1:]))


def _scan(text: str) -> Iterator[FoundNumber]:
    at = 0
    while first := _FIRST.search(text, at):
        at = first.start()
        candidate = _CANDIDATE.match(text, at)
        if candidate is None:
            at += 1
        elif skipped := _NO_NUMBER.match(text, at):
            at = skipped.end()
        elif found := _read_low(text, at) or _read_date(text, at) or _read_number(text, at):
            yield from found
            at = found[-1].end
        else:
            at = candidate.end()


def _read_low(text: str, at: int) -> list[FoundNumber]:
    """Return the low end of a range; what it leaves out stands behind the high end: 3-5万元."""
    span = _SPAN.match(text, at)
    if span is None:
        return []
    scaled = (parse_number(span["low"]) or 0) < (parse_number(span["high"]) or 0)
    left_out = span.end("high" if scaled else "scale")
    complete = span["low"] + text[left_out : left_out + _ROOM]
    found = _read_date(complete, 0) or _read_number(complete, 0)
    return [number._replace(start=at, end=span.end("low")) for number in found[:1]]


def _read_date(text: str, at: int) -> list[FoundNumber]:
    numeral = scan_numeral(text, at)
    if numeral is None or not text.startswith(_DATE_SIGNS, numeral.end):  # so before most units
        return _read_clock(text, at)
    parts = date_parts(text, at)
    if parts and text.startswith("份额", parts[-1][3]):
        parts = parts[:-1]
    return [
        FoundNumber(text="", start=start, end=end, amount=Fraction(number), kind=kind)
        for kind, number, start, end in parts
    ] or _read_clock(text, at)


def _read_clock(text: str, at: int) -> list[FoundNumber]:
    """Read an hour and its minutes; a bare 三点 may be three points."""
    hour, end = read_hour(text, at) or (0, at)
    if end == at or hour > _LAST["hour"]:
        return []
    half = text.startswith("半", end)
    minutes = None if half else scan_numeral(text, end)
    named = (
        minutes is not None
        and text.startswith("分", minutes.end)
        and not text.startswith(("分钟", "分之"), minutes.end)
    )
    if text[end - 1] == "时":
        timed = not text.startswith(("间", "代", "期", "候", "段"), end) and not text.startswith(
            "一时", at
        )
    else:
        timed = (
            half
            or named
            or text.startswith(("钟", "整"), end)
            or text[max(at - 2, 0) : at].endswith(_DAY_ENDS)
        )
    if not timed:
        return []
    found = [FoundNumber(text="", start=at, end=end, amount=Fraction(hour), kind="hour")]
    if half:
        found.append(FoundNumber(text="", start=end, end=end + 1, amount=_HALF_HOUR, kind="minute"))
    elif named and minutes and minutes.value <= _LAST["minute"]:
        found.append(
            FoundNumber(
                text="", start=end, end=minutes.end + 1, amount=minutes.value, kind="minute"
            )
        )
    return found


def _read_number(text: str, at: int) -> list[FoundNumber]:
    rank = _RANK.match(text, at)
    nearly = _NEARLY.search(text, max(at - 2, 0), at) if text[at] in _LONE else None
    start = rank.end() if rank else nearly.start() if nearly else at
    quantity, end = max(quantities(text, start), key=itemgetter(1), default=(None, at))
    if (
        quantity is None
        or quantity.qualifier is Qualifier.SEVERAL
        or (nearly and not quantity.unit)
    ):
        return []
    written, unit = text[at:end], quantity.unit
    ordinal = bool(rank or _QUARTER.match(text, at))
    shown = ordinal or _shows(written, quantity)
    if not shown and not text.startswith("点", end):
        return []
    doubtful = _may_be_any(written, quantity) or (nearly is not None and nearly[0] == "上")
    return [
        FoundNumber(
            text="",
            start=at,
            end=end,
            amount=quantity.amount,
            kind="ordinal" if ordinal else unit.dimension if unit else "",
            quantity=quantity,
            sure=ordinal or (shown and not doubtful),
        )
    ]


def _shows(written: str, quantity: Quantity) -> bool:
    """Return whether something shows that a numeral is a number and no part of a name."""
    if not _HAN_ONLY.fullmatch(written):
        return True
    if quantity.unit is None:
        return bool(quantity.qualifier) or (quantity.scaled and len(written) > 1)
    return written != "半"


def _may_be_any(written: str, quantity: Quantity) -> bool:
    """Return whether a numeral may say “a” as well as “one”: 一名, 一年."""
    unit = quantity.unit
    if unit is None or unit.dimension not in _WEAK:
        return False
    return quantity.amount == unit.factor and written.startswith("一")


def _blank(mark: re.Match[str]) -> str:
    """Return line breaks for the mark of a list, and what stands before it."""
    length = len(mark[1] or mark[2])
    return mark[0][:-length] + "\n" * length
