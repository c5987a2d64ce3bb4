"""Intervals of shares, compared with scipy and statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from statsmodels.stats.proportion import proportion_confint  # type: ignore[import-untyped]

from evalkit.stats.shares import effective_size, is_share, share_of_answers, share_of_articles


@pytest.mark.parametrize(("right", "n"), [(3, 10), (60, 120), (119, 120)])
def test_share_of_answers_is_that_of_statsmodels(right: int, n: int) -> None:
    """Jeffreys' interval, to 1e-12."""
    expected = proportion_confint(right, n, method="jeffreys")
    assert share_of_answers(right / n, n) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("right", [(9, 10, 6, 10), (0, 0, 1, 0), (3, 7, 5, 2)])
def test_share_of_articles_is_the_posterior_of_scipy_s_beta_binomial(
    right: tuple[int, ...],
) -> None:
    """Integrated by Monte Carlo over the prior, with scipy's likelihood, the ends are the same."""
    generator = np.random.default_rng(1)
    mean, correlation = (generator.beta(0.5, b, 400_000) for b in (0.5, 2))
    strength = 1 / correlation - 1
    likelihood = np.ones(len(mean))
    for count in right:
        chance = scipy_stats.betabinom.pmf(count, 10, mean * strength, (1 - mean) * strength)
        likelihood *= np.nan_to_num(chance)
    order = np.argsort(mean)
    reached = np.cumsum(likelihood[order]) / likelihood.sum()
    expected = mean[order][np.searchsorted(reached, [0.025, 0.975])]
    found = share_of_articles(np.array(right) / 10, 10.0 * len(right))
    assert found == pytest.approx(expected, abs=0.01)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=20), st.floats(1, 150))
def test_interval_holds_the_share_inside_0_and_1(shares: list[float], size: float) -> None:
    """Whatever the articles, 0 ≤ low ≤ mean ≤ high ≤ 1, and never an interval of width 0."""
    means = np.array(shares)
    low, high = share_of_articles(means, size * len(means))
    assert 0 <= low <= means.mean() + 1e-12
    assert means.mean() - 1e-12 <= high <= 1
    assert low < high
    mirrored = share_of_articles(1 - means, size * len(means))
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-6)


def test_articles_that_differ_widen_the_interval() -> None:
    """The same share of right answers says less where articles are of unlike difficulty."""
    alike, unlike = np.array([0.6, 0.6, 0.6, 0.6]), np.array([1.0, 0.9, 0.4, 0.1])
    ends = [share_of_articles(means, 80.0) for means in (alike, unlike)]
    widths = [high - low for low, high in ends]
    assert widths[1] > 1.5 * widths[0]
    low, high = share_of_answers(0.6, 80.0)
    assert widths[0] > high - low


def test_all_right_keeps_a_doubt() -> None:
    """The upper end is 1, the lower one is below it, and nearer to it with more articles."""
    few, many = share_of_articles(np.ones(5), 230.0), share_of_articles(np.ones(20), 920.0)
    assert few[1] == many[1] == 1
    assert few[0] < many[0] < 1
    assert share_of_answers(0.0, 50.0)[0] == 0


def test_large_articles_count_no_more_than_small_ones() -> None:
    """The size is that of independent answers with the same variance of the mean over articles."""
    assert effective_size(np.array([20.0, 20.0, 20.0])) == pytest.approx(60)
    assert effective_size(np.array([1.0, 1_000.0])) == pytest.approx(4, abs=0.01)


@pytest.mark.parametrize(
    ("values", "maximum", "expected"),
    [
        ([0.0, 1.0, 1.0], 1.0, True),
        ([0.0, 0.0, 0.0, 0.4], 1.0, True),
        ([0.0, 0.0, 0.3, 0.4], 1.0, False),
        ([2.0, 2.0, 2.0, 1.5], 2.0, True),
        ([0.0, 0.0, 0.0], np.inf, False),
    ],
)
def test_scores_mostly_at_one_end_are_a_share(
    values: list[float], maximum: float, *, expected: bool
) -> None:
    """Right or wrong, or three of four at an end of a range that has one."""
    assert is_share(np.array(values), maximum) is expected
