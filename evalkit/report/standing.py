"""Who is first on a metric: the best alone where it stands apart, all that are tied otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from evalkit.metrics import available, entry
from evalkit.report.differences import MIRROR
from evalkit.report.ranking import means_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.metrics import Direction
    from evalkit.results import Comparison, Role, Summary, Verdict

Mark = Literal["best", "highest", "tied", "unjudged", "alone"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Who is first on a metric, and how the first of them relates to everyone else.

    Attributes:
        metric: on which.
        mark: what the first are; `highest` where a metric describes and does not judge, `unjudged`
            where one article is no basis for a verdict, `alone` where there is nobody else.
        first: the best and all that it is not better than, each with its mean.
        beaten: those that the best is really better (or higher) than.
        bounds: roof and ceiling, each with its mean.
    """

    metric: str
    mark: Mark
    first: tuple[tuple[str, float], ...]
    beaten: tuple[str, ...]
    bounds: tuple[tuple[Role, float], ...]


def standing(summary: Summary, metric: str) -> Standing | None:
    """Return who is first on a metric, among models and floors; None where nobody has a score."""
    means = means_of(summary, metric, {"contestant", "floor"})
    if not means:
        return None
    better = entry(metric).better if metric in available() else "higher"
    best, *others = sorted(means, key=lambda name: means[name], reverse=better != "lower")
    verdicts = dict(
        seen
        for comparison in summary.comparisons
        if comparison.metric == metric and (seen := _seen_from(best, comparison))
    )
    beaten = tuple(name for name in others if verdicts.get(name) in {"better", "higher"})
    level = [name for name in others if name not in beaten]
    return Standing(
        metric=metric,
        mark=_mark(better, [verdicts.get(name, "one article") for name in level], beaten),
        first=tuple((name, means[name]) for name in (best, *level)),
        beaten=beaten,
        bounds=tuple(
            (role, mean)
            for role in _BOUNDS
            for mean in list(means_of(summary, metric, {role}).values())[:1]
        ),
    )


_BOUNDS: tuple[Role, ...] = ("roof", "ceiling")


def _mark(better: Direction, level: Sequence[Verdict], beaten: Sequence[str]) -> Mark:
    if "one article" in level:
        return "unjudged"
    if level:
        return "tied"
    if not beaten:
        return "alone"
    return "highest" if better == "neither" else "best"


def _seen_from(name: str, comparison: Comparison) -> tuple[str, Verdict] | None:
    """Return the other system of a comparison, and what this one is beside it."""
    if comparison.a == name:
        return comparison.b, comparison.verdict
    if comparison.b == name:
        return comparison.a, MIRROR.get(comparison.verdict, comparison.verdict)
    return None
