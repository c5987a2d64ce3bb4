"""The sign-flip test of a weighted mean, and the interval that it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import bdtr, ndtr, ndtri

from evalkit.stats.intervals import LEVEL, ROUNDING, SEED, weighted_error

if TYPE_CHECKING:
    from evalkit.stats.intervals import Floats

N_FLIPS = 10_000
EXACT_TO = 13  # values whose 2 ** 13 flips are fewer than that
MOST_VALUES = 1_000  # above, the normal limit differs by the noise of resampling alone


@dataclass(frozen=True, kw_only=True, slots=True)
class SignFlips:
    """Two-sided p of a mean of 0, and the 95% interval of all means that are not rejected.

    0 lies outside the interval exactly where p is below 0.05. An end is infinite where there are
    too few values to reject any mean on its side.
    """

    p: float
    low: float
    high: float
    method: str


def sign_flips(values: Floats, weights: Floats) -> SignFlips:
    """Return the test of a weighted mean against flips of the values' signs, and its interval.

    If the values are independent and symmetric about a mean, each could as well have lain on the
    other side of it. Flipping a subset of the values moves the mean past 0 exactly where the
    subset's own mean lies past 0, so the means of all subsets are the distribution: p is twice the
    smaller share of them on one side of 0, and their 2.5% quantiles are the ends.

    Args:
        values: of the examples, independent of each other; not all 0.
        weights: of each in the mean, positive, summing to 1.

    Source: Hartigan 1969, JASA 64, 1303 (typical values); p equals that of scipy's
    `permutation_test` with `permutation_type="samples"`.
    """
    nonzero = np.abs(values) > ROUNDING
    n, n_nonzero = len(values), int(nonzero.sum())
    if n_nonzero > MOST_VALUES:
        return _normal(values, weights)
    subsets, how = _subsets(n_nonzero)
    sums = subsets @ (values * weights)[nonzero]
    within = subsets @ weights[nonzero] + _weights_of_zeros(weights[~nonzero], len(subsets))
    means = np.divide(sums, within, out=np.zeros_like(sums), where=within > 0)
    means[np.abs(means) <= ROUNDING] = 0
    empty = np.array(within == 0) & (n_nonzero == n)  # lies on either side of every mean
    lower, upper = np.where(empty, -np.inf, means), np.where(empty, np.inf, means)
    tail = -(-len(subsets) // 40)  # 2.5%, rounded up
    below, above = int(np.sum(lower <= 0)), int(np.sum(upper >= 0))
    return SignFlips(
        p=min(1.0, 2 * min(below, above) / len(subsets)),
        low=float(np.partition(lower, tail - 1)[tail - 1]),
        high=float(np.partition(upper, -tail)[-tail]),
        method=f"sign flips of {n} examples, {how}",
    )


def exact_sign(wins: int, losses: int) -> float:
    """Return the exact two-sided p value of wins against losses; ties say nothing.

    For right and wrong answers this is McNemar's exact test. It takes the examples as independent.

    Source: McNemar 1947; `mcnemar(exact=True)` of statsmodels to 1e-12.

    >>> exact_sign(1, 8)
    0.0390625
    """
    return min(1.0, 2 * float(bdtr(min(wins, losses), wins + losses, 0.5)))


@lru_cache(maxsize=2)
def _subsets(n: int) -> tuple[Floats, str]:
    """Return all subsets of n values where these are few enough, else random ones; a row each.

    The first is the empty one: what was observed is one of the possible flips.
    """
    if n <= EXACT_TO:
        bits = np.arange(2**n)[:, np.newaxis] >> np.arange(n) & 1
        return bits.astype(float), f"all {2**n}"
    drawn = np.random.default_rng(SEED).integers(0, 2, (N_FLIPS, n), dtype=np.uint8)
    drawn[0] = 0
    return drawn.astype(float), f"{N_FLIPS} drawn, seed {SEED}"


def _weights_of_zeros(weights: Floats, n_subsets: int) -> Floats:
    """Return the weight that values of 0 add to each of so many subsets.

    They add nothing to its sum, so it is enough to draw how many of each weight it has.
    """
    generator = np.random.default_rng(SEED)
    total = np.zeros(n_subsets)
    for weight, count in zip(*np.unique(weights, return_counts=True), strict=True):
        total += weight * generator.binomial(count, 0.5, n_subsets)
    return total


def _normal(values: Floats, weights: Floats) -> SignFlips:
    mean, error = float(np.sum(weights * values)), weighted_error(values, weights)
    reach = float(ndtri((1 + LEVEL) / 2)) * error
    return SignFlips(
        p=float(2 * ndtr(-abs(mean) / error)),
        low=mean - reach,
        high=mean + reach,
        method=f"normal limit of sign flips of {len(values)} examples",
    )
