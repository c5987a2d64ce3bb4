"""Intervals of means that are shares: of right or wrong answers, or of values mostly at one end."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaincinv, gammaln

from evalkit.stats.intervals import LEVEL, ROUNDING

if TYPE_CHECKING:
    from evalkit.stats.intervals import Floats

MOSTLY = 0.75
N_MEANS, N_CORRELATIONS = 600, 20
_TAILS = np.array([(1 - LEVEL) / 2, (1 + LEVEL) / 2])


def is_share(values: Floats, maximum: float) -> bool:
    """Return whether a mean is that of a share: three of four values lie at one end of the range.

    Right or wrong answers always do so: with these, all lie at an end.

    Args:
        values: of the examples.
        maximum: the upper end of their range, which begins at 0; infinity if it has none.
    """
    if maximum == np.inf:
        return False
    at_low, at_high = np.abs(values) <= ROUNDING, np.abs(values - maximum) <= ROUNDING
    if bool(np.all(at_low | at_high)):
        return True
    return bool(max(at_low.mean(), at_high.mean()) >= MOSTLY)


def effective_size(sizes: Floats) -> float:
    """Return how many independent answers a mean over articles is worth: G² / Σ 1/n.

    Args:
        sizes: how many answers each of the G articles has.

    >>> effective_size(np.array([4.0, 4.0]))
    8.0
    """
    return float(len(sizes) ** 2 / np.sum(1 / sizes))


def share_of_answers(mean: float, n: float) -> tuple[float, float]:
    """Return the 95% interval of a share, answers being independent: Jeffreys'.

    An end at which all answers lie is an end of the interval.

    Args:
        mean: the share, 0 to 1.
        n: of how many answers, from `effective_size`.

    Source: Brown, Cai and DasGupta 2001, Statistical Science 16, 101.
    """
    low, high = betaincinv(n * mean + 0.5, n * (1 - mean) + 0.5, _TAILS)
    return _with_edges(mean, float(low), float(high))


def share_of_articles(means: Floats, n: float) -> tuple[float, float]:
    """Return the 95% interval of a share, articles being independent and of unlike difficulty.

    The posterior of the mean of a beta-binomial distribution; before, the mean is Beta(½, ½) and
    the intraclass correlation Beta(½, 2). Every article counts as n/G answers, so that all weigh
    the same.

    Args:
        means: the share of each article, 0 to 1; two articles or more.
        n: of how many answers, from `effective_size`.

    Source: the likelihood is `scipy.stats.betabinom`'s, which takes whole numbers only.
    """
    a, b = _parameters()
    size = n / len(means)
    log_likelihood = np.zeros_like(a)
    for share, count in zip(*np.unique(means, return_counts=True), strict=True):
        right = float(np.clip(share, 0, 1)) * size
        log_likelihood += count * (gammaln(right + a) + gammaln(size - right + b))
    constant = gammaln(a) + gammaln(b) - gammaln(a + b) + gammaln(size + a + b)
    log_likelihood -= len(means) * constant
    density = np.exp(log_likelihood - log_likelihood.max()).sum(axis=1)
    reached = np.concatenate([[0.0], np.cumsum(density)]) / density.sum()
    angles = np.interp(_TAILS, reached, np.linspace(0, np.pi / 2, N_MEANS + 1))
    low, high = np.sin(angles) ** 2
    return _with_edges(float(means.mean()), float(low), float(high))


def _with_edges(mean: float, low: float, high: float) -> tuple[float, float]:
    """Return an interval that holds the mean and, where all values lie at an end, that end."""
    at_low, at_high = mean <= ROUNDING, mean >= 1 - ROUNDING
    return (0.0 if at_low else min(low, mean)), (1.0 if at_high else max(high, mean))


@lru_cache(maxsize=1)
def _parameters() -> tuple[Floats, Floats]:
    """Return a and b of the beta distributions of the articles' shares, on the grid of the prior.

    In steps of equal prior weight: Beta(½, ½) is that of sin² of a uniform angle.
    """
    mean = np.sin((np.arange(N_MEANS) + 0.5) / N_MEANS * np.pi / 2) ** 2
    correlation = betaincinv(0.5, 2, (np.arange(N_CORRELATIONS) + 0.5) / N_CORRELATIONS)
    strength = 1 / correlation - 1
    return np.outer(mean, strength), np.outer(1 - mean, strength)
