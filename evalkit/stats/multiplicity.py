"""Adjusts the p values of a family of comparisons for their number."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

ALPHA = 0.05


def adjust(
    p_values: Sequence[float | None], possible: Collection[int] | None = None
) -> list[float | None]:
    """Return p values adjusted for their number, in order; None stays None.

    Step by step, smallest first: each is multiplied by the largest number of hypotheses that can
    still be true, which without further knowledge is the number of those left (Holm).

    Args:
        p_values: of a family.
        possible: how many of its hypotheses can be true at once, from `possible_numbers`; any
            number where None.

    Source: Holm 1979, Scandinavian Journal of Statistics 6, 65; Shaffer 1986, JASA 81, 826.

    >>> adjust([0.01, 0.04, None])
    [0.02, 0.04, None]
    >>> adjust([0.01, 0.02, 0.04], {0, 1, 3})
    [0.03, 0.03, 0.04]
    """
    known = sorted((p, i) for i, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    lowest = 0.0
    for rank, (p, i) in enumerate(known):
        left = len(known) - rank
        n_true = left if possible is None else max(n for n in possible if n <= left)
        lowest = max(lowest, min(1.0, p * n_true))
        adjusted[i] = lowest
    return adjusted


def possible_numbers(pairs: Sequence[tuple[str, str]]) -> frozenset[int] | None:
    """Return how many of the hypotheses that two systems are equal can be true at once.

    Equality is transitive: of the three pairs of three systems, two cannot be equal without the
    third. None where some pairs of connected systems are not in the family, so that this does not
    help.

    >>> sorted(possible_numbers([("a", "b"), ("a", "c"), ("b", "c")]))
    [0, 1, 3]
    """
    groups = _groups(pairs)
    if sum(len(group) * (len(group) - 1) // 2 for group in groups) != len(pairs):
        return None
    numbers = frozenset({0})
    for group in groups:
        numbers = frozenset(n + m for n in numbers for m in _numbers(len(group)))
    return numbers


def _groups(pairs: Sequence[tuple[str, str]]) -> list[frozenset[str]]:
    """Return the systems that are connected by pairs."""
    connected: dict[str, frozenset[str]] = defaultdict(frozenset)
    for a, b in pairs:
        group = connected[a] | connected[b] | {a, b}
        connected |= dict.fromkeys(group, group)
    return list(set(connected.values()))


@cache
def _numbers(n_systems: int) -> frozenset[int]:
    """Return the numbers of equal pairs that n systems can have: one group of equals, and others.

    >>> sorted(_numbers(5))
    [0, 1, 2, 3, 4, 6, 10]
    """
    if n_systems < 2:  # noqa: PLR2004 - a pair
        return frozenset({0})
    return frozenset(
        size * (size - 1) // 2 + others
        for size in range(1, n_systems + 1)
        for others in _numbers(n_systems - size)
    )
