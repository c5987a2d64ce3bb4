"""The rules that decide whether a prediction is the reference answer, in the order they are asked.

A rule that cannot read both sides whole says nothing, and the next one is asked. The first rule
that can read both decides, for or against.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.metrics.answer_lists import compare_lists
from evalkit.metrics.answer_values import compare_values
from evalkit.metrics.decisions import verdict
from evalkit.values.names import names_agree
from evalkit.values.polarity import is_abstention, parse_yesno

if TYPE_CHECKING:
    from evalkit.metrics.decisions import Pair, Verdict

# 是否 is the question over again, not 否 beside a word of it.
_STANCE_WORDS = frozenset("是否有没")


def decide(pair: Pair, *, values: bool = True) -> Verdict:
    """Return the verdict of the first rule that can read both sides.

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
    none = verdict("none", prediction, reference, matched=False)
    if not prediction or not reference:
        return none
    if prediction == reference:
        return verdict("normalised", prediction, reference, matched=True)
    rules = (_abstention, _yesno, *((compare_values,) if values else ()), *_TEXTS)
    return next((said for rule in rules if (said := rule(pair))), none)


def _abstention(pair: Pair) -> Verdict | None:
    if not is_abstention(pair.reference.plain, pair.question):
        return None
    matched = is_abstention(pair.prediction.plain, pair.question, loose=True)
    shown = "∅" if matched else pair.prediction.plain
    return verdict("abstention", shown, "∅", matched=matched)


def _yesno(pair: Pair) -> Verdict | None:
    reference = parse_yesno(pair.reference.plain, pair.question)
    prediction = parse_yesno(pair.prediction.plain, pair.question)
    if reference is None or prediction is None:
        return None
    return verdict("yesno", prediction, reference, matched=prediction is reference)


def _name(pair: Pair) -> Verdict | None:
    prediction, reference = pair.prediction.plain, pair.reference.plain
    if not names_agree(prediction, reference, pair.question):
        return None
    return verdict("name", prediction, reference, matched=True)


def _restated(pair: Pair) -> Verdict | None:
    prediction, reference = pair.prediction.plain, pair.reference.plain
    left, value, right = prediction.partition(reference)
    if not value or reference in _STANCE_WORDS or not pair.question.repeats(left, right):
        return None
    return verdict("restated", prediction, reference, matched=True)


_TEXTS = (_name, _restated, compare_lists)
