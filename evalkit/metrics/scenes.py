"""A place of an output that may hold its answer, among all else that it says."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.metrics.clauses import Clause
    from evalkit.metrics.extracted_values import Candidate
    from evalkit.values.question import Question


@dataclass(frozen=True, kw_only=True)  # no slots: what is around a place is cached
class Scene:
    """A place that may hold the answer, among all that the output says.

    Attributes:
        place: the place.
        rivals: the values of its kind that are not equal to the reference.
        clauses: the clauses of the output.
        question: what was asked.
    """

    place: Candidate
    rivals: Sequence[Candidate]
    clauses: Sequence[Clause]
    question: Question

    @cached_property
    def around(self) -> str:
        """What its clause says beside it."""
        return f"{self.place.left}|{self.place.right}"

    @cached_property
    def index(self) -> int:
        """Which of the clauses it is in."""
        same = (i for i, clause in enumerate(self.clauses) if clause is self.place.clause)
        return next(same, 0)

    @cached_property
    def others(self) -> list[Clause]:
        """The clauses that it is not in."""
        if self.place.clause not in self.clauses:
            return []
        return [clause for clause in self.clauses if clause is not self.place.clause]

    @property
    def from_here(self) -> Sequence[Clause]:
        """Its clause, and those behind it."""
        return [self.place.clause, *self.later]

    @cached_property
    def later(self) -> Sequence[Clause]:
        """The clauses behind its own."""
        return self.clauses[self.index + 1 :] if self.others else ()
