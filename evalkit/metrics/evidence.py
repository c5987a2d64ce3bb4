"""What speaks for and against a place of an output being its answer to the question.

Each feature is a number, mostly 0 or 1: how the clause and the question agree around the place and
around the question word, what the clause adds, what negates or contrasts, which values rival it.
None decides: `evidence_weights.py` holds what each counts, for names and for values, fitted on
labelled pairs.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from evalkit.metrics.alignment import answers_another
from evalkit.metrics.answer_match import match
from evalkit.metrics.clauses import (
    are_hedged,
    conflicts,
    is_about,
    is_about_other,
    is_denied,
    is_former,
    is_planned_otherwise,
)
from evalkit.metrics.evidence_weights import BIAS, WEIGHTS
from evalkit.metrics.extracted_values import place_level
from evalkit.metrics.outline import outline, own_words
from evalkit.metrics.overlap import (
    ends_alike,
    has_any,
    pairs,
    share_aligned,
    share_of_acts,
    share_of_pairs,
    words_alike,
)
from evalkit.metrics.roles import does_what_is_asked, goes_on, names_role
from evalkit.values.form import read_answer
from evalkit.values.lexer import any_of
from evalkit.values.phrases import CONTRASTS, MARKS, NEGATIVE
from evalkit.values.synonyms import are_alike

if TYPE_CHECKING:
    from evalkit.metrics.extracted_values import Candidate
    from evalkit.metrics.occurrences import Occurrence
    from evalkit.values.question import Question

Features = dict[str, float]
_JOINING = "了是为有共在于由从达到约至将已叫:\"“《「‘'"
_CLOSING = '的"”》」’'
_PREPOSITIONS = frozenset("由在从向对被给是为于")
_BEFORE, _BEHIND = "是为由在、和与被向给的比", "的、和与等或则也"
_KIND_OF_MARK = {word: kind for kind, words in MARKS.items() for word in words.split()}
_MARK = re.compile(any_of(" ".join(_KIND_OF_MARK)))
_CONTRAST = re.compile(any_of(CONTRASTS))
_JOINED = frozenset("和与及、")
_NEXT_ITEM = re.compile("[、,和及与]{1,2}[^,、的了是在]{1,6}(?:$|[、,和及与等])")
_WORD, _NEAR = 2, 4
_LONGEST_EXACT = 24


def weigh(occurrence: Occurrence) -> float:
    """Return the log-odds that an output answers the question with what a place holds."""
    column = 1 if occurrence.place.readings else 0
    odds = BIAS
    for name, value in features(occurrence).items():
        if value and name in WEIGHTS:
            odds += value * WEIGHTS[name][column]
    return odds


def features(occurrence: Occurrence) -> Features:
    """Return the features of a place by their names; one that is missing is 0."""
    found: Features = {}
    for note in (_agreement, _sides, _own, _shape, _negation, _known, _beside, _marks, _rivalry):
        note(occurrence, found)
    return found


def _agreement(occurrence: Occurrence, found: Features) -> None:
    """Note how much of the question the clause says, its sentence, and other clauses."""
    question, topic = occurrence.question, occurrence.place.clause.topic
    here = share_of_pairs(occurrence.around, question)
    elsewhere = max(
        (share_of_pairs(other.text, question) for other in occurrence.others), default=0.0
    )
    found["shared"] = here
    found["shared before"] = share_of_pairs(f"{topic}|{occurrence.around}", question) - here
    found["shared elsewhere"] = share_of_pairs(
        "|".join(one.text for one in occurrence.others), question
    )
    found["more elsewhere"] = max(elsewhere - here, 0.0)
    found["better elsewhere"] = float(elsewhere > here)
    found["acts"] = share_of_acts(occurrence.around, question)
    found["acts of sentence"] = share_of_acts(f"{topic}|{occurrence.around}", question)
    found["acts of all"] = share_of_acts("|".join(one.text for one in occurrence.clauses), question)


def _sides(occurrence: Occurrence, found: Features) -> None:
    """Note whether predicate and subject stand on the side of the place as of the question word.

    谁打败了他 and 他打败了李明 have the same words on other sides.
    """
    place, question = occurrence.place, occurrence.question
    before, behind = pairs(question.before), pairs(question.after)
    left, right = pairs(place.left), pairs(place.right)
    found["same side"] = min(len(before & left) + len(behind & right), 6) / 6
    crossed = len((before - behind) & (right - left)) + len((behind - before) & (left - right))
    found["other side"] = min(crossed, 4) / 4
    said_before = f"{place.clause.topic}|{place.left}"
    aligned = share_aligned(said_before, place.right, question)
    going_on = "|".join([place.right, *(clause.text for clause in occurrence.later[:1])])
    continued = share_aligned(said_before, going_on, question) == 1
    found["aligned"] = aligned
    found["all aligned"] = float(aligned == 1)
    found["all aligned with next clause"] = float(aligned < 1 and continued)
    parts = outline(question)
    words = words_alike(parts.predicate)
    on_left, on_right = has_any(words, place.left), has_any(words, place.right)
    leads = bool(parts.predicate) and parts.predicate in question.before
    found["predicate"] = float(on_left or on_right)
    found["predicate itself"] = float(
        bool(parts.predicate) and parts.predicate in occurrence.around
    )
    elsewhere = any(has_any(words, other.text) for other in occurrence.others)
    found["predicate elsewhere"] = float(elsewhere)
    found["predicate only elsewhere"] = float(elsewhere and not (on_left or on_right))
    found["predicate on left"] = float(on_left)
    found["predicate on right"] = float(on_right)
    found["predicate on its side"] = float(on_left if leads else on_right)
    found["predicate on other side"] = float(on_left != on_right and on_right == leads)
    subject = [word[-_WORD:] for word in parts.subject]
    topic = f"{place.clause.topic}|{occurrence.around}"
    n_words = max(len(subject), 1)
    found["subject"] = sum(word in occurrence.around for word in subject) / n_words
    found["subject of sentence"] = sum(word in topic for word in subject) / n_words
    said = "|".join(clause.text for clause in occurrence.clauses)
    found["subject of all"] = sum(word in said for word in subject) / n_words
    found["no subject"] = float(not subject)


def _own(occurrence: Occurrence, found: Features) -> None:
    """Note how much the clause says that the question does not, and where."""
    place, asked = occurrence.place, occurrence.question.text
    before, behind = own_words(place.left, asked), own_words(place.right, asked)
    found["own before"] = min(sum(end - start for start, end in before), 12)
    found["own words before"] = min(len(before), 4)
    joined = any(place.left[start - 1 : start] in _JOINED for start, _ in before if start)
    found["own joined"] = float(joined)
    beside = bool(before) and before[-1][1] >= len(place.left.rstrip(_JOINING))
    found["own right before"] = float(beside)
    found["own first"] = float(bool(before) and before[0][0] == 0)
    found["own behind"] = min(sum(end - start for start, end in behind), 12)
    found["own right behind"] = float(bool(behind) and behind[0][0] == 0)


def _shape(occurrence: Occurrence, found: Features) -> None:
    """Note where in the output the place is, how it is written, and what is asked for."""
    place, question = occurrence.place, occurrence.question
    found["clauses"] = min(len(occurrence.clauses), 5)
    found["first clause"] = float(occurrence.index == 0)
    found["later clauses"] = min(len(occurrence.later), 3)
    found["begins"] = float(not place.left)
    found["ends"] = float(not place.right)
    alone = not place.left and not place.right
    found["alone"] = float(alone)
    found["alone and first"] = float(alone and occurrence.index == 0)
    topic = place.clause.topic
    labelled = alone and bool(topic) and not own_words(topic, question.text)
    found["alone behind the question's words"] = float(labelled)
    found["exact"] = float(_is_exact(place, question))
    found["spread"] = min(place.spread, 10)
    found["is spread"] = float(place.spread > 0)
    found["list goes on"] = float(question.asks_list and bool(_NEXT_ITEM.match(place.right)))
    found["value"] = float(bool(place.readings))
    found["length"] = min(place.end - place.start, 12)
    found["asks person"] = float(question.asks_person)
    found["asks moment"] = float(question.asks_moment)
    found["asks number"] = float(bool(question.slots))
    found["asks reason"] = float(question.asks_reason)
    found["asks list"] = float(question.asks_list)


def _negation(occurrence: Occurrence, found: Features) -> None:
    """Note what negates or contrasts, and where."""
    place, clause = occurrence.place, occurrence.place.clause
    found["denied"] = float(is_denied(place.left, occurrence.question))
    found["negated before"] = _negates(place.left)
    found["negated behind"] = _negates(place.right)
    found["negated right behind"] = _negates(place.right[:_NEAR])
    found["negated later"] = max((_negates(other.text) for other in occurrence.later), default=0.0)
    earlier = occurrence.clauses[: occurrence.index]
    found["negated earlier"] = max((_negates(other.text) for other in earlier), default=0.0)
    found["question negates"] = _negates(occurrence.question.text)
    found["hedged earlier"] = float(are_hedged(earlier))
    found["contrast before"] = float(bool(_CONTRAST.search(place.left)))
    found["contrast earlier"] = float(bool(_CONTRAST.search(clause.topic)))
    found["contrast later"] = float(any(_CONTRAST.search(other.text) for other in occurrence.later))


def _known(occurrence: Occurrence, found: Features) -> None:
    """Note in which known ways the clause speaks of what is asked, or of something else."""
    place, question, clauses = occurrence.place, occurrence.question, occurrence.clauses
    clause = place.clause
    found["other attribute"] = float(conflicts(clause.led, question))
    found["former"] = float(is_former(clause, clauses, question))
    found["planned"] = float(is_planned_otherwise(clause, question))
    found["about other"] = float(is_about_other(clause, clauses, question))
    found["about"] = float(is_about(clause, question))
    found["has role"] = float(names_role(place.left, place.right, question))
    found["does it"] = float(does_what_is_asked(place.left, place.right, question))
    found["goes on to do it"] = float(
        bool(occurrence.later) and goes_on(occurrence.later[0].text, question)
    )
    found["other question"] = float(answers_another(clause, place.start, place.end, question))


def _beside(occurrence: Occurrence, found: Features) -> None:
    """Note whether the words right beside the place stand beside the question word as well."""
    place, question = occurrence.place, occurrence.question
    left, right = place.left.rstrip(_JOINING), place.right.lstrip(_CLOSING)
    found["beside on left"] = float(ends_alike(question.left, left))
    continued = question.continuation
    found["beside on right"] = float(len(continued) > 1 and right.startswith(continued[:_WORD]))
    found["left in question"] = float(len(left) > 1 and left[-_WORD:] in question.text)
    found["right in question"] = float(len(right) > 1 and right[:_WORD] in question.text)
    found["alike on left"] = float(len(question.left) > 1 and are_alike(left, question.left))
    last = place.left[-1:]
    found["same preposition"] = float(
        last in _PREPOSITIONS and question.before.endswith(last or "-")
    )
    if last and last in _BEFORE:
        found[f"{last}_"] = 1.0
    if place.right and place.right[0] in _BEHIND:
        found[f"_{place.right[0]}"] = 1.0


def _marks(occurrence: Occurrence, found: Features) -> None:
    """Note which kinds of words the clause has and the question lacks, and the other way."""
    place = occurrence.place
    asked = _marks_of(occurrence.question.text)
    later = "|".join(other.text for other in occurrence.later)
    for where, text in (("before", place.left), ("behind", place.right), ("later", later)):
        own = {_KIND_OF_MARK[word] for word in _marks_of(text) - asked}
        found |= {f"{kind} {where}": 1.0 for kind in own}
    said = {_KIND_OF_MARK[word] for word in _marks_of(f"{place.clause.topic}|{occurrence.around}")}
    lacking = {_KIND_OF_MARK[word] for word in asked} - said
    found |= {f"{kind} lacking": 1.0 for kind in lacking}


def _rivalry(occurrence: Occurrence, found: Features) -> None:
    """Note how well a value is placed, and how well those that are not equal to it."""
    place, question, rivals = occurrence.place, occurrence.question, occurrence.rivals.found
    level = place_level(place, occurrence.clauses, question) if bool(place.readings) else -1
    found[f"level {level}"] = 1.0
    if not rivals:
        return
    found["rival"] = 1.0
    found["rivals"] = min(len({rival.written for rival in rivals}), 3)
    found["rival alone"] = float(any(not (rival.left or rival.right) for rival in rivals))
    found["rival in clause"] = float(any(rival.clause is place.clause for rival in rivals))
    found["rival as well placed"] = float(occurrence.rivals.level == level)
    found["rival better placed"] = float(occurrence.rivals.level > level)
    here = share_of_pairs(occurrence.around, question)
    found["rival shares more"] = float(occurrence.rivals.share > here)
    found["rivals share less"] = float(occurrence.rivals.share < here)
    beside = any(ends_alike(question.left, rival.left.rstrip(_JOINING)) for rival in rivals)
    alike = ends_alike(question.left, place.left.rstrip(_JOINING))
    found["only rival beside"] = float(beside and not alike)


def _is_exact(place: Candidate, question: Question) -> bool:
    """Return whether its clause says no more than a place does, as `em` understands that."""
    sides = read_answer(place.clause.text), read_answer(place.written)
    return len(place.clause.text) <= _LONGEST_EXACT and match(*sides, question).matched


@lru_cache(maxsize=4096)
def _marks_of(text: str) -> frozenset[str]:
    return frozenset(_MARK.findall(text))


def _negates(text: str) -> float:
    return float(not NEGATIVE.isdisjoint(text))
