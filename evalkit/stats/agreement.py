"""How far people agree: Krippendorff's alpha for categories, with an interval over articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalkit.results import Interval
from evalkit.stats.intervals import LEVEL, N_RESAMPLES, ONE_ARTICLE, SEED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.stats.intervals import Floats

FEWEST_ARTICLES = 4

Units = Sequence[Sequence[str]]
"""What each of several people said of a unit, for each unit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Alpha:
    """Krippendorff's alpha of `n_units` units that two people or more judged.

    `value` is at most 1; 0 is agreement by chance. It is None where everybody always said the
    same, as nothing then tells agreement from habit.
    """

    value: float | None
    general: Interval
    n_units: int
    n_articles: int


def krippendorff_alpha(judged: Mapping[str, Units]) -> Alpha | None:
    """Return alpha of nominal judgements; None where no unit was judged by two people.

    The interval is a percentile bootstrap over articles, as the units of one are alike. Resamples
    in which everybody always said the same have no alpha, and are left out. Fewer than four
    articles have none: more than 2.5% of the resamples then hold one article alone, so that the
    ends would be the alphas of two articles, however near each other these are by chance.

    Args:
        judged: article → its units.

    Source: Krippendorff 2019, Content Analysis, 4th edition, section 12.3.1; the value equals that
    of the package `krippendorff`.
    """
    paired = {
        article: [unit for unit in units if len(unit) > 1] for article, units in judged.items()
    }
    paired = {article: units for article, units in paired.items() if units}
    if not paired:
        return None
    labels = sorted({label for units in paired.values() for unit in units for label in unit})
    matrices = np.stack([_coincidences(units, labels) for units in paired.values()])
    value = float(_alpha(matrices.sum(axis=0)))
    return Alpha(
        value=None if np.isnan(value) else value,
        general=_interval(matrices),
        n_units=sum(map(len, paired.values())),
        n_articles=len(paired),
    )


def _coincidences(units: Units, labels: Sequence[str]) -> Floats:
    """Return how often two labels met in a unit, those of a unit of n people counting 1/(n-1)."""
    counts = np.array([[unit.count(label) for label in labels] for unit in units], dtype=float)
    each = 1 / (counts.sum(axis=1) - 1)
    with_itself = np.diag((counts * each[:, np.newaxis]).sum(axis=0))
    return np.asarray((counts * each[:, np.newaxis]).T @ counts - with_itself)


def _alpha(coincidences: Floats) -> Floats:
    """Return alpha of the matrix in the last two axes; NaN where only one label was used."""
    of_label = coincidences.sum(axis=-1)
    n = of_label.sum(axis=-1)
    agreed = np.trace(coincidences, axis1=-2, axis2=-1)
    expected = (n**2 - (of_label**2).sum(axis=-1)) / (n - 1)
    unlike = np.round(expected, 9) > 0
    ratio = np.divide(n - agreed, expected, out=np.full_like(n, np.nan), where=unlike)
    return np.asarray(1 - ratio)


def _interval(matrices: Floats) -> Interval:
    n = len(matrices)
    if n == 1:
        return Interval(low=None, high=None, method=ONE_ARTICLE)
    if n < FEWEST_ARTICLES:
        return Interval(low=None, high=None, method=f"{n} articles are too few for a bootstrap")
    drawn = np.random.default_rng(SEED).multinomial(n, np.full(n, 1 / n), N_RESAMPLES)
    alphas = _alpha(np.tensordot(drawn, matrices, axes=1))
    known = alphas[~np.isnan(alphas)]
    method = f"bootstrap over {n} articles, {N_RESAMPLES} resamples, seed {SEED}"
    if not len(known):
        return Interval(low=None, high=None, method=f"{method}: no interval")
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(low=float(low), high=float(high), method=method)
