"""Adjusting for the number of comparisons: Holm's and Shaffer's procedures."""

from __future__ import annotations

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests  # type: ignore[import-untyped]

from evalkit.stats.multiplicity import adjust, possible_numbers


def test_holm_is_that_of_statsmodels() -> None:
    """Adjusted p values are those of statsmodels, in their order; None is not counted."""
    p_values = [0.01, 0.04, 0.03, 0.005, 0.5]
    expected = multipletests(p_values, method="holm")[1]
    assert adjust([*p_values, None])[:-1] == pytest.approx(expected)
    assert adjust([None, 0.04]) == [None, 0.04]


@given(st.lists(st.floats(0, 1), min_size=6, max_size=6))
def test_adjusting_only_ever_raises_p(p_values: list[float]) -> None:
    """It keeps the order, stays below 1, and Shaffer's p lies between p and Holm's."""
    shaffer = adjust(p_values, possible_numbers(list(combinations("abcd", 2))))
    for p, low, high in zip(p_values, shaffer, adjust(p_values), strict=True):
        assert low is not None
        assert high is not None
        assert p <= low <= high <= 1
    ordered = [new for _, new in sorted(zip(p_values, shaffer, strict=True)) if new is not None]
    assert ordered == sorted(ordered)


@pytest.mark.parametrize("n_systems", [2, 3, 4, 5, 6])
def test_possible_numbers_are_those_of_all_ways_to_be_equal(n_systems: int) -> None:
    """Every way to divide systems into groups of equals gives a number, and none is left out."""
    pairs = list(combinations(range(n_systems), 2))
    expected = {
        sum(groups[i] == groups[j] for i, j in pairs)
        for groups in product(range(n_systems), repeat=n_systems)
    }
    assert possible_numbers([(str(i), str(j)) for i, j in pairs]) == frozenset(expected)


def test_families_of_several_conditions_are_divided_into_their_groups() -> None:
    """Systems of two conditions that never meet: the numbers of either group are added."""
    pairs = [*combinations("abc", 2), *combinations("xyz", 2)]
    assert possible_numbers(pairs) == frozenset({0, 1, 2, 3, 4, 6})


def test_other_families_are_adjusted_by_holm() -> None:
    """Where pairs are missing, as with one oracle for all, any number of them can be equal."""
    assert possible_numbers([("a", "oracle"), ("b", "oracle")]) is None
