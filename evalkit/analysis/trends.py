"""How the means of each system went over runs on the same examples."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.results import role_in_question

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from evalkit.analysis.run import Run
    from evalkit.records import Role
    from evalkit.results import SystemSummary

_FEWEST = 2  # runs that make a trend
_RANKED = {"model", "baseline"}  # oracle and people are the same in every run


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """A run of a trend: what it is called, and when it began, in UTC to the minute."""

    run: str
    started: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A system's mean in each run of a trend; None where some of its examples have no score."""

    system: str
    role: Role
    means: tuple[float | None, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Trend:
    """One metric over runs, oldest first."""

    metric: str
    runs: tuple[Moment, ...]
    lines: tuple[Line, ...]


def same_examples(runs: Iterable[Run]) -> list[list[Run]]:
    """Return runs in groups of two or more that asked the same, the oldest of each first.

    The same is: of the same articles, with the same tasks, questions and references. Models and
    prompts may differ: what became of them is what a trend is about, and `notes` tells.
    """
    groups: dict[object, list[Run]] = defaultdict(list)
    for run in sorted(runs, key=lambda run: run.manifest.started):
        groups[run.only or _asked(run)].append(run)
    return [group for group in groups.values() if len(group) >= _FEWEST]


def _asked(run: Run) -> object:
    hashes = (run.manifest.articles, run.manifest.references)
    data = tuple(tuple(sorted(part.items())) for part in hashes)
    return data, run.manifest.files.get("examples.jsonl")


def find_trends(
    runs: Sequence[Run], metrics: Sequence[str] = (), systems: Collection[str] = ()
) -> list[Trend]:
    """Return a trend for each metric that two runs or more scored in the same way.

    Args:
        runs: on the same examples, oldest first.
        metrics: by name; the headline metrics of any of the runs where empty.
        systems: by their names in these runs; all models and baselines where empty.
    """
    wanted = metrics or dict.fromkeys(m for run in runs for m in run.summary.headline())
    found = [
        _trend(metric, group, systems) for metric in wanted for group in _scored_alike(runs, metric)
    ]
    role = role_in_question(system for run in runs for system in run.systems)
    return [trend for trend in found if any(line.role == role for line in trend.lines)]


def _scored_alike(runs: Sequence[Run], metric: str) -> Iterator[list[Run]]:
    """Yield the runs that have a metric, by its signature."""
    groups: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        for facts in run.summary.metrics:
            if facts.name == metric:
                groups[facts.signature].append(run)
    yield from (group for group in groups.values() if len(group) >= _FEWEST)


def _trend(metric: str, runs: Sequence[Run], systems: Collection[str]) -> Trend:
    """Return a trend of the systems that have a mean in two runs or more."""
    found: dict[tuple[str, Role], dict[int, float]] = defaultdict(dict)
    for i, run in enumerate(runs):
        own = {there: name for name, there in run.names.items()}
        for system in run.systems:
            mean = _mean(run, system, metric)
            if mean is not None and (not systems or system.name in systems):
                found[own.get(system.name, system.name), system.role][i] = mean
    return Trend(
        metric=metric,
        runs=tuple(Moment(run=run.title, started=_minute(run.manifest.started)) for run in runs),
        lines=tuple(
            Line(system=name, role=role, means=tuple(map(means.get, range(len(runs)))))
            for (name, role), means in found.items()
            if role in _RANKED and len(means) >= _FEWEST
        ),
    )


def _mean(run: Run, system: SystemSummary, metric: str) -> float | None:
    facts = run.summary.metric(metric)
    found = (e for e in system.estimates if e.metric == metric and e.is_complete)
    return next(map(facts.published, found), None)


def _minute(started: str) -> str:
    return started[:16].replace("T", " ")
