"""What speaks for and against a place of an output being its answer to the question.

Each feature is a number, mostly 0 or 1: how much of the question its clause says, and others, what
the clause adds, what negates or contrasts, which words stand beside it, which values rival it.
None decides: `evidence_weights.py` holds what each counts, for names and for values, fitted on
labelled pairs.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from evalkit.metrics.alignment import answers_another
from evalkit.metrics.article_evidence import contradicts, share_told
from evalkit.metrics.clauses import is_former, is_of_other_time, is_planned_otherwise
from evalkit.metrics.evidence_weights import BIAS, WEIGHTS
from evalkit.metrics.extracted_values import place_level
from evalkit.metrics.outline import (
    WORD,
    asked_pairs,
    content_pairs,
    lead_of,
    outline,
    own_words,
    share_of_pairs,
)
from evalkit.metrics.roles import does_what_is_asked, goes_on, names_role
from evalkit.values.patterns import compile_words
from evalkit.values.phrases import CONTRASTS, MARKS, NEGATIVE

if TYPE_CHECKING:
    from evalkit.metrics.occurrences import Occurrence

Features = dict[str, float]
_JOINING = "了是为有共在于由从达到约至将已叫:\"“《「‘'"
_BEFORE, _BEHIND = "由与被比", "的等"
_KIND_OF_MARK = {word: kind for kind, words in MARKS.items() for word in words.split()}
_MARK = compile_words(" ".join(_KIND_OF_MARK))
_CONTRAST = compile_words(CONTRASTS)
_TOLD = ("borne out", "own told")
_WITHIN_ITEM = re.compile("[^、,的了是]{0,2}、")
_NEXT_ITEM = re.compile("[、,和及与]{1,2}(?!另外|此外|同时)[^,、的了是在]{1,6}(?:$|[、,和及与等])")


def weigh(occurrence: Occurrence) -> float:
    """Return the log-odds that an output answers the question with what a place holds.

    The article is only read where it can turn them, since that takes as long as all else.
    """
    column = 1 if occurrence.place.readings else 0
    found: Features = {}
    for note in _NOTES:
        note(occurrence, found)
    odds = BIAS + _sum(found, column)
    told: Features = {}
    if abs(odds) < sum(abs(WEIGHTS[name][column]) for name in _TOLD):
        _note_told(occurrence, told)
    return odds + _sum(told, column)


def features(occurrence: Occurrence) -> Features:
    """Return the features of a place by their names; one that is missing is 0."""
    found: Features = {}
    for note in (*_NOTES, _note_told):
        note(occurrence, found)
    return found


def _sum(found: Features, column: int) -> float:
    """Return what features count together, for names (0) or for values (1)."""
    known = ((WEIGHTS[name], value) for name, value in found.items() if name in WEIGHTS)
    return sum(weights[column] * value for weights, value in known)


def _agreement(occurrence: Occurrence, found: Features) -> None:
    """Note how much of the question the clause says, and how much other clauses."""
    question, others = occurrence.question, [clause.text for clause in occurrence.others]
    here = share_of_pairs(occurrence.around, question)
    found["shared"] = here
    found["shared elsewhere"] = share_of_pairs("|".join(others), question)
    found["more elsewhere"] = max(found["shared elsewhere"] - here, 0.0)
    found["later begins with the question"] = float(_is_asked_later(occurrence))
    subject = [word[-WORD:] for word in outline(question).subject]
    said = "|".join(clause.text for clause in occurrence.clauses)
    n_words = max(len(subject), 1)
    found["subject"] = sum(word in occurrence.around for word in subject) / n_words
    found["subject of all"] = sum(word in said for word in subject) / n_words


def _is_asked_later(occurrence: Occurrence) -> bool:
    """Return whether a later clause begins with words of the question that the clause lacks."""
    leads = (lead_of(clause.text, occurrence.question) for clause in occurrence.later)
    return any(lead and lead not in occurrence.place.clause.text for lead in leads)


def _own(occurrence: Occurrence, found: Features) -> None:
    """Note how much the clause says that the question does not, on each side."""
    place, asked = occurrence.place, occurrence.question.text
    for side, text in (("before", place.left), ("behind", place.right)):
        n_own = sum(end - start for start, end in own_words(text, asked))
        found[f"own {side}"] = min(n_own, 12)
    bare = not found["own before"] and not found["own behind"]
    found["nothing own and first"] = float(bare and occurrence.index == 0)


def _shape(occurrence: Occurrence, found: Features) -> None:
    """Note where in the output the place is, how it is written, and what is asked for."""
    place, question = occurrence.place, occurrence.question
    found["clauses"] = min(len(occurrence.clauses), 5)
    found["first clause"] = float(occurrence.index == 0)
    found["begins"] = float(not place.left)
    alone = not place.left and not place.right
    found["alone and first"] = float(alone and occurrence.index == 0)
    topic = place.clause.topic
    labelled = alone and bool(topic) and not own_words(topic, question.text)
    found["alone behind the question's words"] = float(labelled)
    found["is spread"] = float(place.spread > 0)
    found["list goes on"] = float(question.asks_list and bool(_NEXT_ITEM.match(place.right)))
    listed = place.left.endswith("、") or bool(_WITHIN_ITEM.match(place.right))
    found["in a list"] = float(listed and not question.asks_list)
    found["value"] = float(bool(place.readings))
    found["asks person"] = float(question.asks_person)


def _negation(occurrence: Occurrence, found: Features) -> None:
    """Note where something negates or contrasts."""
    own = NEGATIVE.difference(occurrence.question.text)
    found["negated before"] = float(not own.isdisjoint(occurrence.place.left))
    found["contrast earlier"] = float(bool(_CONTRAST.search(occurrence.place.clause.topic)))
    found["contrast later"] = float(
        any(_CONTRAST.search(other.text) for other in occurrence.told_later)
    )


def _known(occurrence: Occurrence, found: Features) -> None:
    """Note in which known ways the clause speaks of what is asked, or of something else."""
    place, question, clauses = occurrence.place, occurrence.question, occurrence.clauses
    clause = place.clause
    found["other time"] = float(is_of_other_time(clause.led, question))
    found["former"] = float(is_former(clause, clauses, question))
    found["planned"] = float(is_planned_otherwise(clause, question))
    found["has role"] = float(names_role(place.left, place.right, question))
    found["does it"] = float(does_what_is_asked(place.left, place.right, question))
    found["goes on to do it"] = float(
        bool(occurrence.later) and goes_on(occurrence.later[0].text, question)
    )
    found["other question"] = float(answers_another(clause, place.start, place.end, question))


def _beside(occurrence: Occurrence, found: Features) -> None:
    """Note what stands right beside the place."""
    place = occurrence.place
    left = place.left.rstrip(_JOINING)
    found["left in question"] = float(len(left) > 1 and left[-WORD:] in occurrence.question.text)
    if place.left and place.left[-1] in _BEFORE:
        found[f"{place.left[-1]}_"] = 1.0
    if place.right and place.right[0] in _BEHIND:
        found[f"_{place.right[0]}"] = 1.0


def _marks(occurrence: Occurrence, found: Features) -> None:
    """Note which kinds of words stand on each side that the question lacks."""
    place = occurrence.place
    asked = _marks_of(occurrence.question.text)
    later = "|".join(other.text for other in occurrence.told_later)
    for where, text in (("before", place.left), ("behind", place.right), ("later", later)):
        own = {_KIND_OF_MARK[word] for word in _marks_of(text) - asked}
        found |= {f"{kind} {where}": 1.0 for kind in own}


def _rivalry(occurrence: Occurrence, found: Features) -> None:
    """Note how well a value is placed, and how well those that are not equal to it."""
    place, question, rivals = occurrence.place, occurrence.question, occurrence.rivals
    level = place_level(place, occurrence.clauses, question) if place.readings else -1
    if place.readings:
        found[f"level {level}"] = 1.0
    if rivals.found:
        here = share_of_pairs(occurrence.around, question)
        found["rival as well placed"] = float(rivals.level == level)
        found["rival better placed"] = float(rivals.level > level)
        found["rival shares more"] = float(rivals.share > here)


def _note_told(occurrence: Occurrence, found: Features) -> None:
    """Note whether the article contradicts the clause, and has its words beside the reference."""
    place, article = occurrence.place, occurrence.article
    if not article:
        return
    borne_out, own_told = _TOLD
    own = content_pairs(occurrence.around) - asked_pairs(occurrence.question)
    found[borne_out] = -1.0 if contradicts(article, place.clause) else 1.0
    found[own_told] = share_told(own, article, occurrence.reference, place.written)


_NOTES = (_agreement, _own, _shape, _negation, _known, _beside, _marks, _rivalry)


@lru_cache(maxsize=4096)
def _marks_of(text: str) -> frozenset[str]:
    return frozenset(_MARK.findall(text))
