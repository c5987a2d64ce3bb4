"""Frozen records of what a metric is and what a system reaches in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping  # noqa: TC003 - validated when read
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from evalkit.records import Kind, StepName  # noqa: TC001 - validated when read

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evalkit.records import Example

Direction = Literal["higher", "lower", "neither"]
"""Which values are better; `neither` for a metric that describes and does not judge."""


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

    def count(self, examples: Iterable[Example]) -> Counter[str]:
        """Return how many examples of each article the metric scores."""
        return Counter(example.article_id for example in examples if self.scores(example))

    def published(self, estimate: Estimate) -> float:
        """Return the mean that comes first where an estimate is shown."""
        return estimate.plain_mean if self.per_example else estimate.mean


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
