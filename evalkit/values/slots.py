"""The numbers that a question asks for: 多少, 几, 多长, and what it says around them.

slot = [change ["至"]] [qualifier] ["百分之" | "第"] ("多少" | "几" | 多长 …) [scale] [unit] [noun]
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from evalkit.values.lexer import Words
from evalkit.values.lexicon import AVERAGES, BEFORE, CHANGES, TO, Qualifier
from evalkit.values.numerals import scan_numeral
from evalkit.values.patterns import any_of
from evalkit.values.units import COUNT, Unit, scan_units, unit_named

HOW = "多(?:[长久重远宽深快]|大(?![学楼型量])|高(?!校))"
"""多长, 多大 and the like, but not 多大学."""
_AMOUNT = re.compile(
    r"(?P<per>百分之)?(?P<ordinal>第)?(?:多少|(?<![哪好])(?<!星期)(?<!礼拜)(?<!周)(?<!点)几(?![乎月号日点时]|分之几))"
    rf"|{HOW}|几分之几"
)
_SCALE = re.compile(r"[十百千万亿]+")
_CLAUSE_END = re.compile(r"[,;:。!?]")
_EACH = re.compile(
    r"每(?:个|一)?|一(?=[天日周月年])|(?<=多少钱)一|(?<=多少元)一|" + any_of(" ".join(AVERAGES))
)
_OF_BEFORE = re.compile("(?:原来|原先|以前|上年|去年|同期|当初)的$")
_BEFORE, _CHANGES, _TO = Words(BEFORE), Words(CHANGES), Words(TO)


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """A 多少 or 几 in a question: what it asks the number of.

    Attributes:
        start: Where it begins in the question.
        ordinal: Whether it asks for a rank (第几).
        unit: The unit it names, if any.
        scale: The 万 or 亿 that stands before that unit.
        qualifier: The qualifier right before it (超过多少).
        change: The direction that is asked about (增长多少): 1, -1, or 0.
        target: Whether it asks where a change ends (增至多少).
        before: The clause before it.
        noun: The clause after its unit.
    """

    start: int
    ordinal: bool
    unit: Unit | None
    scale: Fraction
    qualifier: Qualifier
    change: int
    target: bool
    before: str
    noun: str


def read_slots(text: str) -> tuple[Slot, ...]:
    """Return every number that a tidied question asks for, in order.

    >>> [slot.noun for slot in read_slots("有多少个项目,多少人参加")]
    ['项目', '参加']
    """
    return tuple(_read_slot(text, match) for match in _AMOUNT.finditer(text))


def read_rates(text: str) -> tuple[Unit, ...]:
    """Return what a question asks the number for each of: 小时 of 每小时.

    >>> [unit.name for unit in read_rates("每小时多少公里？")]
    ['小时']
    """
    found = []
    for match in _EACH.finditer(text):
        if match[0] in AVERAGES:
            found.append(unit_named(AVERAGES[match[0]]))
        elif unit := next(scan_units(text, match.end()), None):
            found.append(unit[0])
        elif text.startswith("月", match.end()):
            found.append(unit_named("个月"))
    return tuple(found)


def scaled_unit(text: str, start: int = 0) -> tuple[Fraction, Unit | None, int]:
    """Return the scale and the unit that begin at a place, and where they end.

    >>> scale, unit, end = scaled_unit("万元")
    >>> int(scale), unit.name
    (10000, '元')
    """
    scale, end = Fraction(1), start
    if match := _SCALE.match(text, start):
        numeral = scan_numeral("一" + match[0])
        scale, end = (numeral.value if numeral else scale), match.end()
    unit = next(scan_units(text, end), None)
    return (scale, *unit) if unit else (scale, None, end)


def _read_slot(text: str, match: re.Match[str]) -> Slot:
    scale, unit, end = scaled_unit(text, match.end())
    if match[0].startswith("多") and match[0] != "多少":
        scale, unit, end = Fraction(1), None, len(text)
    noun = _CLAUSE_END.split(text[end:])[0]
    if match["per"]:
        unit = unit_named("%")
    elif unit and unit.name == "块" and noun:
        unit = Unit(name="块", dimension=COUNT)
    before = _CLAUSE_END.split(text[: match.start()])[-1]
    qualifier = _BEFORE.last(text, match.start())
    change, target = _read_change(before)
    return Slot(
        start=match.start(),
        ordinal=bool(match["ordinal"]),
        unit=unit,
        scale=scale,
        qualifier=qualifier[0] if qualifier else Qualifier.EXACT,
        change=change,
        target=target,
        before=before,
        noun=noun,
    )


def _read_change(before: str) -> tuple[int, bool]:
    """Return the direction right before a slot, and whether it asks where the change ends."""
    before = _OF_BEFORE.sub("", before)
    end = len(before) - before.endswith("了")
    target = _TO.last(before, end)
    found = _CHANGES.last(before, target[1] if target else end)
    return (found[0], target is not None) if found else (0, False)
