"""What accompanies a paired difference: Holm's adjustment, an exact test, the needed size."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from scipy.special import bdtr, nctdtr, ndtri, stdtrit

if TYPE_CHECKING:
    from collections.abc import Sequence

ALPHA = 0.05
POWER = 0.8
EXACT_BELOW = 1_000  # articles; from there on an approximation that is off by one at most


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Return p values adjusted for their number, in order; None stays None.

    Source: Holm 1979, A Simple Sequentially Rejective Multiple Test Procedure.

    >>> holm([0.01, 0.04, None])
    [0.02, 0.04, None]
    """
    known = sorted((p, i) for i, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    lowest = 0.0
    for rank, (p, i) in enumerate(known):
        lowest = max(lowest, min(1.0, p * (len(known) - rank)))
        adjusted[i] = lowest
    return adjusted


def exact_sign(wins: int, losses: int) -> float:
    """Return the exact two-sided p value of wins against losses; ties say nothing.

    For right and wrong answers this is McNemar's exact test. It takes the examples as independent.

    Source: McNemar 1947; `mcnemar(exact=True)` of statsmodels to 1e-12.

    >>> exact_sign(1, 8)
    0.0390625
    """
    return min(1.0, 2 * float(bdtr(min(wins, losses), wins + losses, 0.5)))


def articles_needed(effect: float, n_family: int = 1) -> int:
    """Return the least number of articles at which a paired t test finds an effect.

    Two-sided at the 5 % level of a family of comparisons (Bonferroni), with 80 % power.

    Args:
        effect: mean difference over the standard deviation of differences between articles; not 0.
        n_family: how many comparisons there are.

    Source: Cohen 1988, Statistical Power Analysis, chapter 2, equal to statsmodels' `TTestPower`;
    the approximation is that of Guenther 1981, The American Statistician 35, 243.

    >>> articles_needed(0.5)
    34
    """
    level = ALPHA / n_family
    tail = float(ndtri(1 - level / 2))
    least = ((tail + float(ndtri(POWER))) / effect) ** 2
    if least >= EXACT_BELOW:
        return math.ceil(least + tail**2 / 2)
    n = max(2, math.ceil(least))
    while _power(abs(effect), n, level) < POWER:
        n += 1
    return n


def _power(effect: float, n: int, level: float) -> float:
    critical = stdtrit(n - 1, 1 - level / 2)
    shift = effect * math.sqrt(n)
    missed = nctdtr(n - 1, shift, critical) - nctdtr(n - 1, shift, -critical)
    return 1 - float(missed)
