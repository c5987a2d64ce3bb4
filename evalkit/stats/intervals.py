"""Intervals of means over articles, and the test of a mean difference.

Most functions take one value per article, in the last axis: an article's mean is one observation,
however many questions it has. `docs/statistics.md` gives the reasons and the measured coverage.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtr, stdtrit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEVEL = 0.95
BOOTSTRAP_FROM = 30
BOOTSTRAP_TO = 2_000
N_RESAMPLES = 1_999
SEED = 2025
LEAST_ERROR = 0.5
ROUNDING = 1e-12
NO_SPREAD = "no spread between articles"
ONE_ARTICLE = "one article has no spread"
ALL_EQUAL = "all examples have the same value"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ends:
    """The ends of the 95% intervals of means over articles, and how they were found."""

    low: Floats
    high: Floats
    method: str


def score_interval(means: Floats) -> Ends:
    """Return the 95% interval of a mean score, which may be skewed and near an end of its range.

    Below 30 articles from t; from 30 to 2,000 from a studentised bootstrap over articles, always
    with the same seed; above, where the two agree but for the noise of resampling, from t again.
    Without any spread both ends are the mean.

    Args:
        means: one mean per article in the last axis, two or more; other axes are so many samples.

    Source: Hall 1992, The Bootstrap and Edgeworth Expansion, section 3.5 (studentised intervals).
    """
    n = means.shape[-1]
    if not BOOTSTRAP_FROM <= n <= BOOTSTRAP_TO:
        return t_interval(means)
    mean, error = means.mean(axis=-1), standard_error(means)
    lowest, highest = _bootstrap_quantiles(means)
    return Ends(
        low=mean - np.maximum(highest, 0) * error,
        high=mean - np.minimum(lowest, 0) * error,
        method=f"studentised bootstrap over {n} articles, {N_RESAMPLES} resamples, seed {SEED}",
    )


def t_interval(means: Floats) -> Ends:
    """Return the 95% interval from t of a mean over articles, which inverts `t_test`.

    Args:
        means: one mean per article in the last axis, two or more; other axes are so many samples.
    """
    n = means.shape[-1]
    mean, reach = means.mean(axis=-1), stdtrit(n - 1, (1 + LEVEL) / 2) * standard_error(means)
    return Ends(low=mean - reach, high=mean + reach, method=f"t over {n} articles, {n - 1} d.f.")


def t_test(means: Floats) -> Floats:
    """Return the two-sided p value, from t, of a mean over articles of 0; 0 or 1 without spread.

    Args:
        means: one mean per article in the last axis, two or more.
    """
    freedom = means.shape[-1] - 1
    mean, error = np.abs(means.mean(axis=-1)), standard_error(means)
    ratio = np.divide(mean, error, out=np.where(mean > ROUNDING, np.inf, 0.0), where=error > 0)
    return np.asarray(2 * stdtr(freedom, -ratio))


def standard_error(means: Floats) -> Floats:
    """Return the standard error of the mean over articles; exactly 0 where all are equal."""
    spread = means.std(axis=-1, ddof=1) / np.sqrt(means.shape[-1])
    return np.where(np.ptp(means, axis=-1) > ROUNDING, spread, 0.0)


def weighted_error(values: Floats, weights: Floats) -> float:
    """Return the standard error of a weighted mean of independent values.

    Args:
        values: of the examples, two or more.
        weights: of each in the mean, summing to 1.
    """
    n = len(values)
    apart = values - np.sum(weights * values)
    return float(np.sqrt(np.sum((weights * apart) ** 2) * n / (n - 1)))


def _bootstrap_quantiles(means: Floats) -> tuple[Floats, Floats]:
    """Return the 2.5% and 97.5% quantiles of (mean* − mean) / error* over resamples.

    A resample that happens to have hardly any spread (no wrong answer drawn, say) would put them
    at infinity; its error counts as at least half of the sample's.
    """
    n = means.shape[-1]
    weights = _resamples(n)
    apart = means - means.mean(axis=-1, keepdims=True)
    shift = apart @ weights.T
    variance = np.maximum(apart**2 @ weights.T - shift**2, 0) / (n - 1)
    least = LEAST_ERROR * standard_error(means)[..., np.newaxis]
    error = np.maximum(np.sqrt(variance), least)
    ratios = np.divide(shift, error, out=np.zeros_like(shift), where=error > 0)
    low, high = np.quantile(ratios, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=-1)
    return low, high


@lru_cache(maxsize=2)
def _resamples(n: int) -> Floats:
    """Return the share of each of n articles in each resample, one row per resample."""
    generator = np.random.default_rng(SEED)
    rows = generator.integers(0, n, (N_RESAMPLES, n)) + n * np.arange(N_RESAMPLES)[:, np.newaxis]
    return np.bincount(rows.ravel(), minlength=N_RESAMPLES * n).reshape(N_RESAMPLES, n) / n


def plain_interval(values: Floats) -> tuple[float | None, float | None]:
    """Return the t interval of a mean with every value taken as independent; None for one value."""
    n = len(values)
    if n == 1:
        return None, None
    reach = float(stdtrit(n - 1, (1 + LEVEL) / 2) * standard_error(values))
    return float(values.mean()) - reach, float(values.mean()) + reach


def edge_bound(n: int) -> float:
    """Return how far the true mean may be from the edge of the range that all n values lie on.

    In units of the range. Exact (Clopper and Pearson) for right and wrong, and never too small for
    values in between; it takes the values as independent.

    >>> round(edge_bound(100), 3)
    0.036
    """
    return float(1 - ((1 - LEVEL) / 2) ** (1 / n))
