"""What a question asks for and what it fixes, so that an answer may leave it out or repeat it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from evalkit.values.form import close_up, tidy
from evalkit.values.lexer import Words, word_set
from evalkit.values.lexicon import BEFORE, RATES_OF_CHANGE, SINCE
from evalkit.values.numerals import parse_number
from evalkit.values.patterns import SMALL_NUMBER, compile_words
from evalkit.values.phrases import ASKED, FILLERS, LEADS, NEGATIVE
from evalkit.values.question_words import QuestionWords
from evalkit.values.slots import read_rates, scaled_unit

if TYPE_CHECKING:
    from fractions import Fraction

    from evalkit.records import QuestionType
    from evalkit.values.slots import Slot
    from evalkit.values.units import Unit

_CODE = re.compile(
    r"(?:(?<![几少0-9一二三四五六七八九十口])号码?|热线|电话|邮编|邮政编码|编码|编号|代码|密码|版本号?|账号|帐号|牌号|文号|学号)"
    r"(?:分别)?[是为]?(?:多少|几号|什么|哪个)?(?=$|[?,:])"
)
_ASKED = {kind: compile_words(words) for kind, words in ASKED.items()}
_COUNTED = re.compile(
    r"(?:哪|^|[这的])([0-9]{1,2}|[两二三四五六七八九十])[个名位家类种项条座所站点处地]"
)
_UNRANKED = re.compile(
    "[^前冠亚季第、和与]*[两二三四五六七八九十0-9][名位个家][^前冠亚季第、和与]{0,8}分别(?:叫什么|是谁|是哪)"
)
"""Several of one kind, whom nothing in the question tells apart: 两名救人者分别叫什么."""
_DATE_PARTS = re.compile(
    r"(?P<year>(?<![0-9])[0-9]{4}(?![0-9])|[〇零一二三四五六七八九]{4}(?=年))"
    rf"|(?P<month>{SMALL_NUMBER})月|(?P<day>{SMALL_NUMBER})[日号]"
)
_DATE_UNIT = re.compile("(?:几|哪一?|哪个)(?P<unit>[月日号])")
_FILLERS, _SINCE_FILLERS = word_set(FILLERS), word_set(f"{FILLERS} {SINCE}")
_LEADS = word_set(f"{FILLERS} {LEADS}")
_BEFORE_PHRASE = Words({word: side for word, side in BEFORE.items() if len(word) > 1})
_LIGHT = "的是为有共在于由从了达到约大"
_LONGEST_RESIDUE = 30


@dataclass(frozen=True, kw_only=True)  # no slots: what is read from the text is cached
class Question(QuestionWords):
    """A question, read for what it fixes.

    Attributes:
        text: The question in the form that answers are compared in.
        type: The kind of answer that its author states, if any.
        unit: The unit that its author wrote beside it, if any.
        ordered: Whether its author says that order counts.
    """

    type: QuestionType | None = None
    unit: str | None = None
    ordered: bool = False

    def __hash__(self) -> int:
        """Return a hash that is made once: what is read for a question is kept by it."""
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.text, self.type, self.unit, self.ordered))

    def _says(self, kind: str) -> bool:
        return bool(_ASKED[kind].search(self.text))

    @cached_property
    def slot(self) -> Slot | None:
        """The number that is asked for; of several, the first that names a unit."""
        named = (slot for slot in self.slots if slot.unit)
        return next(named, self.slots[0] if self.slots else None)

    @cached_property
    def stated_unit(self) -> tuple[Fraction, Unit | None]:
        """The scale and unit that the author wrote beside the question."""
        scale, unit, _ = scaled_unit(self.unit or "", 0)
        return scale, unit

    @cached_property
    def dates(self) -> frozenset[tuple[str, int]]:
        """The years, months and days that it states."""
        found = (
            (kind, parse_number(word))
            for match in _DATE_PARTS.finditer(self.text)
            for kind, word in match.groupdict().items()
            if word
        )
        return frozenset((kind, int(number)) for kind, number in found if number is not None)

    @cached_property
    def asks_amount(self) -> bool:
        """Whether it asks how many or how much."""
        return self.type == "number" or bool(self.slots)

    @cached_property
    def asks_moment(self) -> bool:
        """Whether it asks for a day, a year or a time."""
        if self.type not in {None, "list", "phrase", "unanswerable"}:
            return self.type == "date"
        return not self.slots and self._says("moment")

    @cached_property
    def asks_person(self) -> bool:
        """Whether it asks for a person."""
        named = self.type in {None, "list", "unanswerable"} and self._says("person")
        return self.type == "person" or named

    @cached_property
    def asks_place(self) -> bool:
        """Whether it asks for a place."""
        return self.type == "place" or (self.type is None and self._says("place"))

    @cached_property
    def asks_doer(self) -> bool:
        """Whether it asks for whoever or whatever has a name and may have done something."""
        if self.type is None:
            return self.asks_person or self._says("named")
        named = self.type in {"organization", "place", "list"}
        return named or self.asks_person or self._says("person")

    @cached_property
    def asks_yes_no(self) -> bool:
        """Whether it can be answered with yes or no."""
        return self.type == "yesno" or self._says("yes-no")

    @cached_property
    def asks_code(self) -> bool:
        """Whether it asks for a number that is a name: of a room, a telephone, a version."""
        code = _CODE.search(self.text)
        return bool(code and all(slot.start >= code.start() for slot in self.slots))

    @cached_property
    def asks_weekday(self) -> bool:
        """Whether it asks for a day of the week, be it of this week or another."""
        return self._says("weekday")

    @cached_property
    def asks_since(self) -> bool:
        """Whether it asks from when something holds."""
        return self.asks_moment and self._says("since")

    @cached_property
    def asks_score(self) -> bool:
        """Whether it asks for the score of a match, which is also written 2-1."""
        return "比分" in self.text

    @cached_property
    def asks_reason(self) -> bool:
        """Whether it asks why."""
        return self._says("reason")

    @cached_property
    def asks_list(self) -> bool:
        """Whether it asks for several things."""
        return self.type == "list" or self._says("list")

    @cached_property
    def n_asked(self) -> int:
        """How many things it asks for, or 0 where it does not say."""
        counted = _COUNTED.search(self.text)
        number = parse_number(counted[1]) if counted else None
        return int(number) if number is not None else 0

    @cached_property
    def asks_name(self) -> bool:
        """Whether numerals in its answer are names."""
        return self.type in {"person", "organization", "place"} or self.asks_person

    @cached_property
    def asks_rate_of_change(self) -> bool:
        """Whether its answer has a sign of its own: a fall is a negative 增速."""
        return any(noun in self.text for noun in RATES_OF_CHANGE)

    @cached_property
    def date_unit(self) -> str:
        """The 月 or 日 that is all it asks for, or nothing."""
        units = {match["unit"] for match in _DATE_UNIT.finditer(self.text)}
        return units.pop() if len(units) == 1 else ""

    @cached_property
    def rates(self) -> tuple[Unit, ...]:
        """What it asks the number for each of: 小时 of 每小时."""
        return read_rates(self.text)

    @cached_property
    def fixes_order(self) -> bool:
        """Whether the answers belong to parts of the question one by one."""
        if self.ordered or len(self.slots) > 1:
            return True
        return self._says("order") and not _UNRANKED.match(self.text)

    def beginnings(self, text: str) -> frozenset[int]:
        """Return where the beginnings of a text end that repeat the question or carry no content.

        What they repeat stands before the question word. 0, the empty one, is always among them.

        >>> sorted(ask("襄阳市共有多少个项目参赛？").beginnings("共有45个"))
        [0, 1, 2]
        """
        vocabulary = self.text if self.fixes_order else self.before or self.after
        reached, pending = {0}, [0]
        nearest = self.before.rstrip(_LIGHT)[-1:]
        if nearest and text.startswith((nearest, self.before[-1])) and text[0] not in NEGATIVE:
            pending.append(1)  # 姓什么: 姓于; 体长大约是多少: 长86厘米
        while pending:
            at = pending.pop()
            reached.add(at)
            if at < min(len(text), _LONGEST_RESIDUE):
                pending += [end for end in _pieces(text, at, vocabulary) if end not in reached]
        return frozenset(at for at in reached if not at or not _BEFORE_PHRASE.last(text, at))

    def endings(self, text: str, *, single: bool = False) -> frozenset[int]:
        """Return where the ends of a text begin that repeat the question or carry no content.

        What they repeat stands behind the question word, or before it if nothing stands behind.

        Args:
            text: An answer.
            single: Whether a single character of the question counts, as behind a number.

        >>> sorted(ask("成功转移了多少名学生？").endings("93名学生"))
        [2, 3, 5]
        """
        vocabulary = self.text if self.fixes_order else self.behind or self.before
        fillers = _SINCE_FILLERS if self.asks_since else _FILLERS
        shortest = 1 if single and self.behind else 2
        reached, pending = {len(text)}, [len(text)]
        tails = [tail for n in range(1, 9) if (tail := self.behind[:n]) and text.endswith(tail)]
        if self.asks_moment and text[-2:] in self.after:
            tails.append(text[-1:])  # 几月几日前: 12月20日前
        for tail in tails:
            if NEGATIVE.isdisjoint(tail):
                pending.append(len(text) - len(tail))
                reached.add(len(text) - len(tail))
        while pending:
            end = pending.pop()
            if not end or len(text) - end > _LONGEST_RESIDUE:
                continue
            starts = (
                [end - 1]
                if text[end - 1] in ",:、"
                else [start for _, start in fillers.ending(text, end)]
            )
            start = end - 1
            while start >= 0 and text[start] not in NEGATIVE and text[start:end] in vocabulary:
                if end - start >= shortest:
                    starts.append(start)
                start -= 1
            pending += [start for start in starts if start not in reached]
            reached.update(starts)
        return frozenset(reached)


@lru_cache(maxsize=4096)
def ask(
    question: str,
    unit: str | None = None,
    *,
    type: QuestionType | None = None,  # noqa: A002 - the field's name
    ordered: bool = False,
) -> Question:
    """Return a question read for what it fixes.

    >>> slot = ask("公司的营收达到多少亿元？").slots[0]
    >>> slot.unit.name, slot.scale
    ('元', Fraction(100000000, 1))
    """
    return Question(text=close_up(tidy(question)), type=type, unit=unit, ordered=ordered)


def _pieces(text: str, at: int, vocabulary: str) -> list[int]:
    """Return where the fillers, and the pieces of two or more characters of a vocabulary, end.

    What negates is content.
    """
    if text[at] in ",:、":
        return [at + 1]
    ends = [end for _, end in _LEADS.starting(text, at)]
    end = at + 1
    while end <= len(text) and text[end - 1] not in NEGATIVE and text[at:end] in vocabulary:
        if end - at > 1:
            ends.append(end)
        end += 1
    return ends
