"""What a report shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evalkit.report.verdict import FIRST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.analysis.trends import Trend
    from evalkit.records import (
        Article,
        Detail,
        Example,
        Generation,
        Kind,
        Place,
        PromptSent,
        ScoreLine,
        StepName,
    )
    from evalkit.report.number_count import Counted
    from evalkit.report.people import Preferences
    from evalkit.report.served import Served
    from evalkit.results import Issue, Summary
    from evalkit.store.manifest import Manifest, Speed


@dataclass(frozen=True, kw_only=True, slots=True)
class Mistake:
    """What a system answered, and the rule by which it is wrong."""

    example: Example
    answer: str
    rule: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Material:
    """All that a report shows.

    Attributes:
        summary: of one run, or of several together.
        manifests: that of each run.
        speeds: of each system's model, by the name of the system.
        articles: by id, in their order, each read when it is looked at.
        examples: in the order of the articles, those of later steps last.
        groups: ways to divide examples: way → example id → group.
        scores: of all systems, the human references among them.
        counted: how many numbers were kept, and of how many, by (system, metric).
        generations: by (system, example, sample); what could not be asked is one that failed.
        altered: each (system, example) whose evidence was altered by noise.
        issues: of each output that has any, by (system, example, sample).
        mistakes: the plainest wrong answer of each system.
        shown: the examples that the page holds.
        prompts: what was sent for the first sample of each of those that reads prompts, by (system,
            example).
        details: what the page has of those, by (system, example, metric), for the first sample.
        preferences: what people said of the outputs of a single run; None where none were asked.
        notes: how several runs asked differently, and how servers behaved.
        served: the served models.
        trends: how systems went over several runs on the same examples.
    """

    summary: Summary
    manifests: tuple[Manifest, ...]
    speeds: Mapping[str, Speed]
    articles: Mapping[str, Article]
    examples: tuple[Example, ...]
    groups: Mapping[str, Mapping[str, str]]
    scores: Sequence[ScoreLine]
    generations: Mapping[Place, Generation]
    altered: frozenset[tuple[str, str]]
    issues: Mapping[Place, tuple[Issue, ...]]
    mistakes: Mapping[str, Mistake | None] = field(default_factory=dict)
    shown: tuple[Example, ...] = ()
    prompts: Mapping[tuple[str, str], PromptSent] = field(default_factory=dict)
    details: Mapping[tuple[str, str, str], Detail] = field(default_factory=dict)
    counted: Mapping[Counted, tuple[int, int]] = field(default_factory=dict)
    preferences: Preferences | None = None
    notes: tuple[str, ...] = ()
    served: tuple[Served, ...] = ()
    trends: tuple[Trend, ...] = ()

    def headline(self, kind: Kind) -> tuple[str, ...]:
        """Return the headline metrics of a kind, the most telling first."""
        return tuple(sorted(self.summary.headline(kind), key=lambda name: name not in FIRST))

    def judges(self, kind: Kind) -> dict[StepName, str]:
        """Return the metric that single outputs are judged by, for each step that has one."""
        found: dict[StepName, str] = {}
        for name in self.headline(kind):
            found.setdefault(self.summary.metric(name).step, name)
        return found
