"""Holm, the exact sign test and the number of articles, compared with statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import mcnemar  # type: ignore[import-untyped]
from statsmodels.stats.multitest import multipletests  # type: ignore[import-untyped]
from statsmodels.stats.power import TTestPower  # type: ignore[import-untyped]

from evalkit.stats.paired import articles_needed, exact_sign, holm


def test_holm_is_that_of_statsmodels() -> None:
    """Adjusted p values are those of statsmodels, in their order; None is not counted."""
    p_values = [0.01, 0.04, 0.03, 0.005, 0.5]
    assert holm([*p_values, None])[:-1] == pytest.approx(multipletests(p_values, method="holm")[1])
    assert holm([None, 0.04]) == [None, 0.04]


@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_only_ever_raises_p(p_values: list[float]) -> None:
    """Adjusting keeps the order, stays below 1, and never makes a p value smaller."""
    adjusted = [p for p in holm(p_values) if p is not None]
    assert all(p <= new <= 1 for p, new in zip(p_values, adjusted, strict=True))
    ordered = [new for _, new in sorted(zip(p_values, adjusted, strict=True))]
    assert ordered == sorted(ordered)


@given(st.integers(0, 40), st.integers(0, 40))
def test_exact_sign_is_mcnemar_of_statsmodels(wins: int, losses: int) -> None:
    """Wins against losses give McNemar's exact p value; none of either gives 1."""
    expected = mcnemar([[7, wins], [losses, 9]], exact=True).pvalue if wins + losses else 1
    assert exact_sign(wins, losses) == pytest.approx(min(1, expected), abs=1e-12)


@pytest.mark.parametrize("effect", [0.02, 0.08, 0.1, 0.33, -0.5, 0.8, 1.0, 1.5, 2.5, 4.0])
@pytest.mark.parametrize("n_family", [1, 6])
def test_articles_needed_is_that_of_statsmodels(effect: float, n_family: int) -> None:
    """The number of articles is the next whole one above statsmodels' answer."""
    exact = TTestPower().solve_power(abs(effect), alpha=0.05 / n_family, power=0.8)
    assert articles_needed(effect, n_family) == np.ceil(exact)


def test_huge_effects_still_need_two_articles() -> None:
    """One article never shows a spread, however large the effect."""
    assert articles_needed(1000.0) == 2
