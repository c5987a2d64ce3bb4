"""The value that an output commits to: the one in the place that the question asks about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from evalkit.metrics.alignment import UNTIL, answers_another
from evalkit.metrics.asked_values import as_asked
from evalkit.metrics.clauses import conflicts, is_about_other, is_former
from evalkit.metrics.outline import begins_own
from evalkit.values.equality import equal
from evalkit.values.grammar import may_begin, values
from evalkit.values.lexer import word_set
from evalkit.values.moments import WEEKDAY
from evalkit.values.patterns import any_of
from evalkit.values.phrases import CORRECTIONS, FILLERS, NEGATIVE, NOW, RESULTS, SUBORDINATES
from evalkit.values.reading import complete, is_cut
from evalkit.values.synonyms import find_act
from evalkit.values.units import same_unit, scan_units
from evalkit.values.value import Moment, Quantity, Range, Rank, Ratio

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.metrics.clauses import Clause
    from evalkit.values.question import Question
    from evalkit.values.value import Value

_CORRECTION = re.compile(rf"(?:{any_of(CORRECTIONS)})[^0-9]{{0,6}}$")
_RESULT = re.compile(rf"(?:{any_of(' '.join(RESULTS))})$")
_SUBORDINATE = re.compile(rf"(?:^|[,;])(?:{any_of(SUBORDINATES)})|(?:其中|从|由|比|较)[^,;]*$")
_BOUND = re.compile("的?(?:之?前|以前|之?后|以后|前一|后一|第二天|次日|翌日|前夕|那|未)")
_SINCE = ("从", "自")
_ROOM = 48  # characters for one value, and all that belongs to it
_OPPOSITES = (("男", "女"), ("主", "客"), ("城", "乡"), ("甲", "乙"))
_DENIED_BEHIND = re.compile("[未没]|无法")
_FULL_YEAR = 100
_PLACES, _HELD = frozenset("位名"), "届"
_LIGHT, _ADVERBS = "了为是达到约近有共在于可以", "的才就将也便"
_FILLERS = word_set(FILLERS)
_WEEKDAY = re.compile(WEEKDAY)


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A place of a clause that may be the answer, or rival it.

    Attributes:
        clause: the clause.
        start: where it begins there.
        end: where it ends there.
        readings: the values that it can be read as; none for a name or phrase.
        spread: how many characters stand between its own.
    """

    clause: Clause
    start: int
    end: int
    readings: tuple[Value, ...] = ()
    spread: int = 0

    @property
    def written(self) -> str:
        """It as it is written."""
        return self.clause.text[self.start : self.end]

    @property
    def left(self) -> str:
        """What stands before it in its clause."""
        return self.clause.text[: self.start]

    @property
    def right(self) -> str:
        """What stands behind it in its clause."""
        return self.clause.text[self.end :]


def any_equal(ours: Sequence[Value], theirs: Sequence[Value], question: Question) -> bool:
    """Return whether some value of one side equals some of the other."""
    return any(equal(one, other, question) for one in ours for other in theirs)


def candidates(
    clauses: Sequence[Clause], *, dates: bool = True, amounts: bool = True
) -> Iterator[Candidate]:
    """Yield the values of clauses, leftmost and longest; of dates or amounts alone, if so asked."""
    for clause in clauses:
        for readings, start, end in _values_of(clause.text, dates=dates, amounts=amounts):
            yield Candidate(readings=readings, clause=clause, start=start, end=end)


@lru_cache(maxsize=64)
def _values_of(
    text: str, *, dates: bool, amounts: bool
) -> tuple[tuple[tuple[Value, ...], int, int], ...]:
    """Return the values of a clause and where each begins and ends; kept for other references."""
    every = []
    at = 0
    while at < len(text):
        begins = may_begin(text[at]) and not is_cut(text, at)
        begins = begins and (amounts or not text.endswith("每", 0, at) or _names_weekday(text, at))
        room = text[at : at + _ROOM] if begins else ""
        found = list(values(room, dates=dates, amounts=amounts)) if begins else []
        longest = max((one_end for _, one_end in found), default=0)
        if longest and _ends_with_verb(room, longest):
            room = room[: longest - 1]
            found = list(values(room, dates=dates, amounts=amounts))
            longest = max((one_end for _, one_end in found), default=0)
        end = at + longest
        if longest and not _may_be_any(room[:longest]) and not _is_part_of_word(room, longest):
            every.append((tuple(value for value, stop in found if stop == longest), at, end))
        at = max(end, at + 1)
    return tuple(every)


def _names_weekday(text: str, at: int) -> bool:
    """Return whether 周三 of 每周三 names a day, as 周三 of 每周三次 does not."""
    day = _WEEKDAY.match(text, at)
    return day is not None and not any(scan_units(text, day.end()))


def _ends_with_verb(room: str, end: int) -> bool:
    """Return whether a value has taken the verb behind it for its end: 1200万元来自."""
    return room[end - 1] == "来" and end < len(room)


def _is_part_of_word(room: str, end: int) -> bool:
    """Return whether a bare number begins a date or a word: 6 of 6月底, 5 of 5A级."""
    after = room[end : end + 1]
    return room[end - 1].isdecimal() and (after in {"月", "日", "号"} or _is_latin(after))


def _may_be_any(written: str) -> bool:
    """Return whether a numeral is as likely part of a word: 一 of 一共."""
    return len(written) == 1 and not written.isascii()


def comparable(
    candidate: Candidate, theirs: Sequence[Value], question: Question
) -> tuple[Value, ...]:
    """Return the readings of a candidate that are of the same kind as the reference."""
    slot = question.slots[0] if question.slots else None
    ranges = any(isinstance(other, Range) for other in theirs)
    found = []
    for value in candidate.readings:
        if isinstance(value, Range) and slot and (slot.target or (value.change and not ranges)):
            value = value.high  # noqa: PLW2901 - 由25增至30 where the end is asked for
        elif isinstance(value, Range) and not ranges and question.asks_moment:
            value = _asked_end(value, question)  # noqa: PLW2901 - 几点 of 到几点
        full = as_asked(complete(value, question, slot), theirs, question, slot)
        if any(type(full) is type(other) and _may_rival(full, other) for other in theirs):
            found.append(full)
    return tuple(found)


def _asked_end(span: Range, question: Question) -> Value:
    """Return the end of a span of time that a question asks for: 营业到几点, 从几点开始."""
    if question.before.endswith(UNTIL):
        return span.high
    return span.low if question.before.endswith(_SINCE) else span


def _may_rival(one: Value, other: Value) -> bool:
    """Return whether two values of one kind are of the same unit; 十年 is no year beside 2021年."""
    if isinstance(one, Moment) and isinstance(other, Moment) and one.year and other.year:
        return one.year >= _FULL_YEAR or other.year < _FULL_YEAR
    if isinstance(one, Rank) and isinstance(other, Rank) and one.unit and other.unit:
        names = {one.unit.name, other.unit.name}
        held = _HELD in names and len(names) > 1  # 第十次 is not 第十届
        return not held and (same_unit(one.unit, other.unit) or bool(names & _PLACES))
    if not isinstance(one, Quantity) or not isinstance(other, Quantity):
        return True
    return one.unit is None or other.unit is None or same_unit(one.unit, other.unit)


def place_level(candidate: Candidate, clauses: Sequence[Clause], question: Question) -> int:
    """Return how well a value stands in the place that a question asks about.

    6 after a correction or a sign of equality, 5 alone, 4 beside the very words that the question
    word stands beside, 3 in a clause with them, 1 elsewhere, 0 where it is denied or of something
    else.
    """
    left, right, clause = candidate.left, candidate.right, candidate.clause
    if _fails(right, question) or _BOUND.match(right) or _is_latin(left[-1:]):
        return 0
    if _RESULT.search(left) or _CORRECTION.search(left):
        return 6
    if conflicts(clause.led, question) or is_former(clause, clauses, question):
        return 0
    beside_others = bool(_SUBORDINATE.search(left)) or "其中" in clause.topic
    about_other = is_about_other(clause, clauses, question)
    explained = _is_explained(left, right, question) and not beside_others
    if explained and not (about_other and any(two in left for two in question.bigrams)):
        return 5
    if (
        about_other
        or _other_noun(candidate, question)
        or _is_turned(candidate, question)
        or answers_another(clause, candidate.start, candidate.end, question)
    ):
        return 0
    level = _closeness(candidate, question)
    level -= level > 1 and beside_others
    slot = question.slot
    if slot and slot.change and any(_change(value) == slot.change for value in candidate.readings):
        level += 1
    return level


def _closeness(candidate: Candidate, question: Question) -> int:
    """Return the level of a value by the words around it."""
    left, right, clause = candidate.left, candidate.right, candidate.clause
    noun = question.counted
    heads = tuple(filter(None, (noun[:2], question.continuation[:2])))
    behind = bool(heads) and right.lstrip(_ADVERBS).startswith(heads)
    before = left.rstrip(_LIGHT).endswith(question.keys)
    now = tuple(word for word in NOW.split() if word in question.text)
    before |= bool(now) and left.rstrip(_LIGHT + "的").endswith(now)
    counted = bool(noun) and not left.rstrip(_LIGHT).endswith((noun[:2], noun[-2:]))
    if before and not behind and counted and begins_own(right, question):
        return 3  # 造成1人死亡 for 造成几人受伤
    if behind or before:
        return 4
    near = any(key in clause.text for key in question.keys) or (noun and noun[:2] in clause.text)
    return 3 if near else 1


def _change(value: Value) -> int:
    return value.change if isinstance(value, Quantity) and not value.target else 0


def _fails(right: str, question: Question) -> bool:
    """Return whether what stands behind a value denies the clause: 挖了36小时仍未打通."""
    return bool(_DENIED_BEHIND.search(right)) and NEGATIVE.isdisjoint(question.text)


def _is_turned(candidate: Candidate, question: Question) -> bool:
    """Return whether a ratio is told the other way round: 女男比例 for 男女比例."""
    if not any(isinstance(value, Ratio) for value in candidate.readings):
        return False
    for one, other in _OPPOSITES:
        if one in question.text and other in question.text and one in candidate.left:
            asked = question.text.index(one) < question.text.index(other)
            told = candidate.left.index(one) < (candidate.left + other).index(other)
            return asked is not told
    return False


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _is_explained(left: str, right: str, question: Question) -> bool:
    return len(left) in question.beginnings(left) and 0 in question.endings(
        right, single=bool(question.slots)
    )


def _other_noun(candidate: Candidate, question: Question) -> bool:
    """Return whether a count is of something else than what the question counts."""
    noun = question.counted
    right = candidate.right.removeprefix("的")
    if not noun or not right or right[:2] in question.after or _FILLERS.first(right, 0):
        return False
    if right[0] in NEGATIVE and not begins_own(right, question):
        return False
    return find_act(noun[:2], candidate.clause.text) < 0
