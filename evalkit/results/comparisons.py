"""Frozen records of how systems differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Verdict = Literal["better", "worse", "higher", "lower", "tied", "one article", "missing"]
"""What the first of two systems is, compared with the second; `one article` and `missing` where
nothing can be said: one article shows no spread, or outputs are missing that could reverse it."""
Scope = Literal["general", "here"]
"""What a result holds for: articles like these in general, or these articles only."""
MIRROR: Mapping[Verdict, Verdict] = {
    "better": "worse",
    "worse": "better",
    "higher": "lower",
    "lower": "higher",
}
"""The verdicts that say that two systems differ, each with that of the two exchanged."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """Whether a difference is shown for one scope, with its 95% interval.

    `verdict` is at the 5% level of the whole family of comparisons (`p_adjusted`); `higher` and
    `lower` where neither is better. 0 lies outside the interval exactly where `p` is below 0.05.
    `p_bound` is p with every missing output counted against what the others show; None where none
    is missing. `detectable` is the smallest difference that would be found in 80 of 100 such
    evaluations at the level of the family (Bonferroni), `detectable_twice` the same with twice as
    many articles (`general`) or questions (`here`); None where there is no such difference.
    """

    verdict: Verdict
    low: float | None
    high: float | None
    p: float | None
    p_adjusted: float | None
    p_bound: float | None
    detectable: float | None
    detectable_twice: float | None
    method: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """The paired difference of two systems on one metric: a − b.

    `here` answers whether they differ on these articles, `general` whether they differ on articles
    like these. Where outputs are missing, `least` and `most` are the difference if these were to
    count against a and for b, or the other way round; None for a metric without a maximum. `wins`
    are the examples on which a is better (or higher). `effect` is the difference in standard
    deviations of the articles' differences, None where these are all equal; `p_sign` the exact test
    of wins against losses, for right or wrong answers only (McNemar).
    """

    metric: str
    a: str
    b: str
    difference: float
    here: Finding
    general: Finding
    effect: float | None
    p_sign: float | None
    family: str
    n_family: int
    n: int
    n_articles: int
    wins: int
    losses: int
    ties: int
    least: float | None = None
    most: float | None = None

    @property
    def scope(self) -> Scope | None:
        """The widest scope for which the systems are shown to differ; None where for neither."""
        if self.general.verdict in MIRROR:
            return "general"
        return "here" if self.here.verdict in MIRROR else None

    @property
    def verdict(self) -> Verdict:
        """The verdict of that scope; without one, why there is none."""
        if self.scope == "general":
            return self.general.verdict
        unsupported = self.scope is None and self.general.verdict == "missing"
        return "missing" if unsupported else self.here.verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class WordingSpread:
    """One model's means on one metric over the wordings of its prompts, all else equal."""

    metric: str
    model: str
    n_wordings: int
    mean: float
    minimum: float
    maximum: float


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderFlips:
    """Under how many of the conditions that two models share, each has the better mean."""

    metric: str
    a: str
    b: str
    n_conditions: int
    n_a_better: int
    n_b_better: int
