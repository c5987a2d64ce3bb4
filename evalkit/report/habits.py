"""What is most often wrong with the outputs of each model, in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.report.labels import label
from evalkit.report.sentences import listed, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from evalkit.report.case import Case
    from evalkit.report.sentences import Words
    from evalkit.results import Issue, IssueCount

GRAVITY: tuple[Issue, ...] = (
    "failed",
    "missing",
    "refused",
    "empty",
    "unclosed_thinking",
    "invented",
    "declined",
    "other_language",
    "repeats",
    "same_text",
    "copied",
    "truncated",
    "off_length",
)
"""The issues that make a habit, the worst first."""
RARE = 0.1  # the share of outputs below which an issue is no habit
_MANY = 4  # models beyond which those with the same habit share a line


@dataclass(frozen=True, kw_only=True, slots=True)
class Habit:
    """What outputs often have: a sentence, and of which system; empty where it is of several."""

    words: Words
    issue: Issue
    system: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Count:
    name: str
    issue: Issue
    n: int
    n_of: int


def find_habits(case: Case) -> Iterable[Habit]:
    """Yield the most frequent issue of each model that has one, the best model first.

    Of many models, all with the same one in a line.
    """
    names = [*case.models, *(name for name in case.asked if name not in case.models)]
    habits = [habit for name in names if (habit := _worst(case, name))]
    if len(names) <= _MANY:
        for h in habits:
            outputs = say(f"outputs.{case.kind}", n=h.n_of)
            always = ".all" if h.issue == "invented" and h.n == h.n_of else ""
            key = f"habit.{h.issue}{always}"
            words = say(key, name=h.name, n=h.n, all=h.n_of, outputs=outputs)
            yield Habit(words=words, issue=h.issue, system=h.name)
        return
    for issue in dict.fromkeys(habit.issue for habit in habits):
        counts = [
            say("habit.count", name=h.name, n=h.n, all=h.n_of) for h in habits if h.issue == issue
        ]
        what = tuple(words[:1].upper() + words[1:] for words in label(f"issue.{issue}"))
        words = say("habit.shared", what=what, counts=listed(counts))
        yield Habit(words=words, issue=issue)


def _worst(case: Case, name: str) -> _Count | None:
    """Return the most frequent issue over all tasks of the kind; of equal ones the gravest."""
    counts = [c for c in case.summary.issues if (c.system, c.kind) == (name, case.kind)]
    found = [_sum(name, issue, counts) for issue in GRAVITY]
    return max(
        (habit for habit in found if habit.n > 1 and habit.n / habit.n_of >= RARE),
        key=lambda habit: habit.n / habit.n_of,
        default=None,
    )


def _sum(name: str, issue: Issue, counts: Sequence[IssueCount]) -> _Count:
    of_issue = [count for count in counts if count.issue == issue]
    return _Count(
        name=name,
        issue=issue,
        n=sum(count.n for count in of_issue),
        n_of=sum(count.n_of for count in of_issue),
    )
