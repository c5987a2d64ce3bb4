"""The rules for the questions about one article."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from evalkit.data.evidence import find_evidence
from evalkit.data.references import ABSTENTION
from evalkit.lint.subject import Shortage, cite, figures, states
from evalkit.values.normalise import fold
from evalkit.values.segment import segmenter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.config.keys import Key
    from evalkit.errors import Problem
    from evalkit.lint.subject import Subject
    from evalkit.records import Question

MIN_QUESTIONS = 24
MIN_JOINED = 2
JOINED = 3  # from here on an answer is joined from several places, or computed
HARD = 4  # from here on a note says how
MIN_OF_TYPES = (
    (("number",), 6),
    (("person", "organization", "place"), 6),
    (("date",), 2),
    (("list",), 3),
    (("phrase",), 3),
    (("unanswerable",), 3),
)
YES, NO = "是", "否"
CANONICAL = {"yesno": (YES, NO), "unanswerable": (ABSTENTION,)}
_KEY = ("questions",)
QUOTED_TYPES = frozenset({"number", "person", "organization", "place", "phrase", "list"})
_SAY_HOW = f"say in `note` how it was computed, from difficulty {JOINED} on"


def errors(subject: Subject) -> Iterator[Problem]:
    """Yield what is wrong with the questions: alike, or not supported by the article."""
    yield from _alike(subject)
    for key, question in subject.questions():
        yield from _evidence(subject, question, key)
        yield from _answers(subject, question, key)
        yield from _given_away(subject, question, key)


def warnings(subject: Subject) -> Iterator[Problem]:
    """Yield each question that lacks what it is checked by: its evidence, or the way to it."""
    for key, question in subject.questions():
        if (question.difficulty or 0) >= HARD and not question.note:
            what, remedy = f"of difficulty {question.difficulty} has no note", "say how it is found"
            yield subject.problem(key, what, remedy)
        if question.type != "unanswerable" and not question.evidence:
            remedy = "quote the words that support the answer"
            yield subject.problem(key, "has no evidence", remedy)


def _is_joined(question: Question) -> bool:
    return (question.difficulty or 0) >= JOINED


def shortages(subject: Subject) -> Iterator[Shortage]:
    """Yield what there should be more of: questions of a type, hard ones, questions at all."""
    asked = [question for _, question in subject.questions()]
    for types, least in MIN_OF_TYPES:
        if not set(types) <= set(subject.loaded.lacks):
            n = sum(question.type in types for question in asked)
            yield Shortage(key=_KEY, of=" or ".join(types), n=n, least=least)
    joined = sum(_is_joined(question) for question in asked)
    yield Shortage(key=_KEY, of=f"difficulty {JOINED} or more", n=joined, least=MIN_JOINED)
    for answer in CANONICAL["yesno"]:
        same = sum(q.type == "yesno" and q.answers[0] == answer for q in asked)
        yield Shortage(key=_KEY, of=f"yesno with the answer {answer}", n=same, least=1)
    yield Shortage(key=_KEY, of="any type", n=len(asked), least=MIN_QUESTIONS)


def _alike(subject: Subject) -> Iterator[Problem]:
    first: dict[tuple[str, ...], str] = {}
    for key, question in subject.questions():
        tokens = tuple(segmenter("zhmix-1").tokens(question.question))
        if tokens in first:
            what = f"asks the same as {first[tokens]}"
            remedy = "drop one, or ask about something else"
            yield subject.problem((*key, "question"), what, remedy)
        first.setdefault(tokens, question.id)


def _evidence(subject: Subject, question: Question, key: Key) -> Iterator[Problem]:
    if question.type == "unanswerable" and question.evidence:
        remedy = "remove it, or give the type of its answer"
        yield subject.problem(
            (*key, "evidence"), "supports a question that is called unanswerable", remedy
        )
    yield from subject.foreign_quotes(question.evidence, (*key, "evidence"))


def _answers(subject: Subject, question: Question, key: Key) -> Iterator[Problem]:
    place = (*key, "answers", 0)
    canonical = CANONICAL.get(question.type or "")
    if canonical and question.answers[0] not in canonical:
        what = f"{cite(question.answers[0])} is not a canonical answer of type {question.type}"
        yield subject.problem(place, what, f"write {' or '.join(canonical)} first")
    if canonical:
        return
    source, words = _source(subject, question)
    evidence = "".join(map(fold, words))
    computed = _is_joined(question) and question.note
    if question.type in QUOTED_TYPES and not computed:
        for part in question.answers[0].split("、" if question.type == "list" else "\0"):
            if not states(evidence, part):
                what = f"{cite(part)} is not in {source}"
                remedy = f"use the words of the article, or {_SAY_HOW}"
                yield subject.problem(place, what, remedy)
    yield from _figures(subject, question, key)


def _source(subject: Subject, question: Question) -> tuple[str, tuple[str, ...]]:
    """Return what an answer is checked by, and its words: its evidence, or else the article."""
    if question.evidence:
        return "its evidence", question.evidence
    return "the article", (subject.article.text,)


def _figures(subject: Subject, question: Question, key: Key) -> Iterator[Problem]:
    """Yield each figure of an answer that is neither in its source nor computed in its note."""
    source, quoted = _source(subject, question)
    result = question.note.rpartition("=")[2] if _is_joined(question) else ""
    stated = figures("\n".join((*quoted, result)))
    for j, answer in enumerate(question.answers):
        for number, words in figures(answer).items():
            if number not in stated:
                what = f"{cite(words)} is a number that {source} does not state"
                remedy = f"correct it, or {_SAY_HOW}"
                yield subject.problem((*key, "answers", j), what, remedy)


def _given_away(subject: Subject, question: Question, key: Key) -> Iterator[Problem]:
    if question.type in CANONICAL:
        return
    given = (answer for answer in question.answers if states(question.question, answer))
    for answer in given:
        what = f"gives away its answer {cite(answer)}"
        yield subject.problem((*key, "question"), what, "ask without the words of the answer")


def evidence_places(subject: Subject) -> Iterator[int]:
    """Yield where in the article each quote of the evidence begins."""
    evidence = (question.evidence for _, question in subject.questions())
    for quote in chain.from_iterable(evidence):
        if span := find_evidence(quote, subject.article.text):
            yield span[0]
