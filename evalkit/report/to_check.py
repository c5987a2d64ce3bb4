"""What of the outputs a person should look at first, counted by task."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from evalkit.analysis.issues import STATUS
from evalkit.report.table import in_order
from evalkit.results import Issue

if TYPE_CHECKING:
    from evalkit.records import Kind, StepName
    from evalkit.results import IssueCount, Summary

_ELSEWHERE: tuple[Issue, ...] = ("wrong_value", "in_sentence")  # beside the scores of answers
_ORDER = [issue for issue in get_args(Issue) if issue not in _ELSEWHERE]


@dataclass(frozen=True, kw_only=True, slots=True)
class ToCheck:
    """The issues that a system's outputs for one task have, in the order of `Issue`."""

    system: str
    kind: Kind
    step: StepName
    task: str
    counts: tuple[IssueCount, ...]


def find_to_check(summary: Summary) -> list[ToCheck]:
    """Return the tasks in which outputs have issues, models first.

    Of baselines those that show in how an output ended: they copy by design.
    """
    found: dict[tuple[str, Kind, StepName, str], list[IssueCount]] = {}
    roles = {system.name: system.role for system in in_order(summary)}
    for count in summary.issues:
        told = _ORDER if roles.get(count.system) == "model" else STATUS
        if count.n and count.issue in told:
            found.setdefault((count.system, count.kind, count.step, count.task), []).append(count)
    return [
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


def count_in_sentence(summary: Summary) -> dict[str, int]:
    """Return how many answers that `em` calls wrong hold the right one, for each system."""
    found: Counter[str] = Counter()
    for count in summary.issues:
        if count.issue == "in_sentence":
            found[count.system] += count.n
    return dict(found)
