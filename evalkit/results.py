"""The frozen records of what a run found, from estimates to the whole of summary.json."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - validated when read
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from evalkit.records import Condition, Kind, Role, StepName  # noqa: TC001 - validated when read

if TYPE_CHECKING:
    from evalkit.records import Example

Direction = Literal["higher", "lower", "neither"]
"""Which values are better; `neither` for a metric that describes and does not judge."""
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
Status = Literal[
    "failed",
    "missing",
    "refused",
    "empty",
    "truncated",
    "shortened",
    "prompt_cut",
    "unclosed_thinking",
]
"""What is wrong with an output and shows in how its generation ended."""
Issue = Literal[
    Status,
    "invented",
    "declined",
    "wrong_value",
    "wrong_other",
    "in_sentence",
    "repeats",
    "same_text",
    "off_length",
    "copied",
    "other_language",
]
"""What is wrong with an output. `evalkit.stats.output_issues` finds those that show in how its
generation ended, `evalkit.analysis.issues` those that show in its text."""


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
        n_by_article: how many of them each article has; empty where that is not known.
        reads_references: whether it scores only what has a reference.
        per_example: whether what is published is its mean over examples, not over articles.
    """

    name: str
    kind: Kind
    step: StepName
    maximum: float | None
    better: Direction
    headline: bool
    signature: str
    n_planned: int
    n_by_article: Mapping[str, int] = field(default_factory=dict)
    reads_references: bool = True
    per_example: bool = False

    def scores(self, example: Example) -> bool:
        """Return whether the metric scores an example."""
        has_all = bool(example.references) or not self.reads_references
        return has_all and (self.kind, self.step) == (example.kind, example.step)


@dataclass(frozen=True, kw_only=True, slots=True)
class Interval:
    """The ends of a 95% interval, None where nothing shows them, and how they were found.

    A rough one is from so few right or wrong answers that it may hold the truth in fewer than 93
    of 100 evaluations, or in more than 98.
    """

    low: float | None
    high: float | None
    method: str
    is_rough: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """A system's mean on one metric, with its 95% intervals.

    `mean` is over articles, each article's examples averaged first. `here` is the interval of the
    mean on these articles, had other questions been asked about them; `general` that of the mean on
    other articles of the same kind. `plain_mean` is over examples; its interval, as other
    harnesses give it, treats every example as independent. `n` of `n_planned` examples have a
    value; in `n_without_value` of the others there was nothing to score, and the rest are missing:
    failed, refused, or never there. `least` and `most` are the mean if each missing one had the
    lowest or the highest value; None without any, and for a metric without a maximum.
    `mean_with_refusals` is the mean with each refusal as the worst value; None without any.
    `sample_sd` is the standard deviation between the samples of an example, averaged over examples;
    None for single samples.
    """

    metric: str
    mean: float
    here: Interval
    general: Interval
    plain_mean: float
    plain_low: float | None
    plain_high: float | None
    n: int
    n_planned: int
    n_articles: int
    least: float | None = None
    most: float | None = None
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
class IssueCount:
    """How many of a system's outputs for one task have an issue: `n` of the `n_of` that could."""

    system: str
    kind: Kind
    step: StepName
    task: str
    issue: Issue
    n: int
    n_of: int


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
    issues: tuple[IssueCount, ...] = ()
    """Of each system and task, the issues that its outputs could have, also those that none has."""

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
