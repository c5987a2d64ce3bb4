"""The name, phrase or list that an output commits to."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from evalkit.metrics.alignment import answers_another
from evalkit.metrics.answer_match import match
from evalkit.metrics.clauses import (
    Clause,
    are_hedged,
    conflicts,
    is_about,
    is_about_other,
    is_denied,
    is_former,
    is_planned_otherwise,
    shares_attribute,
)
from evalkit.metrics.decisions import decide_as
from evalkit.metrics.roles import deed, does_what_is_asked, goes_on, names_role, stands_alike
from evalkit.metrics.substitution import is_modified
from evalkit.values.form import read_answer
from evalkit.values.lexer import word_set
from evalkit.values.lists import split_items
from evalkit.values.name_words import TITLES
from evalkit.values.phrases import LINKS, NEGATIVE
from evalkit.values.synonyms import find_act

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.metrics.decisions import Decision
    from evalkit.values.form import AnswerForm
    from evalkit.values.question import Question

_LINKING = re.compile(
    r"(?:名字|名称|原因|目的)?(?:分别|依次|主要)?"
    r"(?:是为了|是因为|因为|由于|为了|在于|是|为|叫做?|称为|包括|包含|有|来自|位于|由|出任|担任|当选为?|成为|入选|:)"
)
_MORE = ("不", "没", "未", "、", "和", "与", "及", "等", "或", "旁", "附近", "的")
_COPULA = re.compile("(?:就|也就|正|即|则)?[是为](?!了|因)")
_LINKS = word_set(LINKS)
_WITHIN = re.compile("^[上中里内]")
# A finer place than the one that was asked for: 建设路28号, 宁强县境内.
_WHEREIN = re.compile(
    "^(?:境内|沿海|[内里]|[^,;。以外附旁对邻]{0,6}(?:号|楼|层|室|路|街|村|镇|区))(?=$|[,;])"
)
_JOINED = re.compile("[和与及跟同、]|的.*的")
_RANK = re.compile("[一二三四五六七八九][段级]")
_TITLES = word_set(TITLES)
_PREPOSITIONS = ("在", "由", "从", "向", "对", "被")
_TAKEN_BACK = NEGATIVE | frozenset("原曾")
_NEAR = 12  # characters between a subject and its preposition
_COMPLEMENTS = frozenset("到往入给至在为于")
_KIND = 2  # characters of it that a name may end with: 哪家公司
_LONGEST_KIND = 4  # characters of the noun behind 哪家 or 什么
_CAUSING = ("引起", "造成", "导致", "所致", "引发")
_ANNOUNCED = ("以下", "如下", "下列", "下面")


def judge_names(
    clauses: Sequence[Clause], expected: AnswerForm, question: Question
) -> Decision | None:
    """Judge a name, phrase or list: what stands in the place of the question word, or is named."""
    reference = expected.plain
    if are_hedged(clauses):
        return decide_as("none", clauses[0].text, reference, matched=False)
    parts = clauses if not split_items(expected.spaced) else [*_sentences(clauses), *clauses]
    parts = [*_with_copula(parts), *parts]
    for clause in parts:
        decision = _judge_clause(clause, clauses, expected, question)
        if decision and not (decision.matched and _is_anothers(clause, expected, question)):
            return decision
    for at, clause in enumerate(clauses):
        place = clause.text.find(reference)
        if place < 0 or is_former(clause, clauses, question):
            continue
        other = is_about_other(clause, clauses, question)
        end = place + len(reference)
        if _stands_as_answer(clause, place, reference, question, about_other=other) or _goes_on(
            clause, clauses[at + 1 :], end, question
        ):
            return decide_as("name", clause.text, reference, matched=True)
    return None


def _goes_on(clause: Clause, others: Sequence[Clause], end: int, question: Question) -> bool:
    """Return whether the clause behind a name tells of its bearer what is asked: 柯洁…,夺得冠军."""
    if not others or not others[0].topic or clause.text[end:].startswith(_MORE):
        return False
    return not is_denied(clause.text[:end], question) and goes_on(others[0].text, question)


def _is_anothers(clause: Clause, expected: AnswerForm, question: Question) -> bool:
    """Return whether a clause has the reference as the answer to another question."""
    place = clause.text.find(expected.plain)
    if place < 0:
        return False
    return answers_another(clause, place, place + len(expected.plain), question)


def _judge_clause(
    clause: Clause, clauses: Sequence[Clause], expected: AnswerForm, question: Question
) -> Decision | None:
    """Judge what stands in the place of the question word; without one, what the clause names."""
    if is_former(clause, clauses, question) or conflicts(_up_to(clause.led, expected), question):
        return None
    for start, span, closed in _slot_fillers(clause.text, question):
        if span.startswith(_ANNOUNCED) or is_denied(clause.text[:start], question):
            break
        if question.type == "place" and span.startswith(expected.plain):
            span = expected.plain + _WHEREIN.sub("", span.removeprefix(expected.plain))  # noqa: PLW2901
        found = _names(span, expected, question) or _ends_with_name(span, expected.plain)
        kind = question.continuation[:_KIND]
        found |= span + kind in clause.text and _names(span + kind, expected, question)
        found |= _presents(span, expected.plain, question)
        found |= expected.plain.startswith(span) and expected.plain in clause.text[start:]
        if found or closed:
            return decide_as("name", span, expected.plain, matched=found)
    asked = deed(question)
    place = find_act(asked.verb, clause.text) if asked else -1
    if place > 0 and does_what_is_asked("", clause.text, question):
        span = clause.text[:place]
        if _names(span, expected, question):
            return decide_as("name", span, expected.plain, matched=True)
    about_other = is_about_other(clause, clauses, question)
    for start, end in _spans(clause.text):
        named = not start or not (
            about_other
            or is_denied(clause.text[:start], question)
            or not _introduces(clause, start, question)
        )
        if named and _names(clause.text[start:end], expected, question):
            return decide_as("name", clause.text[start:end], expected.plain, matched=True)
    return None


def _up_to(text: str, expected: AnswerForm) -> str:
    """Return what a text says before a name; all of it if it begins with that, or lacks it."""
    before, name, _ = text.partition(expected.plain)
    return before + name if before else text


def _introduces(clause: Clause, start: int, question: Question) -> bool:
    """Return whether what stands before a name speaks of what is asked, and of nothing else."""
    before = _LINKING.sub("", clause.text[:start])
    return is_about(clause, question) or len(before) in question.beginnings(before)


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


def _with_copula(clauses: Sequence[Clause]) -> Iterator[Clause]:
    """Yield each clause that begins with 是 together with the one before it."""
    for before, clause in pairwise(clauses):
        if clause.topic and _COPULA.match(clause.text):
            yield Clause(text=before.text + clause.text, topic=before.topic, lead=before.lead)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where a clause may name its answer: all of it, and behind each word that links."""
    yield 0, len(text)
    for match_ in _LINKING.finditer(text):
        if match_.end() < len(text):
            yield match_.end(), len(text)


def _slot_fillers(text: str, question: Question) -> Iterator[tuple[int, str, bool]]:
    """Yield where the question begins in a clause, and what is in its question word's place.

    Beside it stands whether the clause is worded as the question on both sides of it.
    """
    if not question.words or question.asks_reason:
        return
    for length in range(min(len(question.left), 10), 1, -1):
        left = question.left[-length:]
        start = text.find(left)
        if start < 0:
            continue
        if start and is_modified(text, start, question):
            return
        behind = _behind_preposition(text[start + length :], question)
        rest = behind.lstrip("了在于由:是为叫")
        while link := _LINKS.first(rest, 0):
            rest = rest[link[1] :]
        alike = behind.startswith(question.before[len(question.left) :])
        kind = _shared(rest, question.continuation)
        rest, after = rest[kind:], question.continuation[kind:]
        end = _continues(rest, after)
        if filler := _bare(rest[:end] if end else rest):
            complete = bool(end) or len(after) < 2  # noqa: PLR2004 - one tells nothing
            yield start, filler, alike and complete
        return


def _behind_preposition(text: str, question: Question) -> str:
    """Return what stands behind the preposition that the question word does: 于7月在福建."""
    preposition = question.before[-1:]
    place = text.find(preposition) if preposition in _PREPOSITIONS else -1
    near = 0 < place <= _NEAR and _TAKEN_BACK.isdisjoint(text[:place])
    return text[place + 1 :] if near else text


def _shared(rest: str, after: str) -> int:
    """Return how long the kind of thing is that stands before the answer as well: 作家易卜生."""
    length = 0
    while length < min(len(rest), len(after)) and rest[length] == after[length]:
        length += 1
    return length if length > 1 else 0


def _bare(filler: str) -> str:
    """Return what is in a question word's place without what joins it: 因接触病禽而."""
    return filler.removeprefix("因").removesuffix("的").removesuffix("而")


def _continues(rest: str, after: str) -> int:
    """Return where a text goes on as a question does, if behind the kind of thing: 哪家[医院]."""
    for skipped in range(min(len(after) - 1, _LONGEST_KIND + 1)):
        for size in range(min(len(after) - skipped, 8), 1, -1):
            if (end := rest.find(after[skipped : skipped + size])) > 0:
                return end
    return 0


def _ends_with_name(filler: str, reference: str) -> bool:
    """Return whether a modifier stands before the name: 今年50岁的郝旭东."""
    head = filler.removesuffix(reference)
    return head != filler and head.endswith("的") and NEGATIVE.isdisjoint(head)


def _presents(filler: str, reference: str, question: Question) -> bool:
    """Return whether a filler is a person with titles, before the name and behind it."""
    head, name, tail = filler.partition(reference)
    if not name or not question.asks_person or not NEGATIVE.isdisjoint(head):
        return False
    title = _TITLES.last(head, len(head))
    rank = _TITLES.first(tail, 0)
    ranked = not tail or (rank is not None and rank[1] == len(tail)) or _RANK.fullmatch(tail)
    return bool(ranked) and not _JOINED.search(head) and (title is not None or not head)


def _stands_as_answer(
    clause: Clause, place: int, reference: str, question: Question, *, about_other: bool
) -> bool:
    end = place + len(reference)
    left, right = clause.text[:place], clause.text[end:]
    if (
        is_denied(left, question)
        or right.startswith(_MORE)
        or left.removesuffix("的").endswith((*_MORE, "副"))
        or conflicts(clause.lead + (clause.text[:end] if left else clause.text), question)
        or is_planned_otherwise(clause, question)
    ):
        return False
    if names_role(left, right, question) or does_what_is_asked(left, right, question):
        return True
    if about_other or left.endswith("的") or answers_another(clause, place, end, question):
        return False
    if stands_alike(left, right, question):
        return True
    right = right.removeprefix("将").removeprefix("已")
    if question.type == "place":
        right = _WHEREIN.sub("", right)
    asked = (len(right) > 1 and right[:2] in question.text) or shares_attribute(right[:3], question)
    closed = not right or asked or bool(_LINKS.first(right, 0))
    closed |= question.asks_reason and right.startswith(_CAUSING)
    opened = not left or bool(_LINKS.last(left, len(left))) or left[-2:] in question.text
    towards = left.rstrip("了")[-1:]
    opened |= towards in _COMPLEMENTS and question.before.rstrip("了")[-1:] in _COMPLEMENTS
    own = not right or any(key in clause.text for key in question.keys) or not clause.topic
    return own and is_about(clause, question) and closed and (opened or (bool(right) and asked))
