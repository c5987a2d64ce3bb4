"""The numbers behind the charts: systems by metric, and by part of the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.stats.estimate import estimate, values_by_system

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from evalkit.records import ScoreLine
    from evalkit.report.material import Material
    from evalkit.results import Estimate, Summary
    from evalkit.stats.estimate import Values


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """A system's mean in one group, with its interval in general where it has one."""

    group: str
    system: str
    mean: float
    low: float | None
    high: float | None
    n: int


def bars_of(summary: Summary, metric: str) -> list[Bar]:
    """Return a bar for each system that has a mean on a metric, which is the group."""
    return [_bar(metric, name, found) for name, found in summary.estimates(metric).items()]


def bars_by_group(material: Material, way: str, metric: str) -> list[Bar]:
    """Return a bar for each group of examples and each system that has scores there."""
    groups = material.groups.get(way, {})
    divided: dict[str, list[ScoreLine]] = {group: [] for group in groups.values()}
    for score in material.scores:
        if score.metric == metric and score.example in groups:
            divided[groups[score.example]].append(score)
    return [
        bar
        for group, members in divided.items()
        for bar in _bars(group, metric, values_by_system(members), material.summary)
    ]


def _bars(
    group: str, metric: str, values: Mapping[tuple[str, str], Values], summary: Summary
) -> Iterator[Bar]:
    for system in summary.systems:
        if found := values.get((system.name, metric)):
            yield _bar(group, system.name, estimate(summary.metric(metric), found))


def _bar(group: str, system: str, found: Estimate) -> Bar:
    return Bar(
        group=group,
        system=system,
        mean=found.mean,
        low=found.general.low,
        high=found.general.high,
        n=found.n,
    )
