"""What a question fixes, so that an answer may leave it out or repeat it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from evalkit.values.answer_form import close_up, tidy
from evalkit.values.numerals import parse_number, scan_numeral
from evalkit.values.qualifiers import Bound, bound_before
from evalkit.values.rates import find_rates
from evalkit.values.units import PIECE, Unit, scan_unit, unit_named

_HAN_DIGITS = "一二两三四五六七八九十"
_AMOUNTS = re.compile(r"(?P<per>百分之)?(?P<ordinal>第)?(?:多少|(?<![哪好])几(?![乎月号日]))")
_SCALE = re.compile(r"[十百千万亿]+")
_WHICH = re.compile(
    rf"几月几[日号]|几[月日号]|什么(?:时候|时间|地方)?|何[时地处人种年日月]|哪(?:里|儿|些|[几{_HAN_DIGITS}0-9]*[个位天年月日家座所种项条类]?)"
    r"|谁|如何|怎样|怎么样|多少|第?几"
)
_WHO = frozenset({"谁", "哪位", "哪一位", "何人"})
_CLAUSE_END = re.compile(r"[,;:。!?]")
_DATE = re.compile(
    r"哪一?[天年月日]|哪个月|年份|哪几[天年月日]|何[时年日月]|什么(?:时候|时间|日期)|几[月号日]|日期|时间|年月"
)
_DATE_UNIT = re.compile("(?:几|哪[一个]?)([月日号])")
_DAY = {"号": "日"}
_CODE = re.compile(
    r"(?:(?<![几少0-9一二三四五六七八九十口])号码?|电话|邮编|编码|代码|密码|版本)"
    r"(?:分别)?[是为]?(?:多少|几号|什么|哪个)?(?=$|[?,:])"
)
_LIST = re.compile(rf"哪些|哪(?:[几{_HAN_DIGITS}]|[0-9])|分别|有什么|包括什么")
_ORDERED = re.compile(r"分别|依次|先后|各(?:自|有|是|为|占|多少|几)|顺序")
_DATE_PARTS = re.compile(
    r"(?P<year>(?<![0-9])[0-9]{4}(?![0-9])|[〇零一二三四五六七八九]{4}(?=年))"
    r"|(?P<month>[0-9]{1,2}|[一二三四五六七八九十]{1,2})月"
    r"|(?P<day>[0-9]{1,2}|[一二三四五六七八九十]{1,3})[日号]"
)
_LIGHT = re.compile(r"^[,其]?其?中?|(?:的?[是为]|[有共了达:])*$")
_DAILY = re.compile("[每一][天日]")
_FILLER_WORDS = """
    共 共有 共计 一共 总共 总计 合计 累计 有 是 为 达 达到 则 即 在 于 从 由 自
    分别 分别是 分别为 分别有
"""
_FILLERS = frozenset({"", *_FILLER_WORDS.split()})
_LINKS = frozenset({"", "是", "为", "即", "叫", "名为", "名叫", "指", "指的是", "在", "于"})
_NAMED = re.compile(r"([^,;:。!?]+?)的?(?:名称|名字|全称)(?:是|叫|为)什么")
_VERB = re.compile("[了过被把将]")
_NEGATION = re.compile("[不没未非无]")
_SHORT_NEGATION = 2  # 不是4次 is no 4次, whatever 不 there is in the question
_LONGEST_LABEL, _LONGEST_LEAD = 10, 12
_SHORT_CLAUSE = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """A 多少 or 几 in a question: what it asks the number of.

    Attributes:
        start: Where it begins in the question.
        ordinal: Whether it asks for a rank (第几).
        unit: The unit it names, if any.
        scale: The 万 or 亿 that stands before that unit.
        bound: The marker right before it (超过多少).
        before: The clause before it.
        after: The clause after it, from the unit on.
        noun: The clause after the unit.
    """

    start: int
    ordinal: bool
    unit: Unit | None
    scale: Fraction
    bound: Bound
    before: str
    after: str
    noun: str

    def takes_noun(self, noun: str) -> bool:
        """Return whether a noun behind an answer's number is the one that is asked about."""
        if _VERB.search(noun):
            return False
        noun = noun.removeprefix("的")
        behind = self.noun.startswith(noun) or self.after.startswith(noun)
        return behind or (not self.noun and len(noun) > 1 and noun in self.before)


@dataclass(frozen=True, kw_only=True)  # no slots: what is read from the text is cached
class Question:
    """A question, read for what it fixes.

    Attributes:
        text: The question in the form that answers are compared in.
        unit: The unit that its author wrote beside it, if any.
        ordered: Whether its author says that order counts.
        listed: Whether its author says that several things are asked for.
    """

    text: str
    quoted: frozenset[str] = frozenset()
    unit: str | None = None
    ordered: bool = False
    listed: bool = False

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """Every number that is asked for, in order."""
        return tuple(_read_slot(self.text, match) for match in _AMOUNTS.finditer(self.text))

    @cached_property
    def stated_unit(self) -> tuple[Fraction, Unit | None]:
        """The scale and unit that the author wrote beside the question."""
        scale, unit, _ = _scaled_unit(self.unit or "", 0)
        return scale, unit

    @cached_property
    def named(self) -> tuple[str, ...]:
        """What it asks the name of."""
        return tuple(_NAMED.findall(self.text))

    @cached_property
    def head_nouns(self) -> tuple[str, ...]:
        """What stands behind each question word: 领域 of 哪些领域."""
        return tuple(
            _CLAUSE_END.split(self.text[match.end() :])[0] for match in _WHICH.finditer(self.text)
        )

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
    def asks_date(self) -> bool:
        """Whether it asks for a day, a year or a time."""
        return bool(_DATE.search(self.text))

    @cached_property
    def date_unit(self) -> str:
        """The 月 or 日 that is all it asks for, or nothing."""
        units = {_DAY.get(unit, unit) for unit in _DATE_UNIT.findall(self.text)}
        return units.pop() if len(units) == 1 else ""

    @cached_property
    def asks_code(self) -> bool:
        """Whether it asks for a number that is a name: of a room, a telephone, a version."""
        code = _CODE.search(self.text)
        return code is not None and all(slot.start >= code.start() for slot in self.slots)

    @cached_property
    def rates(self) -> frozenset[str]:
        """What it asks the number for each of: 小时 of 每小时."""
        return find_rates(self.text)

    @cached_property
    def asks_list(self) -> bool:
        """Whether it asks for several things."""
        return self.listed or bool(_LIST.search(self.text))

    @cached_property
    def fixes_order(self) -> bool:
        """Whether the answers belong to parts of the question one by one."""
        return self.ordered or len(self.slots) > 1 or bool(_ORDERED.search(self.text))

    def place_of_label(self, label: str) -> int | None:
        """Return where a label before a value stands in the question; None: it does not.

        The label of nothing but filler words stands nowhere in particular: -1. A label that is
        the whole clause before the question word is no label but the sentence over again.
        """
        if label in _FILLERS:
            return -1
        bare = _LIGHT.sub("", label)
        negated = _NEGATION.search(bare) and len(bare) <= _SHORT_NEGATION
        if label.endswith("第") or negated:
            return None
        if not bare or len(label) > _LONGEST_LABEL:
            return -1 if not bare else None
        whole = any(label == slot.before and len(label) > _SHORT_CLAUSE for slot in self.slots)
        place = _DAILY.sub("每天", self.text).find(_DAILY.sub("每天", bare))
        return None if whole or place < 0 else place

    def repeats(self, left: str, right: str) -> bool:
        """Return whether the words around a value are those around the question word.

        >>> ask("这位作者姓什么？").repeats("姓", "")
        True
        """
        if left.endswith(":") and self.text.find(left[:-1]) >= 0 and not right:
            return True
        if not right and left in self.quoted:
            return True
        if not left and right and any(name.endswith(right) for name in self.named):
            return True
        return any(self._surrounds(match, left, right) for match in _WHICH.finditer(self.text))

    def _surrounds(self, word: re.Match[str], left: str, right: str) -> bool:
        before, after = self.text[: word.start()], self.text[word.end() :]
        if word[0] in _WHO:  # a title is no word of the question: 李健老师 is more than 李健
            return _ends(before, left) and not right
        return (_ends(before, left) or _ends(_LIGHT.sub("", before), left)) and _begins(
            after, right
        )


def ask(
    question: str, unit: str | None = None, *, ordered: bool = False, listed: bool = False
) -> Question:
    """Return a question read for what it fixes.

    >>> slot = ask("公司的营收达到多少亿元？").slots[0]
    >>> slot.unit.name, slot.scale
    ('元', Fraction(100000000, 1))
    """
    quoted = (close_up(tidy(part)) for part in re.findall(r"[“「『](.+?)[”」』]", question))
    text = close_up(tidy(question))
    return Question(text=text, quoted=frozenset(quoted), unit=unit, ordered=ordered, listed=listed)


def _read_slot(text: str, match: re.Match[str]) -> Slot:
    scale, unit, end = _scaled_unit(text, match.end())
    noun = _CLAUSE_END.split(text[end:])[0]
    if match["per"]:
        unit = unit_named("%")
    elif unit and unit.name == PIECE.name and noun:
        unit = PIECE
    before = _CLAUSE_END.split(text[: match.start()])[-1]
    return Slot(
        start=match.start(),
        ordinal=bool(match["ordinal"]),
        unit=unit,
        scale=scale,
        bound=bound_before(text, match.start()),
        before=before,
        after=_CLAUSE_END.split(text[match.end() :])[0],
        noun=noun,
    )


def _scaled_unit(text: str, start: int) -> tuple[Fraction, Unit | None, int]:
    scale, end = Fraction(1), start
    if match := _SCALE.match(text, start):
        numeral = scan_numeral("一" + match[0])
        scale, end = (numeral.value if numeral else scale), match.end()
    found = scan_unit(text, end)
    return (scale, *found) if found else (scale, None, end)


def _ends(before: str, left: str) -> bool:
    if left in _LINKS:
        return True
    clause = _CLAUSE_END.split(before)[-1]
    whole = left == clause and len(left) > _SHORT_CLAUSE
    return len(left) <= _LONGEST_LEAD and clause.endswith(left) and not whole


def _begins(after: str, right: str) -> bool:
    clause = _CLAUSE_END.split(after)[0]
    whole = (right == clause and len(right) > _SHORT_CLAUSE) or len(right) > _LONGEST_LABEL
    return (clause.startswith(right) or clause.endswith(right)) and not whole
