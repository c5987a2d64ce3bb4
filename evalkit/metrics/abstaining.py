"""Whether an output abstains: says that the text does not tell what is asked, and no more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from evalkit.metrics.clauses import Clause, are_hedged, conflicts, split_clauses
from evalkit.metrics.decisions import decide_as
from evalkit.metrics.extracted_values import candidates
from evalkit.values.abstention import abstains, clause_kinds
from evalkit.values.form import close_up
from evalkit.values.patterns import compile_words
from evalkit.values.phrases import CONTENT, INFERENCES, SOURCES, TELLERS
from evalkit.values.units import same_unit
from evalkit.values.value import Quantity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.metrics.decisions import Decision
    from evalkit.values.question import Question

_INFERENCE = compile_words(INFERENCES)
_SOURCE = compile_words(SOURCES)
_TEXT = compile_words(f"{SOURCES} {TELLERS} {CONTENT} 报道")
_STATED = re.compile("^[是为:叫](?=..)")


def judge_abstention(text: str, question: Question) -> Decision:
    """Return whether an output says that the text does not tell, and guesses nothing beside it.

    >>> from evalkit.values.question import ask
    >>> judge_abstention("文中没有提到负责人,但应该是李明", ask("负责人是谁？")).matched
    False
    """
    clauses = split_clauses(text)
    first = next((i for i in range(len(clauses)) if _tells_nothing(clauses, i, question)), None)
    plain = close_up(text)
    if first is None or are_hedged(clauses):
        return decide_as("abstention", plain, "∅", matched=False)
    turned = any(_INFERENCE.search(clause.text) for clause in clauses)
    before = not turned and all(_leads(clause, question) for clause in clauses[:first])
    guessed = any(_guesses(clause, question) for clause in clauses[first + 1 :])
    matched = before and not guessed
    return decide_as("abstention", "∅" if matched else plain, "∅", matched=matched)


def _tells_nothing(clauses: Sequence[Clause], place: int, question: Question) -> bool:
    """Return whether a clause says that the text does not tell; one before may name the text."""
    said = clauses[place].text
    named = any(_SOURCE.search(clause.text) for clause in clauses[:place])
    return abstains(said, question, of_other=False) or (
        named and abstains(f"文中{said}", question, of_other=False)
    )


def _leads(clause: Clause, question: Question) -> bool:
    """Return whether a clause before an abstention claims nothing but what the text does say."""
    told = _TEXT.search(clause.text) is not None
    only = any(word in clause.text for word in ("只", "仅", "主要", "虽"))
    asked = any(key in clause.text for key in question.keys)
    return (
        (told and (only or not asked))
        or conflicts(clause.text, question)
        or clause_kinds(clause.text, question) is not None
    )


def _guesses(clause: Clause, question: Question) -> bool:
    """Return whether a clause behind an abstention states what is asked all the same."""
    slot = question.slots[0] if question.slots else None
    asked = slot.unit if slot else None
    if question.left and _STATED.search(clause.text.partition(question.left[-2:])[2]):
        return True
    inferred = any(word in clause.text for word in ("所以", "因此", "大约", "约为"))
    return slot is not None and any(
        isinstance(value, Quantity)
        and value.unit is not None
        and (same_unit(value.unit, asked) if asked else inferred)
        for candidate in candidates([clause])
        for value in candidate.readings
    )
