"""Which systems lead on a metric: the best alone, or all that are tied with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from evalkit.report.ranking import by_condition, means_of, rank, signs_of, unbeaten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.records import Role
    from evalkit.results import Summary

Mark = Literal["best", "highest", "tied", "unjudged", "alone"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaders:
    """Which systems lead on a metric under one condition, and which the first of them beats.

    Attributes:
        metric: on which.
        condition: that models are asked under; empty where there is only one.
        mark: what the leaders are; `highest` where a metric describes and does not judge,
            `unjudged` where nothing can be said of them, `alone` where there is no other system.
        first: those that no other is shown to be better (or higher) than, each with its mean.
        beaten: those of the others that the first of them is shown to be better (or higher) than
            on these articles only.
        beaten_in_general: those for which that is shown of articles like these.
        beside: the oracle and the human references, each with its mean.
    """

    metric: str
    condition: str
    mark: Mark
    first: tuple[tuple[str, float], ...]
    beaten: tuple[str, ...]
    beaten_in_general: tuple[str, ...]
    beside: tuple[tuple[Role, float], ...]


def find_leaders(summary: Summary, metric: str) -> list[Leaders]:
    """Return which models and baselines lead, for each condition under which any has a score."""
    found = [
        _leaders(summary, metric, condition, rank(summary, metric, names))
        for condition, names in by_condition(summary)
    ]
    return [leaders for leaders in found if leaders]


_BESIDE: tuple[Role, ...] = ("oracle", "human")


def _leaders(summary: Summary, metric: str, condition: str, order: Sequence[str]) -> Leaders | None:
    if not order:
        return None
    means = means_of(summary, metric, {"model", "baseline"})
    signs = signs_of(summary, metric)
    best, *level = unbeaten(order, signs) or order
    others = [name for name in order if name not in {best, *level}]
    judges = summary.metric(metric).better != "neither"
    return Leaders(
        metric=metric,
        condition=condition,
        mark=_mark([signs.get((best, name), "?") for name in level], others, judges=judges),
        first=tuple((name, means[name]) for name in (best, *level)),
        beaten=tuple(name for name in others if signs.get((best, name)) == ">"),
        beaten_in_general=tuple(name for name in others if signs.get((best, name)) == ">>"),
        beside=tuple(
            (role, mean)
            for role in _BESIDE
            for mean in list(means_of(summary, metric, {role}).values())[:1]
        ),
    )


def _mark(level: Sequence[str], others: Sequence[str], *, judges: bool) -> Mark:
    """Return what the leaders are, from the signs between the best and those level with it."""
    if "?" in level:
        return "unjudged"
    if level:
        return "tied"
    if not others:
        return "alone"
    return "best" if judges else "highest"
