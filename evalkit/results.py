"""The frozen records of what a run found, from estimates to the whole of summary.json."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from evalkit.records import Condition, Kind, Role, StepName  # noqa: TC001 - validated when read

Direction = Literal["higher", "lower", "neither"]
"""Which values are better; `neither` for a metric that describes and does not judge."""
Verdict = Literal["better", "worse", "higher", "lower", "tied", "one article"]


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricFacts:
    """All that a reader of a run must know of a metric, without the code that computes it.

    Attributes:
        name: in the field, such as `rougeLsum`.
        kind: the kind of output that it scores.
        step: the step whose outputs it scores.
        maximum: of its values, which begin at 0; None if there is none.
        better: which values are better.
        headline: whether tables show it first.
        signature: all that changes its number.
        n_planned: how many examples it is to score for each system.
    """

    name: str
    kind: Kind
    step: StepName
    maximum: float | None
    better: Direction
    headline: bool
    signature: str
    n_planned: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """A system's mean on one metric, with its 95 % interval.

    `mean` is over articles, each article's examples averaged first; `low` and `high` are clustered
    by article, None where articles show no spread. `plain_mean` is over examples; its interval, as
    other harnesses give it, treats every example as independent. `n` of `n_planned` examples have
    a value; in `n_without_value` of the others there was nothing to score, and the rest failed or
    is missing. `method` says how `low` and `high` were found. `sample_sd` is the standard deviation
    between the samples of an example, averaged over examples; None for single samples.
    `mean_with_refusals` is the mean with each refusal as the worst score; None without any.
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
    sample_sd: float | None = None
    mean_with_refusals: float | None = None
    n_without_value: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether every planned example was scored, be it that there was nothing to score."""
        return self.n + self.n_without_value == self.n_planned


@dataclass(frozen=True, kw_only=True, slots=True)
class OutputCounts:
    """How many outputs of a system have which issue; `n_missing` never came.

    Failed are those with an error and those that could not be asked; refused those that a content
    filter stopped; truncated those that used up their `max_new_tokens`; shortened those whose
    article did not fit whole into the context; of those with a cut prompt the server read a part.
    """

    n_generated: int
    n_failed: int
    n_missing: int
    n_empty: int
    n_truncated: int
    n_shortened: int
    n_unclosed_thinking: int
    n_refused: int = 0
    n_prompt_cut: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class SystemSummary:
    """One row of the table; `failure` is why the system could not run."""

    name: str
    model: str
    role: Role
    condition: Condition
    estimates: tuple[Estimate, ...]
    counts: OutputCounts
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """What a run found: the content of summary.json."""

    run: str
    status: Literal["complete", "incomplete"]
    metrics: tuple[MetricFacts, ...]
    systems: tuple[SystemSummary, ...]
    comparisons: tuple[Comparison, ...]
    spreads: tuple[WordingSpread, ...] = ()
    flips: tuple[OrderFlips, ...] = ()
    with_refusals: tuple[Comparison, ...] = ()
    """The comparisons in which one side refused, made again with each refusal as the worst
    score: `comparisons` is on what both answered, and these bound what that leaves out."""

    def metric(self, name: str) -> MetricFacts:
        """Return the facts of a metric.

        Raises:
            KeyError: the run has no metric of that name.
        """
        for facts in self.metrics:
            if facts.name == name:
                return facts
        raise KeyError(name)

    def headline(self, kind: Kind | None = None) -> tuple[str, ...]:
        """Return the headline metrics of a kind, or of all; every metric where none is headline."""
        chosen = tuple(m.name for m in self.metrics if m.headline) or tuple(
            m.name for m in self.metrics
        )
        return tuple(name for name in chosen if kind in (None, self.metric(name).kind))
