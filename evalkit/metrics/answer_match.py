"""Whether a prediction is the reference answer, and by which kind of reading.

All readings of both sides are compared. They match if some pair is equal; they contradict each
other if both can be read as one kind and no pair of that kind is equal. No rule comes first.
"""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING

from evalkit.metrics.decisions import Decision, decide_as
from evalkit.values.abstention import is_abstention
from evalkit.values.equality import equal
from evalkit.values.form import AnswerForm
from evalkit.values.lists import split_items, trim_items
from evalkit.values.names import same_name
from evalkit.values.reading import is_value, kind_of, read_values
from evalkit.values.units import same_unit
from evalkit.values.value import Quantity
from evalkit.values.yes_no import parse_yes_no

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.values.question import Question
    from evalkit.values.reading import Reading

_LONGEST_ECHO = 12  # characters of the question's predicate that stand for yes or no
_LONGEST_RESTATEMENT = 8  # characters of the question that an exact answer may repeat


def match(prediction: AnswerForm, reference: AnswerForm, question: Question) -> Decision:
    """Return whether two answers say the same, and the kind of reading that decides.

    >>> from evalkit.values.form import read_answer
    >>> from evalkit.values.question import ask
    >>> sides = read_answer("81路"), read_answer("八一路")
    >>> match(*sides, ask("在哪条路？")).rule
    'none'
    """
    one, other = prediction.plain, reference.plain
    if not one or not other:
        return decide_as("none", one, other, matched=False)
    if one == other:
        return decide_as("normalised", one, other, matched=True)
    if is_abstention(other, question):
        matched = is_abstention(one, question, loose=True)
        return decide_as("abstention", "∅" if matched else one, "∅", matched=matched)
    against: Decision | None = None
    for compare in (_yes_no, _values, _names, _lists):
        decision = compare(prediction, reference, question)
        if decision and decision.matched:
            return decision
        against = against or decision
    return against or decide_as("none", one, other, matched=False)


def _yes_no(one: AnswerForm, other: AnswerForm, question: Question) -> Decision | None:
    theirs = parse_yes_no(other.plain, question) if len(one.plain) <= _LONGEST_ECHO else None
    ours = parse_yes_no(one.plain, question) if theirs is not None else None
    if theirs is None or ours is None:
        return None
    return decide_as("yesno", ours, theirs, matched=ours is theirs)


def _values(one: AnswerForm, other: AnswerForm, question: Question) -> Decision | None:
    theirs = read_values(other.plain, question)
    ours = read_values(one.plain, question) if theirs else ()
    pairs = [
        (mine, yours)
        for mine, yours in product(ours, theirs)
        if type(mine.value) is type(yours.value)
    ]
    for mine, yours in pairs:
        if equal(mine.value, yours.value, question) and mine.n_residue <= _LONGEST_RESTATEMENT:
            return decide_as(kind_of(yours.value), mine.value, yours.value, matched=True)
    if pairs:
        mine, yours = pairs[0]
        return decide_as(kind_of(yours.value), mine.value, yours.value, matched=False)
    return None


def _names(one: AnswerForm, other: AnswerForm, question: Question) -> Decision | None:
    if is_value(other.plain, question) or not same_name(one.plain, other.plain, question):
        return None
    return decide_as("name", one.plain, other.plain, matched=True)


def _lists(one: AnswerForm, other: AnswerForm, question: Question) -> Decision | None:
    """Compare two lists: the same set, in any order unless the question fixes one."""
    theirs = _of_asked_number(split_items(other.spaced, loose=False), question)
    ways = list(product(split_items(one.spaced), theirs)) if theirs else []
    for mine, yours in ways:
        if len(mine) == len(yours) and _same_items(mine, yours, question):
            return decide_as("list", " | ".join(mine), " | ".join(yours), matched=True)
    if not ways:
        return None
    mine, yours = ways[0]
    return decide_as("list", " | ".join(mine), " | ".join(yours), matched=False)


def _n_alike(one: str, other: str) -> int:
    """Return how many characters two texts begin with in common."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def _of_asked_number(ways: Sequence[Sequence[str]], question: Question) -> Sequence[Sequence[str]]:
    """Return the ways to read a list that have as many items as are asked for, if any has."""
    return [way for way in ways if len(way) == question.n_asked] or ways


def _same_items(one: Sequence[str], other: Sequence[str], question: Question) -> bool:
    ours, theirs = _in_asked_order(one, question), _in_asked_order(other, question)
    if ours and theirs:
        return _pairs_match(
            ours, theirs, question, ordered=not (_distinct(ours) and _distinct(theirs))
        )
    sides = trim_items(one, question), trim_items(other, question)
    return any(_texts_match(*pair, question) for pair in _without_common(*sides, question))


def _without_common(
    one: Sequence[str], other: Sequence[str], question: Question
) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Yield two lists as they are, without the place that both begin with, and without their noun.

    县委书记、县长 is 县长、县委书记, and 云台隧道、和顺隧道 is 云台、和顺.
    """
    yield one, other
    if head := _n_alike(one[0], other[0]):
        yield (one[0][head:], *one[1:]), (other[0][head:], *other[1:])
    n_alike = min(_n_alike(item[::-1], other[0][::-1]) for item in other)
    noun = other[0][len(other[0]) - n_alike :]
    if len(noun) > 1 and noun in question.text and noun not in {*one, *other}:
        yield [item.removesuffix(noun) for item in one], [item.removesuffix(noun) for item in other]


def _in_asked_order(items: Sequence[str], question: Question) -> list[tuple[Reading, ...]]:
    """Return the readings of items that are all numbers, in the order in which they are asked for.

    Empty where one of them is none, or where their labels contradict their order.
    """
    slots = question.slots if len(question.slots) == len(items) else (None,) * len(items)
    found = [
        tuple(r for r in read_values(item, question, slot) if isinstance(r.value, Quantity))
        for item, slot in zip(items, slots, strict=True)
    ]
    if not all(found):
        return []
    places = [place for readings in found if (place := readings[0].place) >= 0]
    if len(set(places)) == len(items):
        return [
            readings for _, readings in sorted(zip(places, found, strict=True), key=lambda p: p[0])
        ]
    return found if places == sorted(places) else []


def _pairs_match(
    one: Sequence[tuple[Reading, ...]],
    other: Sequence[tuple[Reading, ...]],
    question: Question,
    *,
    ordered: bool,
) -> bool:
    def same(ours: tuple[Reading, ...], theirs: tuple[Reading, ...]) -> bool:
        return any(equal(a.value, b.value, question) for a, b in product(ours, theirs))

    if all(same(*pair) for pair in zip(one, other, strict=True)):
        return True
    if question.fixes_order and ordered:
        return False
    rest = list(other)
    for readings in one:
        partner = next((theirs for theirs in rest if same(readings, theirs)), None)
        if partner is None:
            return False
        rest.remove(partner)
    return True


def _distinct(items: Sequence[tuple[Reading, ...]]) -> bool:
    """Return whether each number carries a unit that distinguishes it from the others."""
    quantities = [readings[0].value for readings in items]
    units = [q.unit for q in quantities if isinstance(q, Quantity) and q.unit]
    alike = any(same_unit(*pair) for pair in combinations(units, 2))
    return len(units) == len(items) and not alike


def _texts_match(one: Sequence[str], other: Sequence[str], question: Question) -> bool:
    if question.fixes_order or not (question.asks_list or question.asks_person):
        return all(_same_item(*pair, question) for pair in zip(one, other, strict=True))
    rest = list(other)
    for item in one:
        partner = next((text for text in rest if _same_item(item, text, question)), None)
        if partner is None:
            return False
        rest.remove(partner)
    return True


def _same_item(one: str, other: str, question: Question) -> bool:
    if one == other or same_name(one, other, question):
        return True
    left, right = (AnswerForm(plain=item, spaced=item) for item in (one, other))
    decision = _values(left, right, question)
    return decision is not None and decision.matched
