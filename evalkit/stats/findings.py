"""Whether a difference is shown: on these articles, and on articles like these."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import nctdtrinc, stdtrit

from evalkit.results import MIRROR, Finding
from evalkit.stats.estimate import article_means, flatten, weights
from evalkit.stats.intervals import (
    ALL_EQUAL,
    ONE_ARTICLE,
    ROUNDING,
    edge_bound,
    standard_error,
    t_interval,
    t_test,
    weighted_error,
)
from evalkit.stats.multiplicity import ALPHA, adjust
from evalkit.stats.sign_flips import sign_flips

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from evalkit.results import MetricFacts, Verdict
    from evalkit.stats.estimate import Values
    from evalkit.stats.intervals import Floats

POWER = 0.8


def find_here(differences: Values, *, maximum: float, n_family: int) -> Finding:
    """Return whether the mean difference on these articles is 0, their questions being a sample.

    By flips of the sign of each question's difference; articles weigh the same. Where articles
    disagree on which system is better, that counts as chance as well, so p is rather too large.

    Args:
        differences: of each example, by article.
        maximum: of their absolute value; infinity where there is none.
        n_family: how many comparisons share the 5% level.
    """
    flat, each = flatten(differences), weights(differences)
    if np.ptp(flat) <= ROUNDING:
        return _all_equal(flat, maximum)
    found, error, n = sign_flips(flat, each), weighted_error(flat, each), len(flat)
    low, high = max(found.low, -maximum), min(found.high, maximum)
    if low <= 0 <= high and isfinite(maximum):  # at least as wide as if no example differed
        low, high = min(low, -edge_bound(n) * maximum), max(high, edge_bound(n) * maximum)
    return _finding(
        found.p,
        (low, high),
        found.method,
        (
            _within(maximum, _flips_detect(error, n, n_family)),
            _within(maximum, _flips_detect(error / 2**0.5, 2 * n, n_family)),
        ),
    )


def _all_equal(differences: Floats, maximum: float) -> Finding:
    """Return what equal differences show: none of them, or how many others may exist unseen."""
    value, n = float(differences[0]), len(differences)
    p = 1.0 if abs(value) <= ROUNDING else 2.0 ** (1 - n)
    if not isfinite(maximum) or min(abs(value), maximum - abs(value)) > ROUNDING:
        return _finding(p, (None, None), f"{ALL_EQUAL}: no interval")
    unseen = edge_bound(n)
    ends = value - unseen * (value + maximum), value + unseen * (maximum - value)
    return _finding(p, ends, f"{ALL_EQUAL}: exact bound")


def find_general(
    differences: Values, here: Finding, *, maximum: float, n_family: int, right_or_wrong: bool
) -> Finding:
    """Return whether the mean difference on articles like these is 0, the articles being a sample.

    By t over the articles' mean differences. With right and wrong answers it claims too much where
    few of them differ, and always where all articles have the same difference. There the difference
    has to be shown on these articles too: p is the larger one, and the interval spans both.

    Args:
        differences: of each example, by article.
        here: what was found on these articles.
        maximum: of the absolute value of a difference; infinity where there is none.
        n_family: how many comparisons share the 5% level.
        right_or_wrong: whether all scores are 0 or 1.
    """
    means = article_means(differences)
    n, error = len(means), float(standard_error(means)) if len(means) > 1 else 0.0
    if n == 1:
        return _finding(None, (None, None), ONE_ARTICLE)
    ends = t_interval(means)
    found = _finding(
        float(t_test(means)),
        (max(float(ends.low), -maximum), min(float(ends.high), maximum)),
        ends.method,
        (
            _within(maximum, _t_detects(error, n, n_family)),
            _within(maximum, _t_detects(error / 2**0.5, 2 * n, n_family)),
        ),
    )
    return _spanning(found, here) if right_or_wrong or error == 0 else found


def judge(
    findings: Sequence[Finding],
    differences: Sequence[float],
    metric: MetricFacts,
    possible: Collection[int] | None,
) -> list[Finding]:
    """Return the findings of a family, of one scope, with their verdicts.

    A verdict that missing outputs could reverse is none.

    Args:
        findings: of comparisons, none of them adjusted.
        differences: of the same comparisons.
        metric: that they are on.
        possible: how many of the differences can be 0 at once, from `possible_numbers`.
    """
    adjusted = adjust([found.p for found in findings], possible)
    bounds = [found.p if found.p_bound is None else found.p_bound for found in findings]
    judged = [
        replace(found, p_adjusted=p, verdict=_verdict(difference, p, metric))
        for found, difference, p in zip(findings, differences, adjusted, strict=True)
    ]
    return [
        replace(found, verdict="missing")
        if found.p_bound is not None
        and bound is not None
        and bound >= ALPHA
        and found.verdict in MIRROR
        else found
        for found, bound in zip(judged, adjust(bounds, possible), strict=True)
    ]


def _verdict(difference: float, p: float | None, metric: MetricFacts) -> Verdict:
    if p is None:
        return "one article"
    if p >= ALPHA:
        return "tied"
    if metric.better == "neither":
        return "higher" if difference > 0 else "lower"
    return "better" if (difference > 0) == (metric.better == "higher") else "worse"


def _spanning(general: Finding, here: Finding) -> Finding:
    """Return what neither of two findings rejects."""
    return _finding(
        max(general.p or 0.0, here.p or 0.0),
        (
            _both(min, general.low, here.low),
            _both(max, general.high, here.high),
        ),
        f"{general.method}; {here.method}",
        (
            _both(max, general.detectable, here.detectable),
            _both(max, general.detectable_twice, here.detectable_twice),
        ),
    )


def _finding(
    p: float | None,
    ends: tuple[float | None, float | None],
    method: str,
    detectable: tuple[float | None, float | None] = (None, None),
) -> Finding:
    """Return a finding before it is adjusted for its family and for missing outputs."""
    low, high = (None if end is None or not isfinite(end) else end for end in ends)
    return Finding(
        verdict="one article" if p is None else "tied",
        low=low,
        high=high,
        p=p,
        p_adjusted=p,
        p_bound=None,
        detectable=detectable[0],
        detectable_twice=detectable[1],
        method=method,
    )


def _both(
    choose: Callable[[float, float], float], one: float | None, other: float | None
) -> float | None:
    return None if one is None or other is None else choose(one, other)


def _within(maximum: float, size: float | None) -> float | None:
    """Return the size of a difference; None where no difference is that large."""
    return None if size is None or size > maximum else size


def _flips_detect(error: float, n: int, n_family: int) -> float | None:
    """Return the smallest difference that flips of n signs find; None where these are too few."""
    return _t_detects(error, n, n_family) if 2.0 ** (1 - n) < ALPHA / n_family else None


def _t_detects(error: float, n: int, n_family: int) -> float | None:
    """Return the smallest mean difference that t finds with 80% power; None without spread.

    At the level of a family of comparisons (Bonferroni).

    Args:
        error: the standard error of the mean.
        n: of how many observations.
        n_family: how many comparisons there are.

    Source: Cohen 1988, Statistical Power Analysis, chapter 2; statsmodels' `TTestPower`.
    """
    if error == 0:
        return None
    critical = float(stdtrit(n - 1, 1 - ALPHA / n_family / 2))
    return float(nctdtrinc(n - 1, 1 - POWER, critical)) * error
