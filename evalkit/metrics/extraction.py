"""The answer that a longer output commits to, and whether it is the reference.

What counts as the answer: what stands alone or first, in the place of the question word (共有[45个]
项目参赛), behind the word for what is asked (全长[1570米]), after a correction or a sign of equality.
An output commits to nothing where two values fit equally well, where it hedges, says beside its
answer that the text does not tell, or is a passage copied from the article.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.metrics.answer_match import match
from evalkit.metrics.decisions import Decision, decide_as
from evalkit.values.equality import equal
from evalkit.values.form import AnswerForm, close_up, read_answer, tidy
from evalkit.values.grammar import may_begin, values
from evalkit.values.lexer import word_set
from evalkit.values.lists import split_items
from evalkit.values.outputs import final_answer
from evalkit.values.phrases import (
    ATTRIBUTES,
    CORRECTIONS,
    FILLERS,
    HEDGES,
    LINKS,
    NEGATIVE,
    RESULTS,
    SUBORDINATES,
)
from evalkit.values.reading import complete, is_cut, kind_of, read_values
from evalkit.values.statements import (
    abstains,
    clause_kinds,
    is_abstention,
    parse_yes_no,
    polarity,
    turns,
)
from evalkit.values.units import same_unit
from evalkit.values.value import Quantity, Range

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.values.question import Question
    from evalkit.values.value import Value

_SENTENCES = re.compile(r"[。!?\n]+")
_CLAUSES = re.compile(r"[,;:](?![0-9]{3}(?![0-9]))|(?<![0-9]):")
_BULLET = re.compile(r"^-(?![0-9.])")
_BRACKETS = re.compile(r"(?<![-+*/=])\(([^()]*)\)|【([^【】]*)】")
_HEDGE = re.compile("|".join(sorted(HEDGES.split(), key=len, reverse=True)))
_CORRECTION = re.compile(
    rf"(?:{'|'.join(sorted(CORRECTIONS.split(), key=len, reverse=True))})[^0-9]{{0,6}}$"
)
_RESULT = re.compile(rf"(?:{'|'.join(map(re.escape, RESULTS))})$")
_SUBORDINATE = re.compile(
    rf"(?:^|[,;])(?:{'|'.join(SUBORDINATES.split())})|(?:其中|从|由|比|较)[^,;]*$"
)
_NEGATED = re.compile(r"(?:不是|并非|不为|而非|没有|并不是|除了?|不含|不包括)[^,;。]{0,8}$")
_FIGURE = re.compile(
    r"(?<![哪几])(?P<figure>[0-9]{1,4}|第?[一二三四五六七八九十]{1,3})(?P<noun>等奖|年级|期|届|季度|产业|月份?|年|日|作者|批|号|阶段|名)"
)
_LINKING = re.compile(
    r"(?:名字|名称|原因|目的)?(?:分别|依次|主要)?(?:是为了|是因为|因为|由于|为了|在于|是|为|叫做?|称为|包括|包含|有|来自|位于|由|:)"
)
_FORMER = re.compile("原定|原名|原为|原计划|原本|本来|曾经?|原来")
_MORE = ("不", "没", "未", "、", "和", "与", "及", "等", "或", "旁", "附近", "的")
_BOUND = re.compile("的?(?:之?前|以前|之?后|以后|前一|后一|次日|翌日|那|未)")
_FILLERS, _LINKS = word_set(FILLERS), word_set(LINKS)
_LONGEST_ANSWER = 1200  # characters; a longer output without a mark commits to nothing
_ROOM = 48  # characters for one value, and all that belongs to it
_COPIED = 24  # characters that a passage copied from the article has at least


@dataclass(frozen=True, kw_only=True, slots=True)
class Clause:
    """A clause of an output, and what its sentence says before it."""

    text: str
    topic: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A value that a clause of an output states."""

    readings: tuple[Value, ...]
    clause: Clause
    start: int
    end: int

    @property
    def left(self) -> str:
        """What stands before it in its clause."""
        return self.clause.text[: self.start]

    @property
    def right(self) -> str:
        """What stands behind it in its clause."""
        return self.clause.text[self.end :]


def judge(output: str, reference: str, question: Question, article: str = "") -> Decision:
    """Return whether an output commits to the reference answer, and what was compared.

    >>> from evalkit.values.question import ask
    >>> question = ask("襄阳市共有多少个项目参赛？")
    >>> judge("襄阳市共有45个项目参赛。", "45个", question).matched
    True
    >>> judge("45个或54个", "45个", question).matched
    False
    """
    expected = read_answer(reference)
    whole = match(read_answer(output), expected, question)
    if whole.matched or not expected.plain:
        return whole
    text = final_answer(output)
    if len(text) > _LONGEST_ANSWER:
        return whole
    if is_abstention(expected.plain, question):
        return _judge_abstention(text, question)
    if any(_contradicts(inner, question) for found in _BRACKETS.findall(text) for inner in found):
        return whole
    clauses = _split(_without_brackets(text, expected, question))
    if not clauses or _is_copied(text, reference, article):
        return whole
    if any(abstains(clause.text, question) for clause in clauses):
        return whole
    for judged in (_judge_yes_no, _judge_values):
        if decision := judged(clauses, expected, question):
            return decision
    return _judge_text(clauses, expected, question) or whole


def _split(text: str) -> list[Clause]:
    clauses = []
    for sentence in _SENTENCES.split(text):
        topic = ""
        for part in _CLAUSES.split(sentence):
            if bare := _BULLET.sub("", close_up(part)).strip(" ,;:、.*#"):
                clauses.append(Clause(text=bare, topic=topic))
                topic += bare
    return clauses


def _without_brackets(text: str, expected: AnswerForm, question: Question) -> str:
    """Return a text without brackets, which explain; one that says the same otherwise stays."""

    def keep(found: re.Match[str]) -> str:
        inner = (found[1] or found[2] or "").strip()
        ours = [r.value for r in read_values(inner, question)]
        theirs = [r.value for r in read_values(expected.plain, question)]
        rival = any(
            type(a) is type(b) and not _any_equal([a], theirs, question)
            for a in ours
            for b in theirs
        )
        return f",{inner}" if rival else ""

    return _BRACKETS.sub(keep, text)


def _contradicts(inner: str, question: Question) -> bool:
    """Return whether a bracket says that the answer is another's: 王芳（第二作者）."""
    return any(key in inner for key in question.keys) and _conflicts(inner, question)


def _any_equal(ours: Sequence[Value], theirs: Sequence[Value], question: Question) -> bool:
    return any(equal(one, other, question) for one in ours for other in theirs)


def _is_copied(text: str, reference: str, article: str) -> bool:
    """Return whether an output is a passage of the article far longer than the reference."""
    bare = close_up(tidy(text)).strip("。,;:!? ")
    longer = len(bare) >= max(_COPIED, 2 * len(reference))
    return bool(article) and longer and bare in _folded(article)


def _folded(article: str) -> str:
    return close_up(tidy(article))


def _judge_abstention(text: str, question: Question) -> Decision:
    clauses = _split(text)
    first = next((i for i, c in enumerate(clauses) if abstains(c.text, question)), None)
    plain = close_up(text)
    if first is None or any(_HEDGE.search(clause.text) for clause in clauses):
        return decide_as("abstention", plain, "∅", matched=False)
    before = all(clause_kinds(clause.text, question) is not None for clause in clauses[:first])
    guessed = any(_guesses(clause, question) for clause in clauses[first + 1 :])
    matched = before and not guessed
    return decide_as("abstention", "∅" if matched else plain, "∅", matched=matched)


def _guesses(clause: Clause, question: Question) -> bool:
    """Return whether a clause behind an abstention states a number of what is asked all the same."""
    slot = question.slots[0] if question.slots else None
    return slot is not None and any(
        isinstance(value, Quantity)
        and value.unit is not None
        and slot.unit is not None
        and same_unit(value.unit, slot.unit)
        for candidate in _candidates([clause])
        for value in candidate.readings
    )


def _judge_yes_no(
    clauses: Sequence[Clause], expected: AnswerForm, question: Question
) -> Decision | None:
    theirs = parse_yes_no(expected.plain, question)
    if theirs is None or not question.asks_yes_no:
        return None
    said = {polarity(clause.text, question) for clause in clauses} - {None}
    ours = said.pop() if len(said) == 1 else None
    hedged = any(_HEDGE.search(clause.text) or turns(clause.text) for clause in clauses)
    matched = ours is theirs and not hedged
    return decide_as("yesno", ours, theirs, matched=matched)


def _judge_values(
    clauses: Sequence[Clause], expected: AnswerForm, question: Question
) -> Decision | None:
    theirs = [reading.value for reading in read_values(expected.plain, question)]
    if not theirs:
        return None
    fitting: dict[int, list[tuple[Value, ...]]] = {}
    for candidate in _candidates(clauses):
        readings = _comparable(candidate, theirs, question)
        level = _fit(candidate, question) if readings else 0
        if level > 0:
            fitting.setdefault(level, []).append(readings)
    if not fitting:
        return decide_as("none", "", expected.plain, matched=False)
    best = fitting[max(fitting)]
    committed = all(_any_equal(best[0], other, question) for other in best[1:])
    hedged = any(_HEDGE.search(clause.text) for clause in clauses)
    matched = committed and not hedged and _any_equal(best[0], theirs, question)
    return decide_as(kind_of(theirs[0]), best[0][0], theirs[0], matched=matched)


def _candidates(clauses: Sequence[Clause]) -> Iterator[Candidate]:
    """Yield the values of clauses, leftmost and longest."""
    for clause in clauses:
        at = 0
        while at < len(clause.text):
            begins = may_begin(clause.text[at]) and not is_cut(clause.text, at)
            found = list(values(clause.text[at : at + _ROOM])) if begins else []
            longest = max((one_end for _, one_end in found), default=0)
            end = at + longest
            if longest:
                readings = tuple(value for value, one_end in found if one_end == longest)
                yield Candidate(readings=readings, clause=clause, start=at, end=end)
            at = max(end, at + 1)


def _comparable(
    candidate: Candidate, theirs: Sequence[Value], question: Question
) -> tuple[Value, ...]:
    """Return the readings of a candidate that are of the same kind as the reference."""
    slot = question.slots[0] if question.slots else None
    found = []
    for value in candidate.readings:
        if isinstance(value, Range) and slot and slot.target:
            value = value.high  # noqa: PLW2901 - 由25增至30 where the end is asked for
        full = complete(value, question, slot)
        if any(type(full) is type(other) and _same_dimension(full, other) for other in theirs):
            found.append(full)
    return tuple(found)


def _same_dimension(one: Value, other: Value) -> bool:
    if not isinstance(one, Quantity) or not isinstance(other, Quantity):
        return True
    return one.unit is None or other.unit is None or same_unit(one.unit, other.unit)


def _fit(candidate: Candidate, question: Question) -> int:
    """Return how well a value stands in the place that the question asks about; 0 for not at all.

    6 after a correction or a sign of equality, 5 alone, 4 beside the very words that the question
    word stands beside, 3 in a clause with them, 2 in one that goes on about them, 1 elsewhere.
    """
    left, right, clause = candidate.left, candidate.right, candidate.clause
    if _NEGATED.search(left) or _BOUND.match(right) or _is_latin(left[-1:]):
        return 0
    if _RESULT.search(left) or _CORRECTION.search(left):
        return 6
    if _is_explained(left, right, question):
        return 5
    if _conflicts(clause.text, question) or _other_noun(candidate, question):
        return 0
    level = 1
    noun = question.slots[0].noun if question.slots else ""
    keys = question.keys
    behind = right.removeprefix("的").startswith(
        tuple(filter(None, (noun[:2], question.after[:2]))) or "\0"
    )
    before = left.removesuffix("了").rstrip("为是达到约近有共在于").endswith(keys)
    if behind or before:
        level = 4
    elif any(key in clause.text for key in keys) or (noun and noun[:2] in clause.text):
        level = 3
    elif _is_about(clause, question):
        level = 2
    beside = _SUBORDINATE.search(left) or _is_former(clause.text, question)
    return level - 1 if beside and level > 1 else level


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _is_explained(left: str, right: str, question: Question) -> bool:
    return len(left) in question.beginnings(left) and 0 in question.endings(
        right, single=bool(question.slots)
    )


def _conflicts(text: str, question: Question) -> bool:
    """Return whether a text is about another attribute than the one that is asked for."""
    if _other_figure(text, question):
        return True
    asked = [words for words in ATTRIBUTES if any(word in question.text for word in words)]
    told = [words for words in ATTRIBUTES if any(word in text for word in words)]
    if not asked or not told:
        return False
    return not any(words in asked for words in told)


def _other_figure(text: str, question: Question) -> bool:
    """Return whether a text has another number where the question has one: 二等奖 for 一等奖."""
    for found in _FIGURE.finditer(question.text):
        figure, noun = found["figure"], found["noun"]
        others = {m["figure"] for m in _FIGURE.finditer(text) if m["noun"] == noun}
        if others and figure not in others:
            return True
    return False


def _other_noun(candidate: Candidate, question: Question) -> bool:
    """Return whether a count is of something else than what the question counts."""
    noun = question.slots[0].noun if question.slots else ""
    right = candidate.right.removeprefix("的")
    if not noun or not right or right[:2] in question.after or _FILLERS.first(right, 0):
        return False
    return noun[:2] not in candidate.clause.text


def _judge_text(
    clauses: Sequence[Clause], expected: AnswerForm, question: Question
) -> Decision | None:
    """Judge a name, phrase or list: what stands in the place of the question word, or is named."""
    reference = expected.plain
    if any(_HEDGE.search(clause.text) for clause in clauses):
        return decide_as("none", clauses[0].text, reference, matched=False)
    parts = clauses if not split_items(expected.spaced) else [*_sentences(clauses), *clauses]
    for clause in parts:
        if _is_former(clause.text, question):
            continue
        for span in _slot_fillers(clause.text, question):
            if span.startswith(("以下", "如下", "下列", "下面")):
                break
            found = _names(span, expected, question) or _ends_with_name(span, reference)
            return decide_as("name", span, reference, matched=found)
        for start, end in _spans(clause.text):
            span = clause.text[start:end]
            if not _NEGATED.search(clause.text[:start]) and _names(span, expected, question):
                return decide_as("name", span, reference, matched=True)
    for clause in clauses:
        place = clause.text.find(reference)
        if place >= 0 and _stands_as_answer(clause, place, reference, question):
            return decide_as("name", clause.text, reference, matched=True)
    return None


def _names(span: str, expected: AnswerForm, question: Question) -> bool:
    return match(read_answer(span), expected, question).matched


def _sentences(clauses: Sequence[Clause]) -> Iterator[Clause]:
    """Yield the clauses of each sentence together, as a list may run over them."""
    text = ""
    for clause in clauses:
        if not clause.topic and text:
            yield Clause(text=text, topic="")
            text = ""
        text += f",{clause.text}" if text else clause.text
    yield Clause(text=text, topic="")
    yield Clause(text="\n".join(clause.text for clause in clauses[1:]), topic="")


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where a clause may name its answer: all of it, and behind each word that links."""
    yield 0, len(text)
    for match_ in _LINKING.finditer(text):
        if match_.end() < len(text):
            yield match_.end(), len(text)


def _is_former(text: str, question: Question) -> bool:
    """Return whether a clause tells what was once or was planned, where that is not asked."""
    former = _FORMER.search(text)
    return former is not None and former[0] not in question.text


def _slot_fillers(text: str, question: Question) -> Iterator[str]:
    """Yield what stands in a clause where the question has its question word."""
    if not question.words or question.asks_reason:
        return
    for length in range(min(len(question.before), 10), 1, -1):
        before = question.before[-length:]
        start = text.find(before)
        if start < 0 or len(before.rstrip("的是为有在于由了")) < 2:  # noqa: PLR2004 - no content
            continue
        rest = text[start + length :].lstrip(":是为叫")
        after = question.after
        for size in range(min(len(after), 8), 1, -1):
            end = rest.find(after[:size])
            if end > 0:
                yield rest[:end].removesuffix("的")
                return
        if len(after) < 2 and rest:  # noqa: PLR2004 - one character tells nothing
            yield rest
        return


def _ends_with_name(filler: str, reference: str) -> bool:
    """Return whether a modifier stands before the name: 今年50岁的郝旭东."""
    head = filler.removesuffix(reference)
    return head != filler and head.endswith("的") and NEGATIVE.isdisjoint(head)


def _stands_as_answer(clause: Clause, place: int, reference: str, question: Question) -> bool:
    left, right = clause.text[:place], clause.text[place + len(reference) :]
    if (
        _NEGATED.search(left)
        or right.startswith(_MORE)
        or left.endswith(_MORE)
        or left.endswith("副")
    ):
        return False
    if _conflicts(clause.text, question) or _is_former(clause.text, question):
        return False
    asked = right[:2] in question.text or _shares_attribute(right[:3], question)
    closed = not right or asked or bool(_LINKS.first(right, 0))
    opened = not left or bool(_LINKS.last(left, len(left))) or left[-2:] in question.text
    return _is_about(clause, question) and closed and (opened or (bool(right) and asked))


def _is_about(clause: Clause, question: Question) -> bool:
    """Return whether a clause speaks of what the question asks about, in its words or others."""
    if any(key in clause.text or key in clause.topic for key in question.keys):
        return True
    return _shares_attribute(clause.text, question)


def _shares_attribute(text: str, question: Question) -> bool:
    return any(
        any(word in text for word in words) and any(word in question.text for word in words)
        for words in ATTRIBUTES
    )
