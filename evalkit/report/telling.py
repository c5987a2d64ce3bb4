"""Which metrics tell systems apart: a table shows those, and names the others in a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.records import Detail
    from evalkit.results import Estimate, Summary

    Counted = tuple[str, str]

_ALIKE = 0.02  # of the metric's range: means that are no further apart say the same
_LACKING = {"number_precision": "not in the article", "number_recall": "not kept"}
_BESIDE = ("number_recall",)  # shown with the headline metrics where it separates


@dataclass(frozen=True, kw_only=True, slots=True)
class Quiet:
    """A metric that tells no system from another, with the lowest and the highest mean."""

    metric: str
    low: float
    high: float


def split_metrics(summary: Summary) -> tuple[tuple[str, ...], tuple[Quiet, ...]]:
    """Return the metrics for a table of scores, and those that say nothing here.

    The headline metrics, without those on which all models and baselines are alike, and with the
    number recall where it separates: the complement of a number precision that is 1 for all.
    """
    shown, quiet = [], []
    for name in summary.headline():
        if found := _quiet(summary, name):
            quiet.append(found)
        else:
            shown.append(name)
    known = [facts.name for facts in summary.metrics]
    beside = [n for n in _BESIDE if n in known and n not in shown and separates(summary, n)]
    ordered = sorted([*shown, *beside], key=known.index)
    return (tuple(ordered), tuple(quiet)) if ordered else (summary.headline(), ())


def separates(summary: Summary, metric: str) -> bool:
    """Return whether systems are shown to differ on a metric, or one of them from people.

    From people: where their 95% intervals have nothing in common.
    """
    if any(c.metric == metric and c.scope for c in summary.comparisons):
        return True
    people = [e for role, e in _estimates(summary, metric) if role == "human"]
    others = [e for role, e in _estimates(summary, metric) if role == "model"]
    return any(_apart(one, other) for one in people for other in others)


def _quiet(summary: Summary, metric: str) -> Quiet | None:
    means = [e.mean for role, e in _estimates(summary, metric) if role in {"model", "baseline"}]
    span = (max(means) - min(means)) if means else 0.0
    maximum = summary.metric(metric).maximum or max(means, default=0.0)
    if len(means) < 2 or span > _ALIKE * maximum or separates(summary, metric):  # noqa: PLR2004
        return None
    return Quiet(metric=metric, low=min(means), high=max(means))


def _estimates(summary: Summary, metric: str) -> Sequence[tuple[str, Estimate]]:
    return [(summary.roles[name], found) for name, found in summary.estimates(metric).items()]


def _apart(one: Estimate, other: Estimate) -> bool:
    ends = (one.here.low, one.here.high, other.here.low, other.here.high)
    low, high, least, most = ends
    if low is None or high is None or least is None or most is None:
        return False
    return high < least or most < low


class NumberCount:
    """Counts, detail by detail, how many numbers were kept, and of how many."""

    def __init__(self) -> None:
        """Begin with none."""
        self.found: dict[Counted, tuple[int, int]] = {}
        """By (system, metric)."""

    def add(self, detail: Detail) -> None:
        """Count what a detail lists."""
        if detail.metric in _LACKING:
            lacking = detail.compared.get(_LACKING[detail.metric])
            numbers = detail.compared.get("numbers")
            if isinstance(lacking, list) and isinstance(numbers, list) and numbers:
                place = (detail.system, detail.metric)
                kept, n = self.found.get(place, (0, 0))
                self.found[place] = (kept + len(numbers) - len(lacking), n + len(numbers))
