"""The rules that decide whether a prediction is the reference answer, in the order they are tried.

A rule that cannot read both sides whole is skipped. The first one that can decides, for or against.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.metrics.answer_lists import compare_lists
from evalkit.metrics.answer_values import compare_values
from evalkit.metrics.decisions import decide_as
from evalkit.values.names import names_agree
from evalkit.values.polarity import is_abstention, parse_yesno

if TYPE_CHECKING:
    from evalkit.metrics.decisions import Decision, Pair

# 是否 repeats the question; it is not 否 beside a word of it.
_YES_NO_WORDS = frozenset("是否有没")


def decide(pair: Pair, *, values: bool = True) -> Decision:
    """Return the decision of the first rule that can read both sides.

    Args:
        pair: What is compared.
        values: Whether numbers and dates may be read at all; not in names of people and places.

    >>> from evalkit.metrics.decisions import Pair
    >>> from evalkit.values.answer_form import read_answer
    >>> from evalkit.values.questions import ask
    >>> sides = {"prediction": read_answer("81路"), "reference": read_answer("八一路")}
    >>> decide(Pair(**sides, question=ask("在哪条路？"))).rule
    'none'
    """
    prediction, reference = pair.prediction.plain, pair.reference.plain
    none = decide_as("none", prediction, reference, matched=False)
    if not prediction or not reference:
        return none
    if prediction == reference:
        return decide_as("normalised", prediction, reference, matched=True)
    rules = (_abstention, _yesno, *((compare_values,) if values else ()), *_TEXTS)
    return next((decision for rule in rules if (decision := rule(pair))), none)


def _abstention(pair: Pair) -> Decision | None:
    if not is_abstention(pair.reference.plain, pair.question):
        return None
    matched = is_abstention(pair.prediction.plain, pair.question, loose=True)
    shown = "∅" if matched else pair.prediction.plain
    return decide_as("abstention", shown, "∅", matched=matched)


def _yesno(pair: Pair) -> Decision | None:
    reference = parse_yesno(pair.reference.plain, pair.question)
    prediction = parse_yesno(pair.prediction.plain, pair.question)
    if reference is None or prediction is None:
        return None
    return decide_as("yesno", prediction, reference, matched=prediction is reference)


def _name(pair: Pair) -> Decision | None:
    prediction, reference = pair.prediction.plain, pair.reference.plain
    if not names_agree(prediction, reference, pair.question):
        return None
    return decide_as("name", prediction, reference, matched=True)


def _restated(pair: Pair) -> Decision | None:
    prediction, reference = pair.prediction.plain, pair.reference.plain
    left, value, right = prediction.partition(reference)
    if not value or reference in _YES_NO_WORDS or not pair.question.repeats(left, right):
        return None
    return decide_as("restated", prediction, reference, matched=True)


_TEXTS = (_name, _restated, compare_lists)
