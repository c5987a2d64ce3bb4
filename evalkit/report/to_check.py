"""What of the outputs a person should look at first, counted by task."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from evalkit.analysis.issues import STATUS
from evalkit.report.habits import GRAVITY
from evalkit.report.table import in_order
from evalkit.results import Issue

if TYPE_CHECKING:
    from evalkit.records import Kind, StepName
    from evalkit.results import IssueCount, Summary

_ELSEWHERE: tuple[Issue, ...] = ("in_sentence",)  # beside the scores of answers
_ORDER = sorted(
    (issue for issue in get_args(Issue) if issue not in _ELSEWHERE),
    key=lambda issue: GRAVITY.index(issue) if issue in GRAVITY else len(GRAVITY),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ToCheck:
    """The issues that a system's outputs for one task have, the gravest first."""

    system: str
    kind: Kind
    step: StepName
    task: str
    counts: tuple[IssueCount, ...]


def find_to_check(summary: Summary) -> list[ToCheck]:
    """Return the tasks in which outputs have issues: models first, of each its worst task first.

    The worst is the task in which most of the outputs have the same issue. Of baselines beside
    models only those issues that show in how an output ended: they copy by design.
    """
    found: dict[tuple[str, Kind, StepName, str], list[IssueCount]] = {}
    roles = {system.name: system.role for system in in_order(summary)}
    for count in summary.issues:
        is_asked = roles.get(count.system) == "model" or "model" not in roles.values()
        told = _ORDER if is_asked else STATUS
        if count.n and count.issue in told:
            found.setdefault((count.system, count.kind, count.step, count.task), []).append(count)
    rows = [
        ToCheck(
            system=system,
            kind=kind,
            step=step,
            task=task,
            counts=tuple(sorted(counts, key=lambda count: _ORDER.index(count.issue))),
        )
        for name in roles
        for (system, kind, step, task), counts in found.items()
        if system == name
    ]
    return sorted(rows, key=lambda row: (list(roles).index(row.system), -_worst_share(row)))


def _worst_share(row: ToCheck) -> float:
    return max(count.n / count.n_of for count in row.counts)


def count_in_sentence(summary: Summary) -> dict[str, int]:
    """Return how many answers that `em` calls wrong hold the right one, for each system."""
    found: Counter[str] = Counter()
    for count in summary.issues:
        if count.issue == "in_sentence":
            found[count.system] += count.n
    return dict(found)
