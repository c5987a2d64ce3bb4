"""The intervals and tests, set beside scipy and statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from statsmodels.stats.contingency_tables import mcnemar  # type: ignore[import-untyped]
from statsmodels.stats.multitest import multipletests  # type: ignore[import-untyped]
from statsmodels.stats.power import TTestPower  # type: ignore[import-untyped]
from statsmodels.stats.weightstats import DescrStatsW  # type: ignore[import-untyped]

from evalkit.stats.estimate import (
    N_RESAMPLES,
    SEED,
    edge_bound,
    ends,
    p_value,
    plain_ends,
    standard_error,
)
from evalkit.stats.paired import articles_needed, exact_sign, holm

SAMPLE = np.array([0.31, 0.55, 0.42, 0.77, 0.12])
LARGE = np.random.default_rng(4).gamma(2.0, 0.2, 60)


def test_t_interval_is_that_of_scipy_and_statsmodels() -> None:
    """Below 30 articles the ends are those of the textbook t interval, to 1e-12."""
    found = ends(SAMPLE)
    low, high = scipy_stats.ttest_1samp(SAMPLE, 0).confidence_interval()
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-12)
    assert (found.low, found.high) == pytest.approx(DescrStatsW(SAMPLE).tconfint_mean(), abs=1e-12)
    assert found.method == "t over 5 articles, 4 d.f."


def test_equal_articles_give_the_cluster_robust_interval() -> None:
    """With as many questions in each article the interval is that of a clustered regression."""
    values = np.random.default_rng(1).normal(0.5, 0.2, (6, 8)) + SAMPLE.mean()
    groups = np.repeat(np.arange(6), 8)
    model = sm.OLS(values.ravel(), np.ones(48))
    fit = model.fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
    found = ends(values.mean(axis=1))
    assert (found.low, found.high) == pytest.approx(fit.conf_int()[0], abs=1e-12)
    assert float(p_value(values.mean(axis=1))) == pytest.approx(fit.pvalues[0], abs=1e-12)


def test_p_is_that_of_the_paired_t_test() -> None:
    """On article means the comparison is scipy's paired t test, at any number of articles."""
    for size in (2, 5, 40):
        a, b = np.random.default_rng(size).random((2, size))
        expected = scipy_stats.ttest_rel(a, b).pvalue
        assert float(p_value(a - b)) == pytest.approx(expected, abs=1e-12)


def test_bootstrap_is_the_plain_loop_over_resamples() -> None:
    """From 30 articles on the matrix product equals resampling articles one by one."""
    n = len(LARGE)
    drawn = np.random.default_rng(SEED).integers(0, n, (N_RESAMPLES, n))
    ratios = []
    for row in drawn:
        sample = LARGE[row]
        ratios.append((sample.mean() - LARGE.mean()) / (sample.std() / np.sqrt(n - 1)))
    error = LARGE.std(ddof=1) / np.sqrt(n)
    low, high = np.quantile(ratios, [0.025, 0.975])
    found = ends(LARGE)
    assert float(found.low) == pytest.approx(LARGE.mean() - high * error, abs=1e-12)
    assert float(found.high) == pytest.approx(LARGE.mean() - low * error, abs=1e-12)
    assert found.method == f"studentised bootstrap over 60 articles, 1999 resamples, seed {SEED}"


def test_bootstrap_leans_towards_the_long_tail() -> None:
    """A skewed sample gets a skewed interval, near scipy's BCa, unlike t's."""
    found = ends(LARGE)
    bca = scipy_stats.bootstrap((LARGE,), np.mean, rng=np.random.default_rng(0))
    assert found.high - found.mean > found.mean - found.low
    assert float(found.low) == pytest.approx(bca.confidence_interval.low, abs=0.01)
    assert float(found.high) == pytest.approx(bca.confidence_interval.high, abs=0.02)


def test_bootstrap_survives_resamples_without_spread() -> None:
    """One wrong answer among forty: some resamples hold none, and the interval stays sensible."""
    found = ends(np.array([0.0] + [1.0] * 39))
    assert 0.8 < float(found.low) < 0.975 <= float(found.high) < 1.1


def test_many_articles_need_no_bootstrap() -> None:
    """Above 2,000 articles t takes over, and only the noise of resampling goes."""
    sample = np.random.default_rng(3).binomial(1, 0.8, 2_001).astype(float)
    above, below = ends(sample), ends(sample[:-1])
    assert above.method == "t over 2001 articles, 2000 d.f."
    assert float(above.low) == pytest.approx(float(below.low), abs=2e-3)
    assert float(above.high) == pytest.approx(float(below.high), abs=2e-3)


def test_same_sample_gives_the_same_interval() -> None:
    """The bootstrap is seeded: the same articles always give the same ends."""
    assert float(ends(LARGE).low) == float(ends(LARGE.copy()).low)


def test_thirty_articles_begin_the_bootstrap() -> None:
    """29 articles are judged by t, 30 by the bootstrap."""
    assert ends(LARGE[:29]).method.startswith("t over 29 articles")
    assert ends(LARGE[:30]).method.startswith("studentised bootstrap over 30 articles")


def test_rounding_is_no_spread() -> None:
    """Means that differ in their last bit are equal."""
    assert float(standard_error(np.array([0.1 + 0.2, 0.3, 0.3]))) == 0
    assert float(p_value(np.array([0.1 + 0.2, 0.3, 0.3]) - 0.3)) == 1


@pytest.mark.parametrize("n", [3, 31])
def test_no_spread_is_no_interval(n: int) -> None:
    """Equal articles have ends at their mean; a difference of 0 has p 1, any other p 0."""
    found = ends(np.full(n, 0.1))
    assert float(found.low) == float(found.high) == float(found.mean)
    assert float(standard_error(np.full(n, 0.1))) == 0
    assert float(p_value(np.zeros(n))) == 1
    assert float(p_value(np.full(n, 0.1))) == 0


def test_rows_are_samples_of_their_own() -> None:
    """Many samples at once give what each gives alone."""
    rows = np.random.default_rng(0).random((3, 40))
    together = ends(rows)
    for i, row in enumerate(rows):
        assert float(together.low[i]) == pytest.approx(float(ends(row).low), abs=1e-12)
        assert float(p_value(rows)[i]) == pytest.approx(float(p_value(row)), abs=1e-12)


def test_plain_interval_takes_every_value_alone() -> None:
    """The unclustered interval is scipy's t interval; one value has none."""
    low, high = scipy_stats.ttest_1samp(SAMPLE, 0).confidence_interval()
    assert plain_ends(SAMPLE) == pytest.approx((low, high), abs=1e-12)
    assert plain_ends(SAMPLE[:1]) == (None, None)


def test_edge_bound_is_clopper_pearson() -> None:
    """For all right of n the bound is the exact binomial one."""
    for n in (1, 24, 500):
        low = scipy_stats.binomtest(n, n).proportion_ci(method="exact").low
        assert edge_bound(n) == pytest.approx(1 - low, abs=1e-9)


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


@given(
    st.lists(st.floats(0, 1), min_size=2, max_size=45), st.floats(-2, 2), st.sampled_from([-1, 3])
)
def test_ends_move_with_the_data(sample: list[float], shift: float, scale: int) -> None:
    """Shifting and stretching the scores shifts and stretches the interval; a mirror flips it."""
    means = np.array(sample)
    one, other = ends(means), ends(means * scale + shift)
    low, high = sorted([float(one.low) * scale + shift, float(one.high) * scale + shift])
    assert (float(other.low), float(other.high)) == pytest.approx((low, high), abs=1e-9)
    assert float(one.low) <= float(one.mean) <= float(one.high)
