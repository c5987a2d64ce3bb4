"""The rules that compare values: dates, times, ranges, ratios, ranks and quantities."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from evalkit.metrics.decisions import decide_as
from evalkit.values.datetimes import Moment, moments_agree, parse_moment
from evalkit.values.numerals import parse_number
from evalkit.values.ordinals import parse_rank, parse_ratio, ranks_agree
from evalkit.values.periods import canonical_period
from evalkit.values.quantity_answers import parse_quantity, quantities_agree
from evalkit.values.ranges import split_range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.metrics.decisions import Decision, Pair, Rule
    from evalkit.values.quantities import Quantity
    from evalkit.values.questions import Question

_DATE_STARTS = frozenset("0123456789〇零一二三四五六七八九十上下中凌早晚傍")
_HOW_LONG = re.compile("多长|多久")
_N_ENDS = 2
_DATE_ENDS = frozenset("0123456789年月日号初底末旬午晚上点时分半刻整钟m")


def compare_values(pair: Pair) -> Decision | None:
    """Return the decision of the first rule that can read both sides whole as one kind of value.

    >>> from evalkit.metrics.decisions import Pair
    >>> from evalkit.values.answer_form import read_answer
    >>> from evalkit.values.questions import ask
    >>> sides = {"prediction": read_answer("5万2千户"), "reference": read_answer("5.2万户")}
    >>> decision = compare_values(Pair(**sides, question=ask("改善了多少户？")))
    >>> decision.rule, decision.matched, decision.prediction
    ('number', True, '52000户')
    """
    if pair.question.asks_code:
        return None
    return next((decision for rule in _RULES if (decision := rule(pair))), None)


def _moment(pair: Pair) -> Decision | None:
    question = pair.question
    reference = _read_moment(pair.reference.plain, question, loose=question.asks_date)
    prediction = _read_moment(pair.prediction.plain, question, loose=True) if reference else None
    if not prediction or not reference:
        return None
    rule: Rule = "date" if reference.minute is None else "time"
    matched = moments_agree(prediction, reference, question)
    return decide_as(rule, prediction, reference, matched=matched)


def _read_moment(text: str, question: Question, *, loose: bool) -> Moment | None:
    """Read a date; a form that is also another thing counts only beside a clear one."""
    readings = (parse_moment(part, loose=loose) for part in _without_question(text, question))
    bare = question.date_unit and parse_number(text) is not None
    return next(
        (moment for moment in readings if moment),
        parse_moment(text + question.date_unit) if bare else None,
    )


def _without_question(text: str, question: Question) -> Iterator[str]:
    """Yield text, then text without the words of the question around a date in it."""
    yield text
    start = next((i for i, char in enumerate(text) if char in _DATE_STARTS), 0)
    end = next((i for i in range(len(text), 0, -1) if text[i - 1] in _DATE_ENDS), len(text))
    left, right = text[:start], text[end:]
    if (left or right) and question.repeats(left, right):
        yield text[start:end]


def _moment_range(pair: Pair) -> Decision | None:
    question = pair.question
    reference = _moment_ends(pair.reference.plain, question, loose=question.asks_date)
    prediction = _moment_ends(pair.prediction.plain, question, loose=True) if reference else None
    if not reference or not prediction:
        return None
    ends = zip(prediction, reference, strict=True)
    matched = all(moments_agree(*pair, question) for pair in ends)
    return decide_as("range", _span(*prediction), _span(*reference), matched=matched)


def _period(pair: Pair) -> Decision | None:
    if _HOW_LONG.search(pair.question.text):
        return None  # 一季度 is no 第一季度 there
    reference = canonical_period(pair.reference.plain)
    if reference is None or reference != canonical_period(pair.prediction.plain):
        return None
    return decide_as("date", reference, reference, matched=True)


def _number_range(pair: Pair) -> Decision | None:
    question = pair.question
    reference = _number_ends(pair.reference.plain, question)
    prediction = _number_ends(pair.prediction.plain, question) if reference else None
    if not reference or not prediction:
        return None
    ends = zip(prediction, reference, strict=True)
    matched = all(quantities_agree(*pair, question) for pair in ends)
    return decide_as("range", _span(*prediction), _span(*reference), matched=matched)


def _moment_ends(text: str, question: Question, *, loose: bool) -> tuple[Moment, Moment] | None:
    parts = chain.from_iterable(map(split_range, _without_question(text, question)))
    for first, last in parts:
        low, high = parse_moment(first, loose=loose), parse_moment(last, loose=loose)
        if low and high:
            return low, _complete(high, low)
    return None


def _complete(high: Moment, low: Moment) -> Moment:
    """Return the second end of a range with the year and month that only the first states."""
    if high.month is None and high.day is not None:
        high = replace(high, month=low.month)
    return replace(high, year=low.year) if high.year is None and high.month else high


def _number_ends(text: str, question: Question) -> tuple[Quantity, Quantity] | None:
    slots = question.slots if len(question.slots) == _N_ENDS else (None, None)
    for first, last in split_range(text, question.text):
        low, high = (
            parse_quantity(end, question, slot)
            for end, slot in zip((first, last), slots, strict=True)
        )
        if low and high:
            return low, high
    return None


def _span(low: object, high: object) -> str:
    return f"{low}至{high}"


def _ratio(pair: Pair) -> Decision | None:
    if pair.question.asks_date or "几点" in pair.question.text:
        return None  # the 3:20 of a time is not 三比二十
    score = "比分" in pair.question.text
    prediction = parse_ratio(pair.prediction.plain, score=score)
    reference = parse_ratio(pair.reference.plain, score=score)
    if not prediction or not reference:
        return None
    shown = (":".join(map(str, terms)) for terms in (prediction, reference))
    return decide_as("ratio", *shown, matched=prediction == reference)


def _rank(pair: Pair) -> Decision | None:
    reference = parse_rank(pair.reference.plain, pair.question)
    prediction = parse_rank(pair.prediction.plain, pair.question) if reference else None
    if not prediction or not reference:
        return None
    matched = ranks_agree(prediction, reference, pair.question)
    return decide_as("ordinal", prediction, reference, matched=matched)


def _quantity(pair: Pair) -> Decision | None:
    if pair.question.asks_date and parse_moment(pair.reference.plain):
        return None  # the 3日 of a date is not 3天
    reference = parse_quantity(pair.reference.plain, pair.question)
    prediction = parse_quantity(pair.prediction.plain, pair.question) if reference else None
    if not prediction or not reference:
        return None
    matched = quantities_agree(prediction, reference, pair.question)
    return decide_as("number", prediction, reference, matched=matched)


_RULES = (_moment, _moment_range, _period, _number_range, _ratio, _rank, _quantity)
