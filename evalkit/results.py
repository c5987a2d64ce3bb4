"""The frozen records of what a run found, from estimates to the whole of summary.json."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - records are validated when they are read back
from dataclasses import dataclass
from typing import Literal

Role = Literal["contestant", "floor", "roof", "ceiling"]
"""What a system is in a comparison: the oracle is the roof, people are the ceiling."""
Verdict = Literal["better", "worse", "higher", "lower", "tied", "one article"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """A system's mean on one metric, with its 95 % interval.

    `mean` is over articles, each article's examples averaged first; `low` and `high` are clustered
    by article, None where articles show no spread. `plain_mean` is over examples; its interval, as
    other harnesses give it, treats every example as independent. `n` of `n_planned` examples have
    a score. `method` tells how `low` and `high` were found.
    """

    metric: str
    mean: float
    low: float | None
    high: float | None
    plain_mean: float
    plain_low: float | None
    plain_high: float | None
    n: int
    n_planned: int
    n_articles: int
    method: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """How many generations of a system are odd, and in which way; `n_missing` never came."""

    n_generated: int
    n_failed: int
    n_missing: int
    n_empty: int
    n_cut_off: int
    n_shortened: int
    n_unclosed_thinking: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SystemSummary:
    """One row of the table."""

    name: str
    estimates: tuple[Estimate, ...]
    counts: Counts
    role: Role = "contestant"
    failure: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """The paired difference of two systems on one metric: a − b, with its 95 % interval.

    `verdict` says what a is, compared with b, at the 5 % level of the whole `family` of `n_family`
    comparisons (`p_holm`); `higher` and `lower` where neither is better. `wins` are the examples
    on which a is better (or higher). `effect` is the difference in standard deviations of the
    articles' differences, None where these are all equal; `p_sign` the exact test of wins against
    losses, for right or wrong answers only (McNemar), examples taken as independent. `n_more_…`
    says how much more it would take to find a difference of this size with 80 % power at the 5 %
    level of the family (Bonferroni), with as many examples an article: 0 where there is enough,
    None where no number would be, or only one above 10,000 articles.
    """

    metric: str
    a: str
    b: str
    verdict: Verdict
    difference: float
    low: float | None
    high: float | None
    effect: float | None
    p: float | None
    p_holm: float | None
    p_sign: float | None
    family: str
    n_family: int
    n: int
    n_articles: int
    wins: int
    losses: int
    ties: int
    n_more_articles: int | None
    n_more_examples: int | None
    method: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """What a run found: the content of summary.json."""

    run: str
    status: Literal["complete", "incomplete"]
    systems: tuple[SystemSummary, ...]
    comparisons: tuple[Comparison, ...]
    signatures: Mapping[str, str]
