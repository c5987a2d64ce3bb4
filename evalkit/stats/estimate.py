"""Means and paired differences, with intervals that know that questions come in articles."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scipy import stats as distributions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEVEL = 0.95
METHOD = "t on article totals"


@dataclass(frozen=True, kw_only=True, slots=True)
class Interval:
    """A mean with the 95 % interval around it; p is two-sided, against a mean of 0."""

    mean: float
    low: float | None
    high: float | None
    p: float | None
    n: int
    n_articles: int


def clustered(values: Mapping[str, Sequence[float]]) -> Interval:
    """Return the mean of all values and its interval, clustered by article.

    The mean weighs every example the same. Its variance is that of a ratio estimator over
    articles, its quantile from t with one degree of freedom less than articles; where all articles
    have equally many examples this is the t interval on the article means.

    Args:
        values: the values of each article, by article id; at least one value in all.

    Source: Cochran 1977, Sampling Techniques, section 6.3 (ratio estimator); Miller 2024, Adding
    Error Bars to Evals, section 2.2 (clustered standard errors).
    """
    filled = [list(items) for items in values.values() if items]
    n = sum(map(len, filled))
    mean = math.fsum(math.fsum(items) for items in filled) / n
    totals = [math.fsum(items) - mean * len(items) for items in filled]
    return _interval(mean, totals, n=n, scale=n)


def plain(values: Sequence[float]) -> Interval:
    """Return the mean and its t interval with every value taken as independent."""
    mean = math.fsum(values) / len(values)
    return _interval(mean, [value - mean for value in values], n=len(values), scale=len(values))


def _interval(mean: float, residuals: Sequence[float], *, n: int, scale: int) -> Interval:
    groups = len(residuals)
    if groups < 2:  # noqa: PLR2004 - one group has no spread
        return Interval(mean=mean, low=None, high=None, p=None, n=n, n_articles=groups)
    spread = math.fsum(residual**2 for residual in residuals) * groups / (groups - 1)
    error = math.sqrt(spread) / scale
    reach = error * float(distributions.t.ppf((1 + LEVEL) / 2, groups - 1))
    return Interval(
        mean=mean,
        low=mean - reach,
        high=mean + reach,
        p=_p(mean, error, groups - 1),
        n=n,
        n_articles=groups,
    )


def _p(mean: float, error: float, freedom: int) -> float:
    if error == 0:
        return 1.0 if mean == 0 else 0.0
    return float(2 * distributions.t.sf(abs(mean) / error, freedom))


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Return p values adjusted for their number, in order; None stays None.

    Source: Holm 1979, A Simple Sequentially Rejective Multiple Test Procedure.

    >>> holm([0.01, 0.04, None])
    [0.02, 0.04, None]
    """
    known = sorted((p, i) for i, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    floor = 0.0
    for rank, (p, i) in enumerate(known):
        floor = max(floor, min(1.0, p * (len(known) - rank)))
        adjusted[i] = floor
    return adjusted
