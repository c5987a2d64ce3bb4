"""The clauses of an output, and what they are about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from evalkit.values.claims import is_planned
from evalkit.values.form import close_up
from evalkit.values.lexicon import CHANGES
from evalkit.values.patterns import SMALL_NUMBER, compile_words
from evalkit.values.phrases import CHOICES, FORMERLY, HEDGES, LAST_TIME, NOW, UNDECIDED
from evalkit.values.slots import read_rates
from evalkit.values.synonyms import ALTERNATIVES, EXTENTS, PER_EACH
from evalkit.values.units import same_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.values.question import Question

_SENTENCES = re.compile(r"[。!?\n]+")
_CLAUSES = re.compile(r"[,;](?![0-9]{3}(?![0-9]))|:(?![0-9])|(?<![0-9]):")
_OPEN = compile_words(f"{CHOICES} {HEDGES} {UNDECIDED}")
_HEDGE, _UNDECIDED = compile_words(HEDGES), compile_words(UNDECIDED)
_ONE_OF = re.compile("[和与及、][^,;]{1,16}(?:中的?|两者)一[个家位名]$")
_STILL = re.compile("[的终后]还是")
_FORMER = compile_words(FORMERLY)
_FROM_FORMER = re.compile("[由从](?:原来|原先|原本)的?(?=.*?[至到为])")  # 由原来的3小时缩短为1小时
_LAST_TIME = compile_words(LAST_TIME)
_NOW = compile_words(NOW)
_POINTED = re.compile("[该本这我](.)")
_OTHER = re.compile("(?:邻|外|另一|另外一|其他|别的|隔壁|普通|传统)(.)")
_FIGURE = re.compile(
    rf"第(?P<rank>{SMALL_NUMBER})(?P<of>[^0-9])|(?<![哪几])(?P<figure>{SMALL_NUMBER})"
    r"(?P<noun>等奖|年级|期|届|代|季度|月份?|年|日|批|号|阶段)"
)
_ADVERBIAL = re.compile(
    r"[^是有]{0,14}(?:(?:[前后时中上内年月日]|(?<!公)里)|期间|以来|来看|季度|年度|月底|年底|月末)"
)
_YEAR_ON_YEAR = re.compile("(?:比|较|同|与)(?:去年|上年)(?:同期)?(?:相比)?")
_DONE = re.compile("过(?<=[经通度走历穿逃加有得做行用到去受任当]过)(?=[0-9一二两三四五六七八九十])")
_PERIOD = re.compile("([年月日周季])(?:度|均)?$")
_PLANNED_ATTRIBUTE = re.compile(
    "(?:计划|规划|预计|拟|预算|概算|目标)(?:总?投资|占地|(?:总|建筑)?面积)"
)
_SIDE = re.compile("(..)之?([前后])")
_CHANGE = compile_words(" ".join(CHANGES))
_DIMENSIONS = frozenset("长宽高深重")
_DIMENSION = re.compile("([长宽高深重])度?[是有为达到约近超]*[0-9]")
_NEWLY = re.compile("[新净增]增|增设|增开|增建|扩建")


@dataclass(frozen=True, kw_only=True, slots=True)
class Clause:
    """A clause of an output, and what its sentence says before it.

    Attributes:
        text: The clause.
        topic: All that its sentence says before it.
        lead: The clause right before it, where that only says when or where.
    """

    text: str
    topic: str
    lead: str = ""

    @property
    def led(self) -> str:
        """The clause with what says when or where."""
        return self.lead + self.text


def split_clauses(text: str) -> list[Clause]:
    """Return the clauses of a tidied text.

    >>> [clause.text for clause in split_clauses("大桥全长1570米,宽34米。")]
    ['大桥全长1570米', '宽34米']
    """
    clauses = []
    for sentence in _SENTENCES.split(text):
        topic = lead = ""
        said = _YEAR_ON_YEAR.sub("同比", sentence).replace("一共", "共")
        said = _DONE.sub("过了", said)  # 获得过3次 is not 过百
        for part in _CLAUSES.split(said):
            if bare := close_up(part).strip(" ,;:、.*#"):
                clauses.append(Clause(text=bare, topic=topic, lead=lead))
                topic += bare
                lead = bare if _ADVERBIAL.fullmatch(bare) else ""
    return clauses


def are_hedged(clauses: Sequence[Clause], answer: str = "") -> bool:
    """Return whether any clause leaves open what it says: 可能, 或; 最大的还是 does not.

    What the answer has itself does not count: 生理学或医学奖.
    """
    return any(
        _ONE_OF.search(clause.text)
        or _leaves_open(clause.text.replace(answer, "|") if answer else clause.text)
        for clause in clauses
    )


def _leaves_open(text: str) -> bool:
    return bool(_OPEN.search(text) and _OPEN.search(_STILL.sub("", text)))


def are_doubted(clauses: Sequence[Clause]) -> bool:
    """Return whether any clause doubts what it says: 可能; 凭身份证或社保卡 does not."""
    return any(_HEDGE.search(clause.text) for clause in clauses)


def are_undecided(clauses: Sequence[Clause]) -> bool:
    """Return whether any clause says that what is asked is disputed: 说法不一."""
    return any(_UNDECIDED.search(clause.text) for clause in clauses)


def is_former(clause: Clause, clauses: Sequence[Clause], question: Question) -> bool:
    """Return whether a clause tells what was once or was planned, where that is not asked."""
    former = _FORMER.search(_FROM_FORMER.sub("", clause.led))
    if former is not None and former[0] not in question.text:
        return True
    last = _LAST_TIME.search(clause.led)
    if last is None or last[0] in question.text:
        return False
    return any(_NOW.search(other.text) for other in clauses if other is not clause)


def is_planned_otherwise(clause: Clause, question: Question) -> bool:
    """Return whether a clause tells what is to be, where the question asks what is.

    A plan has an investment and an area as well as what stands, and a day may be one to come.
    """
    if question.asks_moment or is_planned("", question.text):
        return False
    if _PLANNED_ATTRIBUTE.search(clause.text):
        return False
    return is_planned(clause.topic, clause.text)


def is_about_other(clause: Clause, clauses: Sequence[Clause], question: Question) -> bool:
    """Return whether another clause speaks of what the question names, and this one does not."""
    here = clause.topic + clause.text
    lacking = [words for words in _anchors(question) if not any(word in here for word in words)]
    said = [other.text for other in clauses if other is not clause] if lacking else ()
    return any(word in text for text in said for words in lacking for word in words)


@lru_cache(maxsize=4096)
def _anchors(question: Question) -> tuple[frozenset[str], ...]:
    """Return what a question speaks of, each in all its words: its anchors, and 日均."""
    named = (frozenset({anchor}) for anchor in question.anchors)
    rates = (words for words in PER_EACH if any(word in question.text for word in words))
    return (*named, *rates)


@lru_cache(maxsize=4096)
def conflicts(text: str, question: Question) -> bool:
    """Return whether a text is about another one than the question: of another time, rate, extent.

    >>> from evalkit.values.question import ask
    >>> conflicts("去年下降3.5%", ask("今年下降了多少？"))
    True
    """
    return any(other(text, question) for other in _OTHERNESS)


def is_of_other_time(text: str, question: Question) -> bool:
    """Return whether a text is of another time or extent than the question: 去年 for 今年."""
    for family in ALTERNATIVES:
        asked = {words for words in family if any(word in question.text for word in words)}
        told = {words for words in family if any(word in text for word in words)}
        if asked - told and told - asked:
            return True
    return any(word in text and word not in question.text for word in EXTENTS.split())


def _other_one(text: str, question: Question) -> bool:
    """Return whether a text is about another one than the question: 邻省 for 该省."""
    pointed = _POINTED.findall(question.text)
    return any(noun in pointed for noun in _OTHER.findall(text))


def _other_figure(text: str, question: Question) -> bool:
    """Return whether a text has another number where the question has one: 二等奖 for 一等奖."""
    told: dict[str, set[str]] = {}
    for match in _FIGURE.finditer(text):
        told.setdefault(match["of"] or match["noun"], set()).add(match["rank"] or match["figure"])
    for match in _FIGURE.finditer(question.text):
        figures = told.get(match["of"] or match["noun"], set())
        if figures and (match["rank"] or match["figure"]) not in figures:
            return True
    return False


def _other_rate(text: str, question: Question) -> bool:
    """Return whether a text gives a number for each of something else: 每月 for 每天."""
    end = question.left[-2:]
    before = (one.partition(end)[0] for one in (question.left, text) if end and end in one)
    periods = {found[1] for one in before if (found := _PERIOD.search(one))}
    if len(periods) > 1:
        return True
    told = read_rates(text) if question.rates else ()
    return bool(told) and not any(
        same_unit(one, other) and one.factor == other.factor
        for one, other in product(question.rates, told)
    )


def _other_side(text: str, question: Question) -> bool:
    """Return whether a text is about the time after what the question says was before, or so."""
    for match in _SIDE.finditer(question.text):
        opposite = match[1] + ("后" if match[2] == "前" else "前")
        if opposite in text and match[0] not in text:
            return True
    return False


def _other_change(text: str, question: Question) -> bool:
    """Return whether a text tells a change by an amount where the question asks how much it is."""
    if not question.slots or _CHANGE.search(question.text) or question.asks_rate_of_change:
        return False
    return bool(_NEWLY.search(text)) and not _NEWLY.search(question.text)


def _other_dimension(text: str, question: Question) -> bool:
    """Return whether a text measures another dimension than is asked for: 宽 for 全长."""
    asked = question.left[-2:] + question.text[slice(*question.words[0])] if question.words else ""
    told = set(_DIMENSION.findall(text))
    return bool(told) and told.isdisjoint(asked) and not _DIMENSIONS.isdisjoint(asked)


_OTHERNESS = (
    _other_dimension,
    _other_figure,
    _other_one,
    is_of_other_time,
    _other_rate,
    _other_side,
    _other_change,
)
