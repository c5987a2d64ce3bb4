"""The numbers behind the charts: systems by metric, by part of the data, by length, by speed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.metrics import available, entry
from evalkit.stats.summarise import Measure, estimate, values_by_system

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from evalkit.records import ExampleScore
    from evalkit.report.findings import Findings
    from evalkit.results import Estimate, Summary
    from evalkit.stats.summarise import Values

SHOWN_POINTS = 2000  # more dots in one picture hide each other


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """A system's mean in one group, with its interval where it has one."""

    group: str
    system: str
    mean: float
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Dot:
    """A system, or one of its examples, in the plane."""

    system: str
    x: float
    y: float


def by_metric(summary: Summary, metrics: Sequence[str]) -> list[Bar]:
    """Return a bar for each metric and system, the metric being the group."""
    return [
        _bar(metric, system.name, found)
        for metric in metrics
        for system in summary.systems
        for found in system.estimates
        if found.metric == metric
    ]


def by_group(findings: Findings, way: str, metric: str) -> list[Bar]:
    """Return a bar for each group of examples and each system that has scores there."""
    groups = findings.groups.get(way, {})
    scores = [s for s in findings.scores if s.metric == metric and s.example_id in groups]
    divided: dict[str, list[ExampleScore]] = {group: [] for group in groups.values()}
    for score in scores:
        divided[groups[score.example_id]].append(score)
    return [
        bar
        for group, members in divided.items()
        for bar in _bars(group, metric, values_by_system(members), findings.summary)
    ]


def _bars(
    group: str, metric: str, values: Mapping[tuple[str, str], Values], summary: Summary
) -> Iterator[Bar]:
    for system in summary.systems:
        if found := values.get((system.name, metric)):
            yield _bar(group, system.name, estimate(_measure(metric), found))


def _measure(metric: str) -> Measure:
    top = entry(metric).top if metric in available() else 1.0
    return Measure(name=metric, n_planned=0, top=top)


def _bar(group: str, system: str, found: Estimate) -> Bar:
    return Bar(
        group=group, system=system, mean=found.mean, low=found.low, high=found.high, n=found.n
    )


def by_length(findings: Findings, metric: str) -> tuple[list[Dot], int]:
    """Return each summary's score against its characters, and that every so-many-th is shown."""
    systems = {s.name for s in findings.summary.systems if s.role != "ceiling"}
    dots = [
        Dot(system=score.model, x=len(score.prediction), y=score.value)
        for score in findings.scores
        if score.metric == metric and score.model in systems
    ]
    step = -(-len(dots) // SHOWN_POINTS) or 1
    return dots[::step], step


def by_speed(findings: Findings, metric: str) -> list[Dot]:
    """Return each system's mean against its seconds an example, of those that it was timed at."""
    n_generated = {s.name: s.counts.n_generated for s in findings.summary.systems}
    found = []
    for bar in by_metric(findings.summary, (metric,)):
        facts = findings.facts.get(bar.system, {})
        seconds = facts.get("speed", {}).get("generate_s", 0.0)
        n_timed = n_generated[bar.system] - facts.get("n_from_cache", 0)
        if seconds and n_timed > 0:
            found.append(Dot(system=bar.system, x=seconds / n_timed, y=bar.mean))
    return found
