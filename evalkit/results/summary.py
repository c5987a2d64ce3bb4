"""Frozen records of the whole of summary.json."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from evalkit.records import Condition, Kind, Role  # noqa: TC001 - validated when read
from evalkit.results.comparisons import (  # noqa: TC001 - validated when read
    Comparison,
    OrderFlips,
    WordingSpread,
)
from evalkit.results.estimates import Estimate, MetricFacts  # noqa: TC001 - validated when read
from evalkit.results.outputs import IssueCount, OutputCounts  # noqa: TC001 - validated when read

if TYPE_CHECKING:
    from collections.abc import Iterable


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


def role_in_question(systems: Iterable[SystemSummary]) -> Role:
    """Return which systems a run is about: its models; its baselines where it has no model."""
    return "model" if any(system.role == "model" for system in systems) else "baseline"


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

    @property
    def roles(self) -> dict[str, Role]:
        """The role of each system, by its name, in order."""
        return {system.name: system.role for system in self.systems}

    def estimates(self, metric: str) -> dict[str, Estimate]:
        """Return what each system that has a score on a metric reaches, by its name, in order."""
        return {
            system.name: estimate
            for system in self.systems
            for estimate in system.estimates
            if estimate.metric == metric
        }

    def headline(self, kind: Kind | None = None) -> tuple[str, ...]:
        """Return the headline metrics of a kind, or of all; every metric where none is headline."""
        chosen = tuple(m.name for m in self.metrics if m.headline) or tuple(
            m.name for m in self.metrics
        )
        return tuple(name for name in chosen if kind in (None, self.metric(name).kind))
