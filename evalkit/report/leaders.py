"""Who is first on a metric: the best alone where it stands apart, all that are tied otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from evalkit.metrics import available, entry
from evalkit.report.ranking import means_of, ranked, signs_of, unbeaten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.results import Role, Summary

Mark = Literal["best", "highest", "tied", "unjudged", "alone"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Who is first on a metric, and how the first of them relates to everyone else.

    Attributes:
        metric: on which.
        mark: what the first are; `highest` where a metric describes and does not judge, `unjudged`
            where one article is no basis for a verdict, `alone` where there is nobody else.
        first: those that no other is shown to be better (or higher) than, each with its mean.
        beaten: those of the others that the first of them is really better (or higher) than.
        bounds: roof and ceiling, each with its mean.
    """

    metric: str
    mark: Mark
    first: tuple[tuple[str, float], ...]
    beaten: tuple[str, ...]
    bounds: tuple[tuple[Role, float], ...]


def standing(summary: Summary, metric: str) -> Standing | None:
    """Return who is first on a metric, among models and floors; None where nobody has a score."""
    order = ranked(summary, metric)
    if not order:
        return None
    means = means_of(summary, metric, {"contestant", "floor"})
    signs = signs_of(summary, metric)
    best, *level = unbeaten(order, signs) or order
    others = [name for name in order if name not in {best, *level}]
    return Standing(
        metric=metric,
        mark=_mark(metric, [signs.get((best, name), "?") for name in level], others),
        first=tuple((name, means[name]) for name in (best, *level)),
        beaten=tuple(name for name in others if signs.get((best, name)) == ">"),
        bounds=tuple(
            (role, mean)
            for role in _BOUNDS
            for mean in list(means_of(summary, metric, {role}).values())[:1]
        ),
    )


_BOUNDS: tuple[Role, ...] = ("roof", "ceiling")


def _mark(metric: str, level: Sequence[str], others: Sequence[str]) -> Mark:
    """Return what the first are, from the signs between the best and those level with it."""
    if "?" in level:
        return "unjudged"
    if level:
        return "tied"
    if not others:
        return "alone"
    judges = metric not in available() or entry(metric).better != "neither"
    return "best" if judges else "highest"
