"""Whether another clause than the one with the reference gives the question an answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from evalkit.metrics.clauses import conflicts
from evalkit.metrics.outline import (
    POINTED,
    WORD,
    begins_own,
    outline,
    own_words,
    share_of_pairs,
)
from evalkit.values.phrases import NEGATIVE
from evalkit.values.value import Quantity

if TYPE_CHECKING:
    from evalkit.metrics.clauses import Clause
    from evalkit.metrics.occurrences import Occurrence
    from evalkit.values.question import Question

_TURNED_TO = re.compile("([^则]{1,10}?)(?:自己|本人)?则")
_LIGHT = "的了是为有在于由共到达约"
_NEARLY_ALL, _FAR_LESS = 0.8, 0.5  # of the question's pairs; of what the other clause says


def is_answered_elsewhere(occurrence: Occurrence) -> bool:
    """Return whether another clause says nearly all of the question, and something in its gap.

    So 最大降雪量出现在大坪镇 beside 青山县积雪最深, where the question is where it snowed most. Or
    whether a later clause sets what is asked about against what was said before: 父亲则是教师.
    """
    if any(_turns_to(clause, occurrence) for clause in occurrence.later):
        return True
    place, question = occurrence.place, occurrence.question
    if _says_predicate(occurrence):
        return False
    here = share_of_pairs(place.clause.lead + occurrence.around, question)
    for clause in occurrence.others:
        share = share_of_pairs(clause.led, question)
        if share < _NEARLY_ALL or here >= _FAR_LESS * share or conflicts(clause.led, question):
            continue
        own = NEGATIVE.difference(question.text)
        rivals = (one for one in occurrence.rivals.found if one.clause == clause and one.left)
        if own.isdisjoint(clause.text) and (_fills(clause, question) or any(rivals)):
            return True
    return False


def _says_predicate(occurrence: Occurrence) -> bool:
    """Return whether the clause speaks of what is asked, or of the change that is."""
    question = occurrence.question
    predicate = outline(question).predicate
    if len(predicate) >= WORD and predicate in occurrence.around:
        return True
    asked = question.slot.change if question.slot else 0
    return bool(asked) and any(
        isinstance(value, Quantity) and value.change == asked for value in occurrence.place.readings
    )


def _turns_to(clause: Clause, occurrence: Occurrence) -> bool:
    """Return whether a clause turns with 则 to what the question names and the place does not."""
    found = _TURNED_TO.match(clause.text)
    if not found:
        return False
    named, asked = found[1], occurrence.question.text
    known = named in asked or (len(named) >= WORD and not own_words(named, asked))
    return known and named[-WORD:] not in occurrence.place.clause.text


def _fills(clause: Clause, question: Question) -> bool:
    """Return whether a clause has words of its own where the question has its question word."""
    if question.left:
        _, found, behind = clause.text.rpartition(question.left[-WORD:])
        return bool(found) and begins_own(behind.lstrip(_LIGHT), question)
    before, found, _ = clause.text.partition(question.after.lstrip(_LIGHT)[:WORD])
    bare = before.rstrip(_LIGHT)
    own = own_words(bare, question.text)
    if not found or not own or POINTED.match(bare):
        return False
    return own[-1][1] == len(bare) and own[-1][1] - own[-1][0] > 1
