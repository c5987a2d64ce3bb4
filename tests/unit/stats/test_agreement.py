"""Krippendorff's alpha: equal to the package of that name, with an interval over articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.stats.agreement import krippendorff_alpha

if TYPE_CHECKING:
    from collections.abc import Mapping

LABELS = ("a", "b", "both good", "both bad")
UNITS = st.lists(st.lists(st.sampled_from(LABELS), max_size=5), min_size=1, max_size=8)


def _peer(judged: Mapping[str, list[list[str]]]) -> float:
    """Return the alpha of the package; each row is one of five people, each column a unit."""
    units = [unit for units in judged.values() for unit in units]
    rows = [[LABELS.index(u[i]) if i < len(u) else np.nan for u in units] for i in range(5)]
    value: float = krippendorff.alpha(rows, level_of_measurement="nominal")
    return value


@settings(deadline=None)  # each draws its resamples
@given(st.dictionaries(st.sampled_from("xyz"), UNITS, min_size=1))
def test_equals_the_package(judged: dict[str, list[list[str]]]) -> None:
    """For any units of up to five people, missing answers included, the values are the same."""
    found = krippendorff_alpha(judged)
    paired = [unit for units in judged.values() for unit in units if len(unit) > 1]
    assert (found is None) == (not paired)
    if found is None:
        return
    if len({label for unit in paired for label in unit}) == 1:
        assert found.value is None
    else:
        assert found.value == pytest.approx(_peer(judged), abs=1e-9)


def test_krippendorff_s_own_example() -> None:
    """Two people, ten units of 0 and 1: 0.095, as in Krippendorff 2011, part A."""
    units = [list(pair) for pair in zip("0100000000", "1110010100", strict=True)]
    found = krippendorff_alpha({"article": units})
    assert found is not None
    assert found.value == pytest.approx(0.095, abs=5e-4)
    assert found.general.low is None  # one article has no spread


def test_the_interval_is_over_articles() -> None:
    """Where people agree on some articles and not on others, articles widen the interval."""
    agreed, not_agreed = [["a", "a"], ["b", "b"]] * 5, [["a", "b"], ["b", "a"]] * 5
    mixed = krippendorff_alpha({"w": agreed, "x": not_agreed, "y": agreed, "z": agreed})
    alike = krippendorff_alpha({key: [*agreed * 3, *not_agreed] for key in "wxyz"})
    assert mixed is not None
    assert alike is not None
    assert mixed.value == pytest.approx(alike.value, abs=0.05)
    assert mixed.general.low is not None
    assert mixed.general.high is not None
    assert mixed.general.low < -0.3
    assert mixed.general.high == pytest.approx(1.0)
    assert alike.general.low == pytest.approx(alike.general.high)


def test_three_articles_have_no_interval() -> None:
    """A bootstrap over so few gives the alphas of two articles, however near by chance."""
    units = [["a", "a"], ["b", "b"], ["a", "b"]]
    found = krippendorff_alpha(dict.fromkeys("xyz", units))
    assert found is not None
    assert found.general.low is found.general.high is None
