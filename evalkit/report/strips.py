"""How far each system is on the way from 0 to people, on the metric of a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.report.ranking import MANY, by_condition, letters, people_of, rank, signs_of

if TYPE_CHECKING:
    from evalkit.records import Role
    from evalkit.report.verdict import Conclusion
    from evalkit.results import Estimate, Summary


@dataclass(frozen=True, kw_only=True, slots=True)
class Dot:
    """A system's mean with its interval, in hundredths of the strip; `letters` for many systems.

    The interval is that for articles like these, or for these articles where there is no other.
    """

    name: str
    role: Role
    mean: float
    at: float
    low: float
    high: float
    letters: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Strip:
    """The dots of one metric, best first; the ends are 0 and `top`.

    `people` and `bar` are the marks of the human references, and of the best baseline beside
    models, in hundredths of the strip; None without any. `people_mean` is what people reach.
    """

    metric: str
    top: float
    dots: tuple[Dot, ...]
    people: float | None
    people_mean: float | None
    bar: float | None


def draw_strip(summary: Summary, conclusion: Conclusion) -> Strip:
    """Return the strip of a conclusion: it ends where people are, or at the metric's maximum."""
    metric = conclusion.metric
    names = dict(by_condition(summary))[conclusion.condition]
    order = rank(summary, metric, names)
    roles, estimates = summary.roles, summary.estimates(metric)
    found = people_of(summary, metric)
    people = found.mean if found else None
    ends = [_interval(estimates[name])[1] for name in order]
    maximum = summary.metric(metric).maximum
    top = (max(people, *ends) if people else maximum or max(ends)) or 1.0
    groups = letters(order, signs_of(summary, metric)) if len(order) > MANY else {}
    dots = [_dot(name, roles[name], estimates[name], top, groups.get(name, "")) for name in order]
    is_beside = any(dot.role == "model" for dot in dots)
    bars = [dot.at for dot in dots if dot.role == "baseline" and is_beside]
    return Strip(
        metric=metric,
        top=top,
        dots=tuple(dots),
        people=None if people is None else 100 * people / top,
        people_mean=people,
        bar=max(bars, default=None),
    )


def _dot(name: str, role: Role, estimate: Estimate, top: float, group: str) -> Dot:
    low, high = _interval(estimate)
    return Dot(
        name=name,
        role=role,
        mean=estimate.mean,
        at=100 * estimate.mean / top,
        low=100 * low / top,
        high=100 * min(high, top) / top,
        letters=group,
    )


def _interval(estimate: Estimate) -> tuple[float, float]:
    for found in (estimate.general, estimate.here):
        if found.low is not None and found.high is not None:
            return max(found.low, 0.0), found.high
    return estimate.mean, estimate.mean
