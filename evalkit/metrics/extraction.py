"""Whether an output commits to the reference answer, be it inside a longer text.

What counts as the answer: what stands alone or first, in the place of the question word, behind the
word for what is asked (全长1570米), after a correction or a sign of equality. An output commits to
nothing where two values fit equally well, where it hedges, says beside its answer that the text
does not tell, or is a passage copied from the article.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from evalkit.metrics.abstaining import judge_abstention
from evalkit.metrics.answer_match import match
from evalkit.metrics.clauses import (
    Clause,
    are_doubted,
    are_hedged,
    are_undecided,
    conflicts,
    is_about_other,
    split_clauses,
)
from evalkit.metrics.decisions import decide_as
from evalkit.metrics.elsewhere import is_answered_elsewhere
from evalkit.metrics.evidence import weigh
from evalkit.metrics.occurrences import Occurrence, find
from evalkit.metrics.outline import own_words
from evalkit.metrics.rivals import Rivals
from evalkit.values.abstention import abstains, is_abstention
from evalkit.values.form import close_up, read_answer, tidy
from evalkit.values.outputs import final_answer
from evalkit.values.reading import kind_of, read_values
from evalkit.values.value import Moment
from evalkit.values.yes_no import is_plain_yes_no, parse_yes_no, polarity, turns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.metrics.decisions import Decision
    from evalkit.values.form import AnswerForm
    from evalkit.values.question import Question

_CORRECTED = re.compile(
    r"(?:不对|更正|纠正|说错|有误|准确地说|确切地说|(?<=[。!?\n])等等)(?:[,。:]*(?:正确的)?(?:应为|应该是|应当是))?"
)
_BRACKETS = re.compile(r"(?<![-+*/=])\(([^()]*)\)|【([^【】]*)】")
_GLOSS = re.compile(r"(?<![-+*/=])\([^()0-9副前原曾不非没未无或]*\)")  # 秦望舒（研究馆员）
_ANOTHER = re.compile("副|前(?![往来])|原(?![名因])|不是|并非")  # the one before, or below
_SENTENCE_END = re.compile("[。!]")
_ASKED = re.compile(r"[^。!?\n]*\?")  # a sentence that asks says nothing
_CLOCK = re.compile("(?<![0-9:])([0-9]{1,2}):([0-5][0-9]):([0-5][0-9])(?![0-9:])")
_DAY = re.compile("[0-9:年月日号上中下午旬早晚凌清傍晨时分点今去明前每当季度初底末]+")
_DAYS = re.compile("[0-9][年月日]")
_LONGEST_ANSWER = 1200  # characters; a longer output without a mark commits to nothing
_QUOTED = re.compile(r"\s*[“「『][^”」』]*[,，;；][^”」』]*[”」』]\s*[。.]?\s*")
_COPIED = 24  # characters that a passage copied from the article has at least


def judge(output: str, reference: str, question: Question, article: str = "") -> Decision:
    """Return whether an output commits to the reference answer, and what was compared.

    >>> from evalkit.values.question import ask
    >>> question = ask("襄阳市共有多少个项目参赛？")
    >>> judge("襄阳市共有45个项目参赛。", "45个", question).matched
    True
    >>> judge("45个或54个", "45个", question).matched
    False
    """
    opened = occurrences_of(output, reference, question, article)
    if not isinstance(opened, list):
        return opened
    odds = [weigh(occurrence) for occurrence in opened]
    place = opened[odds.index(max(odds))].place
    rule = kind_of(place.readings[0]) if place.readings else "name"
    return decide_as(rule, place.written, reference, matched=max(odds) > 0)


def occurrences_of(
    output: str, reference: str, question: Question, article: str = ""
) -> Decision | list[Occurrence]:
    """Return each place of an output that has the reference, or what is decided without them.

    No place counts from which on the output hedges, or beside which another clause answers the
    question. A first sentence that is the answer alone decides.
    """
    expected = read_answer(reference)
    whole = match(read_answer(output), expected, question)
    if whole.matched or not expected.plain:
        return whole
    text = _CORRECTED.split(final_answer(output))[-1]
    if len(text) > _LONGEST_ANSWER or _is_quoted(output, reference):
        return whole
    if is_abstention(expected.plain, question):
        return judge_abstention(text, question)
    clauses = _committed_clauses(_ASKED.sub("", text), expected, question)
    if not clauses or _is_copied(text, reference, article, question):
        return whole
    stated = match(read_answer(_GLOSS.sub("", text)), expected, question)
    decision = stated if stated.matched else _judge_yes_no(clauses, expected, question)
    if decision:
        return decision
    kept = _places(clauses, expected, question, article)
    first = match(read_answer(_SENTENCE_END.split(text)[0]), expected, question) if kept else whole
    return first if first.matched else kept or whole


def _places(
    clauses: Sequence[Clause], expected: AnswerForm, question: Question, article: str
) -> list[Occurrence]:
    """Return the places of clauses that have the reference and may be what they commit to."""
    places, found = find(clauses, expected, question)
    rivals = Rivals(found=found, clauses=clauses, question=question)
    occurrences = [
        Occurrence(
            place=place,
            rivals=rivals,
            clauses=clauses,
            question=question,
            reference=expected.plain,
            article=article,
        )
        for place in places
    ]
    return [
        occurrence
        for occurrence in occurrences
        if not (
            are_hedged(occurrence.from_here, expected.plain) or is_answered_elsewhere(occurrence)
        )
    ]


def _committed_clauses(text: str, expected: AnswerForm, question: Question) -> list[Clause]:
    """Return the clauses of an output; none if one of them, or a bracket, takes its answer back."""
    if any(_contradicts(inner, question) for found in _BRACKETS.findall(text) for inner in found):
        return []
    if "小时" in expected.plain:
        text = _CLOCK.sub(r"\1小时\2分\3秒", text)
    clauses = split_clauses(_without_brackets(text, expected, question))
    if question.asks_moment:
        clauses = list(_with_their_days(clauses))
    takes_back = (
        abstains(clause.text, question, of_other=place == 0) for place, clause in enumerate(clauses)
    )
    return [] if any(takes_back) or are_undecided(clauses) else clauses


def _with_their_days(clauses: Sequence[Clause]) -> Iterator[Clause]:
    """Yield clauses, each that tells what happened on a day together with that day."""
    day, alone = "", False
    for clause in clauses:
        told = bool(day) and clause.topic.startswith(day) and not _DAYS.search(clause.text)
        if alone and not told:
            yield Clause(text=day, topic="")
        alone = bool(_DAY.fullmatch(clause.text))
        if alone:
            day = clause.text
        else:
            yield Clause(text=f"{day},{clause.text}", topic="") if told else clause
            day = day if told else ""
    if alone:
        yield Clause(text=day, topic="")


def _without_brackets(text: str, expected: AnswerForm, question: Question) -> str:
    """Return a text without brackets, which explain; a value or name of the kind asked stays."""
    theirs = [reading.value for reading in read_values(expected.plain, question)]

    def keep(found: re.Match[str]) -> str:
        inner = (found[1] or found[2] or "").strip()
        if found[0] in expected.plain:
            return found[0]
        ours = [reading.value for reading in read_values(inner, question)]
        comparable = any(
            type(a) is type(b)
            and not (isinstance(a, Moment) and isinstance(b, Moment) and a.complements(b))
            for a in ours
            for b in theirs
        )
        return f",{inner}" if comparable or inner == expected.plain else ""

    return _BRACKETS.sub(keep, text)


def _contradicts(inner: str, question: Question) -> bool:
    """Return whether a bracket says that the answer is another's, or may be: 王芳（第二作者）."""
    other = any(key in inner for key in question.keys) and conflicts(inner, question)
    another = _ANOTHER.match(inner) if question.asks_person else None
    other |= another is not None and another[0] not in question.text
    return other or are_hedged(split_clauses(inner))


def _is_quoted(output: str, reference: str) -> bool:
    """Return whether an output is a passage in quotation marks that says more than was asked."""
    return len(output) >= max(_COPIED, 2 * len(reference)) and bool(_QUOTED.fullmatch(output))


def _is_copied(text: str, reference: str, article: str, question: Question) -> bool:
    """Return whether an output is a passage of the article that says more than was asked."""
    if not article:
        return False
    bare = close_up(tidy(text)).strip("。,;:!? ")
    longer = len(bare) >= max(_COPIED, 2 * len(reference))
    if not longer or bare not in _folded(article):
        return False
    return bool(own_words(bare, question.text + reference))


@lru_cache(maxsize=256)
def _folded(article: str) -> str:
    return close_up(tidy(article))


def _judge_yes_no(
    clauses: Sequence[Clause], expected: AnswerForm, question: Question
) -> Decision | None:
    theirs = parse_yes_no(expected.plain, question)
    if theirs is None or not question.asks_yes_no:
        return None
    plain = parse_yes_no(clauses[0].text, question) is not None
    said = [
        said
        for place, clause in enumerate(clauses)
        if (said := polarity(clause.text, question)) is not None
        and (
            (plain and not place)
            or is_plain_yes_no(clause.text)
            or not (conflicts(clause.text, question) or is_about_other(clause, clauses, question))
        )
    ]
    if plain and said[:1] == [False]:  # a bare no is held to what repeats the question
        read = (parse_yes_no(clause.text, question) for clause in clauses)
        said = [one for one in read if one is not None]
    agreed = len(set(said)) == 1 if plain else bool(said)  # a bare yes is held to what follows
    ours = said[0] if agreed else None
    # 但没有 takes back a yes; beside a no it says why
    hedged = are_doubted(clauses) or (ours and any(turns(clause.text) for clause in clauses))
    matched = ours is theirs and not hedged
    return decide_as("yesno", ours, theirs, matched=matched)
