"""What the rules for answers compare, and what they decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Rule = Literal[
    "strict",  # equal without any change but strip()
    "normalised",  # equal in their one written form
    "abstention",  # whether both say that the text does not answer the question
    "yesno",
    "date",
    "time",
    "range",
    "ratio",
    "ordinal",
    "number",
    "name",  # one name or phrase, in other words or beside words of the question
    "list",
    "none",  # no kind of reading on both sides: no match
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What a rule decided, and both sides in the form that it compared."""

    matched: bool
    rule: Rule
    prediction: str
    reference: str


def decide_as(rule: Rule, prediction: object, reference: object, *, matched: bool) -> Decision:
    """Return what a rule decided, both sides shown as text.

    >>> decide_as("number", "十三名", "13名", matched=True).matched
    True
    """
    return Decision(
        matched=matched, rule=rule, prediction=str(prediction), reference=str(reference)
    )
