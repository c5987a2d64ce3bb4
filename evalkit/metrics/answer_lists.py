"""The rule that compares lists: the same set, in any order unless the question fixes one."""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING

from evalkit.metrics.answer_values import compare_values
from evalkit.metrics.decisions import Pair, decide_as
from evalkit.values.answer_form import AnswerForm
from evalkit.values.datetimes import parse_moment
from evalkit.values.lists import split_items, trim_items
from evalkit.values.names import names_agree
from evalkit.values.quantity_answers import parse_quantity, quantities_agree
from evalkit.values.units import same_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.metrics.decisions import Decision
    from evalkit.values.quantities import Quantity
    from evalkit.values.questions import Question


def compare_lists(pair: Pair) -> Decision | None:
    """Return whether two lists name the same things; None where one side is not a list.

    Numbers follow the order in which the question asks for them, unless a label or a unit of its
    own says what each belongs to. Other items may be in any order where the question asks for
    several things without 分别, 依次 or the like.
    """
    ways = product(split_items(pair.prediction.spaced), split_items(pair.reference.spaced))
    found = [_compare(*way, pair.question) for way in ways]
    return next((one for one in found if one.matched), found[0] if found else None)


def _compare(one: Sequence[str], other: Sequence[str], question: Question) -> Decision:
    left, right = trim_items(one, question), trim_items(other, question)
    if len(one) != len(other):
        matched = False
    elif (ours := _numbers(one, question)) and (theirs := _numbers(other, question)):
        matched = _same_numbers(ours, theirs, question)
    else:
        matched = _same_texts(left, right, question)
    return decide_as("list", " | ".join(one), " | ".join(other), matched=matched)


def _numbers(items: Sequence[str], question: Question) -> list[Quantity]:
    """Return items as quantities, in the order in which the question asks for them.

    Empty where one of them is not a quantity, or where their labels contradict their order.
    """
    if question.asks_code or (question.asks_date and any(map(parse_moment, items))):
        return []
    slots = question.slots if len(question.slots) == len(items) else (None,) * len(items)
    found = (
        parse_quantity(*part) for part in zip(items, (question,) * len(items), slots, strict=True)
    )
    quantities = [quantity for quantity in found if quantity]
    if len(quantities) < len(items):
        return []
    places = [quantity.place for quantity in quantities if quantity.place >= 0]
    if len(set(places)) == len(items):
        return sorted(quantities, key=lambda quantity: quantity.place)
    return quantities if places == sorted(places) else []


def _same_numbers(left: Sequence[Quantity], right: Sequence[Quantity], question: Question) -> bool:
    if all(quantities_agree(*pair, question) for pair in zip(left, right, strict=True)):
        return True
    if question.fixes_order and not (_distinct(left) and _distinct(right)):
        return False
    rest = list(right)
    for quantity in left:
        partner = next((one for one in rest if quantities_agree(quantity, one, question)), None)
        if partner is None:
            return False
        rest.remove(partner)
    return True


def _distinct(quantities: Sequence[Quantity]) -> bool:
    """Return whether each number carries a unit that distinguishes it from the others."""
    units = [quantity.unit for quantity in quantities if quantity.unit]
    alike = any(same_unit(*pair) for pair in combinations(units, 2))
    return len(units) == len(quantities) and not alike


def _same_texts(left: Sequence[str], right: Sequence[str], question: Question) -> bool:
    if question.fixes_order or not question.asks_list:
        return all(_same_item(*pair, question) for pair in zip(left, right, strict=True))
    rest = list(right)
    for item in left:
        partner = next((one for one in rest if _same_item(item, one, question)), None)
        if partner is None:
            return False
        rest.remove(partner)
    return True


def _same_item(one: str, other: str, question: Question) -> bool:
    if one == other or names_agree(one, other, question):
        return True
    left, right = (AnswerForm(plain=item, spaced=item) for item in (one, other))
    decision = compare_values(Pair(prediction=left, reference=right, question=question))
    return decision is not None and decision.matched
