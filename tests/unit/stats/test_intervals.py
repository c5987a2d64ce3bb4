"""The intervals and the t test, compared with scipy and statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from statsmodels.stats.weightstats import DescrStatsW  # type: ignore[import-untyped]

from evalkit.stats.intervals import (
    N_RESAMPLES,
    SEED,
    edge_bound,
    plain_interval,
    score_interval,
    standard_error,
    t_interval,
    t_test,
)

SAMPLE = np.array([0.31, 0.55, 0.42, 0.77, 0.12])
LARGE = np.random.default_rng(4).gamma(2.0, 0.2, 60)


def test_t_interval_is_that_of_scipy_and_statsmodels() -> None:
    """Below 30 articles the ends are those of the textbook t interval, to 1e-12."""
    found = t_interval(SAMPLE)
    assert score_interval(SAMPLE) == found
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
    found = score_interval(values.mean(axis=1))
    assert (found.low, found.high) == pytest.approx(fit.conf_int()[0], abs=1e-12)
    assert float(t_test(values.mean(axis=1))) == pytest.approx(fit.pvalues[0], abs=1e-12)


def test_p_is_that_of_the_paired_t_test() -> None:
    """On article means the comparison is scipy's paired t test, at any number of articles."""
    for size in (2, 5, 40):
        a, b = np.random.default_rng(size).random((2, size))
        expected = scipy_stats.ttest_rel(a, b).pvalue
        assert float(t_test(a - b)) == pytest.approx(expected, abs=1e-12)


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
    found = score_interval(LARGE)
    assert float(found.low) == pytest.approx(LARGE.mean() - high * error, abs=1e-12)
    assert float(found.high) == pytest.approx(LARGE.mean() - low * error, abs=1e-12)
    assert found.method == f"studentised bootstrap over 60 articles, 1999 resamples, seed {SEED}"


def test_bootstrap_leans_towards_the_long_tail() -> None:
    """A skewed sample gets a skewed interval, near scipy's BCa, unlike t's."""
    found = score_interval(LARGE)
    bca = scipy_stats.bootstrap((LARGE,), np.mean, rng=np.random.default_rng(0))
    assert found.high - LARGE.mean() > LARGE.mean() - found.low
    assert float(found.low) == pytest.approx(bca.confidence_interval.low, abs=0.01)
    assert float(found.high) == pytest.approx(bca.confidence_interval.high, abs=0.02)


def test_bootstrap_survives_resamples_without_spread() -> None:
    """One wrong answer among forty: some resamples hold none, and the interval stays sensible."""
    found = score_interval(np.array([0.0] + [1.0] * 39))
    assert 0.8 < float(found.low) < 0.975 <= float(found.high) < 1.1


def test_many_articles_need_no_bootstrap() -> None:
    """Above 2,000 articles t takes over, and only the noise of resampling goes."""
    sample = np.random.default_rng(3).binomial(1, 0.8, 2_001).astype(float)
    above, below = score_interval(sample), score_interval(sample[:-1])
    assert above.method == "t over 2001 articles, 2000 d.f."
    assert float(above.low) == pytest.approx(float(below.low), abs=2e-3)
    assert float(above.high) == pytest.approx(float(below.high), abs=2e-3)


def test_same_sample_gives_the_same_interval() -> None:
    """The bootstrap is seeded: the same articles always give the same ends."""
    assert float(score_interval(LARGE).low) == float(score_interval(LARGE.copy()).low)


def test_thirty_articles_begin_the_bootstrap() -> None:
    """29 articles are judged by t, 30 by the bootstrap."""
    assert score_interval(LARGE[:29]).method.startswith("t over 29 articles")
    assert score_interval(LARGE[:30]).method.startswith("studentised bootstrap over 30 articles")


def test_rounding_is_not_spread() -> None:
    """Means that differ in their last bit are equal."""
    assert float(standard_error(np.array([0.1 + 0.2, 0.3, 0.3]))) == 0
    assert float(t_test(np.array([0.1 + 0.2, 0.3, 0.3]) - 0.3)) == 1


@pytest.mark.parametrize("n", [3, 31])
def test_without_spread_the_interval_has_width_0(n: int) -> None:
    """Equal articles have ends at their mean; a difference of 0 has p 1, any other p 0."""
    found = score_interval(np.full(n, 0.1))
    assert float(found.low) == float(found.high) == pytest.approx(0.1)
    assert float(standard_error(np.full(n, 0.1))) == 0
    assert float(t_test(np.zeros(n))) == 1
    assert float(t_test(np.full(n, 0.1))) == 0


def test_rows_are_samples_of_their_own() -> None:
    """Many samples at once give what each gives alone."""
    rows = np.random.default_rng(0).random((3, 40))
    together = score_interval(rows)
    for i, row in enumerate(rows):
        assert float(together.low[i]) == pytest.approx(float(score_interval(row).low), abs=1e-12)
        assert float(t_test(rows)[i]) == pytest.approx(float(t_test(row)), abs=1e-12)


def test_plain_interval_takes_every_value_alone() -> None:
    """The unclustered interval is scipy's t interval; one value has none."""
    low, high = scipy_stats.ttest_1samp(SAMPLE, 0).confidence_interval()
    assert plain_interval(SAMPLE) == pytest.approx((low, high), abs=1e-12)
    assert plain_interval(SAMPLE[:1]) == (None, None)


def test_edge_bound_is_clopper_pearson() -> None:
    """For all right of n the bound is the exact binomial one."""
    for n in (1, 24, 500):
        low = scipy_stats.binomtest(n, n).proportion_ci(method="exact").low
        assert edge_bound(n) == pytest.approx(1 - low, abs=1e-9)


@given(
    st.lists(st.floats(0, 1), min_size=2, max_size=45), st.floats(-2, 2), st.sampled_from([-1, 3])
)
def test_ends_move_with_the_data(sample: list[float], shift: float, scale: int) -> None:
    """Shifting and stretching the scores shifts and stretches the interval; a mirror flips it."""
    means = np.array(sample)
    one, other = score_interval(means), score_interval(means * scale + shift)
    low, high = sorted([float(one.low) * scale + shift, float(one.high) * scale + shift])
    assert (float(other.low), float(other.high)) == pytest.approx((low, high), abs=1e-9)
    assert float(one.low) <= float(means.mean()) <= float(one.high)
