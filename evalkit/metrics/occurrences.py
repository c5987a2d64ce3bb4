"""Where an output has the reference answer, and the values beside it that are of its kind."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from evalkit.metrics.clauses import Clause
from evalkit.metrics.extracted_values import Candidate, any_equal, candidates, comparable
from evalkit.metrics.outline import WORD
from evalkit.values.abstention import abstains
from evalkit.values.lexer import cuts_word, word_set
from evalkit.values.lists import split_items
from evalkit.values.name_patterns import is_surname
from evalkit.values.name_words import PLACE_SUFFIXES, PROVINCES, TITLES
from evalkit.values.names import written_forms
from evalkit.values.patterns import any_of
from evalkit.values.phrases import NEGATIVE
from evalkit.values.reading import is_value, read_values
from evalkit.values.synonyms import RELATIONS
from evalkit.values.value import Moment, Quantity, Range

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.metrics.rivals import Rivals
    from evalkit.values.form import AnswerForm
    from evalkit.values.question import Question
    from evalkit.values.value import Value

_TITLES = word_set(TITLES)
_OF_RELATION = re.compile(f"的({any_of(RELATIONS)})")
_COMPARED = ("相比", "相较", "比起来")
_DENIED = re.compile("(?:不是|并非|而非|不再是|绝非)(?:[在由从于])?$")
_DENYING = NEGATIVE | frozenset("副前原")
_ITEM = re.compile("[、和与及](?![0-9.,、]+$)[^、,和与及]+[、,和与及]")
_OF_PLACES = "".join(sorted(PLACE_SUFFIXES))
_PLACE = re.compile(f"(?:{any_of(PROVINCES)}|[省市县区镇乡村州盟旗])$")
_MOST_PLACES = 24
_LONGEST_NAME = 4
_SHORTEST_PHRASE = 4  # characters of a phrase that may be found with others between them
_WIDEST = 2.5  # times its length that it may be spread over


@dataclass(frozen=True, kw_only=True)  # no slots: what is around a place is cached
class Occurrence:
    """A place of an output that has the reference, among all else that it says.

    Attributes:
        place: the place, which may be the answer.
        rivals: the values of its kind that are not equal to the reference.
        clauses: the clauses of the output.
        question: what was asked.
        reference: the reference, in the form that answers are compared in.
        article: the article that was asked about; empty where there is none.
    """

    place: Candidate
    rivals: Rivals
    clauses: Sequence[Clause]
    question: Question
    reference: str
    article: str

    @cached_property
    def around(self) -> str:
        """What its clause says beside it."""
        return f"{self.place.left}|{self.place.right}"

    @cached_property
    def index(self) -> int:
        """Which of the clauses it is in."""
        same = (i for i, clause in enumerate(self.clauses) if clause == self.place.clause)
        return next(same, 0)

    @cached_property
    def others(self) -> list[Clause]:
        """The clauses that it is not in."""
        if self.place.clause not in self.clauses:
            return []
        return [clause for clause in self.clauses if clause != self.place.clause]

    @property
    def from_here(self) -> Sequence[Clause]:
        """Its clause, and those behind it."""
        return [self.place.clause, *self.later]

    @cached_property
    def later(self) -> Sequence[Clause]:
        """The clauses behind its own."""
        return self.clauses[self.index + 1 :] if self.others else ()

    @cached_property
    def told_later(self) -> list[Clause]:
        """The clauses behind its own, but for those that say what the text does not tell."""
        return [clause for clause in self.later if not abstains(clause.text, self.question)]


def find(
    clauses: Sequence[Clause], expected: AnswerForm, question: Question
) -> tuple[list[Candidate], list[Candidate]]:
    """Return the places of clauses that have the reference, and the rivals of its kind.

    >>> from evalkit.metrics.clauses import split_clauses
    >>> from evalkit.values.form import read_answer
    >>> from evalkit.values.question import ask
    >>> clauses = split_clauses("大桥全长1570米,宽34米")
    >>> places, rivals = find(clauses, read_answer("1570米"), ask("大桥全长多少米？"))
    >>> places[0].written, rivals[0].written
    ('1570米', '34米')
    """
    places, rivals = _find_values(clauses, expected, question)
    places = places or list(_find_ends(clauses, expected, question))
    measured = question.type != "phrase" and (question.asks_amount or question.asks_moment)
    if not places and not (measured and is_value(expected.plain, question)):
        texts = _find_texts(clauses, expected, question)
        places = list(islice(texts, _MOST_PLACES))
    return [one for one in places if not _is_of_another(one, question)][:_MOST_PLACES], rivals


def _is_of_another(place: Candidate, question: Question) -> bool:
    """Return whether a place tells whom another is, with what one is compared, or what is not."""
    relation = _OF_RELATION.match(place.right)
    if relation and relation[1] not in question.text:
        return True
    compared = place.right.startswith(_COMPARED) and not any(
        word in question.text for word in _COMPARED
    )
    return compared or bool(_DENIED.search(place.left))


def _find_values(
    clauses: Sequence[Clause], expected: AnswerForm, question: Question
) -> tuple[list[Candidate], list[Candidate]]:
    """Return the values of clauses that are equal to the reference, and the others of its kind."""
    theirs = [reading.value for reading in read_values(expected.plain, question)]
    if not theirs:
        return [], []
    equals, rivals = [], []
    dated = any(isinstance(getattr(value, "low", value), Moment) for value in theirs)
    for found in candidates(clauses, dates=dated, amounts=not dated):
        readings = comparable(found, theirs, question)
        if not readings:
            continue
        one = replace(found, readings=readings)
        if any_equal(readings, theirs, question):
            equals.append(one)
        elif not (dated and found.written in question.text):
            rivals.append(one)
    return equals, rivals


def _find_ends(
    clauses: Sequence[Clause], expected: AnswerForm, question: Question
) -> Iterator[Candidate]:
    """Yield where sentences have both ends of a range, one behind the other: 8:00开始,18:00结束."""
    for value in (reading.value for reading in read_values(expected.plain, question)):
        if not isinstance(value, Range):
            continue
        for sentence in dict.fromkeys([*_sentences(clauses), _joined(clauses)]):
            for low, high in pairwise(candidates([sentence])):
                ends = map(_without_change, high.readings)
                begins = any_equal(low.readings, [value.low], question)
                if begins and any_equal([*high.readings, *ends], [value.high], question):
                    yield replace(low, end=high.end, readings=(value,), spread=high.start - low.end)


def _without_change(value: Value) -> Value:
    """Return 650万元 of 增长到650万元, but not of 增长了650万元."""
    if isinstance(value, Quantity) and value.target:
        return replace(value, change=0, target=False)
    return value


def _find_texts(
    clauses: Sequence[Clause], expected: AnswerForm, question: Question
) -> Iterator[Candidate]:
    """Yield where clauses have the reference as a name, phrase or list."""
    forms = written_forms(expected.plain, question)
    if question.asks_person and (name := _name_at_end(expected.plain)):
        forms = (*forms, name)
    # what the question says itself names nobody: 美术馆 of 湖北美术馆 for 哪个美术馆
    forms = tuple(form for form in forms if form == expected.plain or form not in question.text)
    for clause in clauses:
        for form in forms:
            place = expected.plain.partition(form)[0] if form in expected.plain else ""
            at = clause.text.find(form)
            while at >= 0:
                end = at + len(form)
                cut = cuts_word(clause.text, at) or cuts_word(clause.text, end)
                if not (cut or _is_elsewhere(clause.text[:at], place)):
                    called = question.asks_person and not expected.plain.startswith(form, 0, -1)
                    title = _TITLES.first(clause.text, end) if called else None
                    yield Candidate(clause=clause, start=at, end=title[1] if title else end)
                at = clause.text.find(form, at + 1)
    yield from _find_lists(clauses, expected, question)
    figures = any(map(str.isdecimal, expected.plain))
    if len(expected.plain) >= _SHORTEST_PHRASE and not (figures or split_items(expected.spaced)):
        loose = question.type in {None, "phrase"}
        for clause in clauses:
            for found in _find_spread(clause, expected.plain):
                if loose or found.written.replace("的", "") == expected.plain:
                    yield found


def _is_elsewhere(before: str, place: str) -> bool:
    """Return whether a name without its place stands behind another: 省博物馆 for 永城县博物馆."""
    bare = place.rstrip(_OF_PLACES) or place
    return bool(bare) and bool(_PLACE.search(before)) and bare[-WORD:] not in before


def _name_at_end(reference: str) -> str:
    """Return the name of two or three characters behind whatever a person is called before it."""
    sizes = (3, 2) if len(reference) > _LONGEST_NAME else ()
    return next((reference[-n:] for n in sizes if is_surname(reference[-n])), "")


def _find_lists(
    clauses: Sequence[Clause], expected: AnswerForm, question: Question
) -> Iterator[Candidate]:
    ways = split_items(expected.spaced)
    if not ways:
        return
    for sentence in dict.fromkeys([*_sentences(clauses), _joined(clauses)]):
        for items in ways:
            spans = [_find_item(item, sentence, question) for item in items]
            places = [span for span in spans if span]
            if len(places) < len(items) or (question.fixes_order and places != sorted(places)):
                continue
            places.sort()
            if any(_sets_apart(sentence.text[one:two]) for (_, one), (two, _) in pairwise(places)):
                continue
            start, end = places[0][0], max(end for _, end in places)
            spread = end - start - sum(b - a for a, b in places) - len(items) + 1
            yield Candidate(clause=sentence, start=start, end=end, spread=max(spread, 0))


def _sets_apart(gap: str) -> bool:
    """Return whether what stands between two items denies the second, or is another item."""
    return not NEGATIVE.isdisjoint(gap) or bool(_ITEM.search(gap))


def _find_item(item: str, sentence: Clause, question: Question) -> tuple[int, int] | None:
    """Return where a sentence has an item, or a value that is equal to it."""
    at = sentence.text.find(item)
    if at >= 0:
        return at, at + len(item)
    theirs = [reading.value for reading in read_values(item, question)]
    for found in candidates([sentence]) if theirs else ():
        if any_equal(comparable(found, theirs, question), theirs, question):
            return found.start, found.end
    return None


def _sentences(clauses: Sequence[Clause]) -> Iterator[Clause]:
    starts = [i for i, clause in enumerate(clauses) if not clause.topic]
    for start, end in pairwise([*starts, len(clauses)]):
        yield _joined(clauses[start:end])


def _joined(clauses: Sequence[Clause]) -> Clause:
    return Clause(text=",".join(clause.text for clause in clauses), topic="")


def _find_spread(clause: Clause, phrase: str) -> Iterator[Candidate]:
    text = clause.text
    start = text.find(phrase[0])
    while start >= 0:
        at = start
        for char in phrase[1:]:
            at = text.find(char, at + 1)
            if at < 0:
                return
        later = text.find(phrase[0], start + 1)
        if at + 1 - start <= _WIDEST * len(phrase):
            spread = at + 1 - start - len(phrase)
            others = _DENYING.intersection(text[start:at]).difference(phrase)
            if spread and not others:
                yield Candidate(clause=clause, start=start, end=at + 1, spread=spread)
            return
        start = later
