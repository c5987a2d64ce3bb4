"""The sign-flip test and its interval, compared with scipy and statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from statsmodels.stats.contingency_tables import mcnemar  # type: ignore[import-untyped]

from evalkit.stats.sign_flips import MOST_VALUES, exact_sign, sign_flips

EIGHT = np.array([0.3, -0.1, 0.5, 0.2, 0.4, -0.05, 0.6, 0.1])
ROUNDING = 1e-12  # of means of a few values


def equal_weights(
    values: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the weights of a plain mean."""
    return np.full(len(values), 1 / len(values))


def test_p_is_that_of_scipy() -> None:
    """With few values all flips are tried: p is exactly that of scipy's permutation test."""
    expected = scipy_stats.permutation_test(
        (EIGHT,), np.mean, permutation_type="samples", n_resamples=1_000
    )
    found = sign_flips(EIGHT, equal_weights(EIGHT))
    assert found.p == pytest.approx(expected.pvalue, abs=1e-12)
    assert found.method == "sign flips of 8 examples, all 256"


@pytest.mark.parametrize(("wins", "losses"), [(5, 0), (6, 0), (4, 1), (7, 2), (9, 3)])
@pytest.mark.parametrize("ties", [0, 1, 100])
def test_right_and_wrong_give_the_exact_sign_test(wins: int, losses: int, ties: int) -> None:
    """Where every answer weighs the same, p is McNemar's, however many answers are equal."""
    values = np.array([1.0] * wins + [-1.0] * losses + [0.0] * ties)
    found = sign_flips(values, equal_weights(values))
    assert found.p == pytest.approx(exact_sign(wins, losses), abs=1e-12)


def test_ends_are_means_that_the_test_just_rejects() -> None:
    """Moved by more than an end, the values are rejected; moved by less, they are not."""
    found = sign_flips(EIGHT, equal_weights(EIGHT))
    for end, inwards in ((found.low, 1e-6), (found.high, -1e-6)):
        assert sign_flips(EIGHT - end - inwards, equal_weights(EIGHT)).p >= 0.05
        assert sign_flips(EIGHT - end + inwards, equal_weights(EIGHT)).p < 0.05


@given(
    st.lists(st.integers(-4, 4), min_size=2, max_size=40).filter(any),
    st.integers(1, 5),
)
@example([0, 0, 0, -1, -1, -2, -2, -3, -3, -3, -4, -3, 4], 1)
@example([-1, -2, 0, 0], 1)
def test_interval_excludes_0_exactly_where_p_is_below_5_percent(
    drawn: list[int], unequal: int
) -> None:
    """Whatever the values and weights, tied, sparse or of one sign; rounding decides nothing."""
    values = np.array(drawn, dtype=float)
    weights = np.where(np.arange(len(values)) < unequal, 3.0, 1.0)
    found = sign_flips(values, weights / weights.sum())
    assert (found.low > 0 or found.high < 0) == (found.p < 0.05)
    mean = float(np.sum(weights * values)) / float(weights.sum())
    assert found.low - ROUNDING <= mean <= found.high + ROUNDING


def test_values_of_0_count_in_the_interval() -> None:
    """Two systems that differ on few of many questions: ends are near 0, not anywhere."""
    values = np.array([-1.0, -1.0] + [0.0] * 228)
    found = sign_flips(values, equal_weights(values))
    assert found.p == 0.5
    assert -0.03 < found.low < found.high == 0
    wins = np.array([1.0] * 66 + [0.0] * 164)
    binomial = scipy_stats.binomtest(66, 230).proportion_ci(method="wilson")
    found = sign_flips(wins, equal_weights(wins))
    assert (found.low, found.high) == pytest.approx((binomial.low, binomial.high), abs=0.01)


def test_too_few_values_reject_nothing() -> None:
    """Five values of one sign have p 2/32, so no mean is out of the question."""
    found = sign_flips(np.arange(1.0, 6.0), np.full(5, 0.2))
    assert (found.p, found.low, found.high) == (0.0625, -np.inf, np.inf)


def test_many_values_have_the_normal_limit() -> None:
    """Above 1,000 values that differ from 0, p and ends move by the noise of flips."""
    values = np.random.default_rng(1).normal(0.06, 1, MOST_VALUES + 1)
    above = sign_flips(values, equal_weights(values))
    below = sign_flips(values[1:], equal_weights(values[1:]))
    assert above.method == "normal limit of sign flips of 1001 examples"
    assert above.p == pytest.approx(below.p, abs=0.01)
    assert (above.low, above.high) == pytest.approx((below.low, below.high), abs=0.005)


def test_same_values_give_the_same_p() -> None:
    """Flips are drawn with a fixed seed."""
    values = np.random.default_rng(2).normal(0.2, 1, 50)
    assert sign_flips(values, equal_weights(values)) == sign_flips(values, equal_weights(values))


@given(st.integers(0, 40), st.integers(0, 40))
def test_exact_sign_is_mcnemar_of_statsmodels(wins: int, losses: int) -> None:
    """Wins against losses give McNemar's exact p value; none of either gives 1."""
    expected = mcnemar([[7, wins], [losses, 9]], exact=True).pvalue if wins + losses else 1
    assert exact_sign(wins, losses) == pytest.approx(min(1, expected), abs=1e-12)
