"""The values of an output that are of the reference's kind and not equal to it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from evalkit.metrics.extracted_values import place_level
from evalkit.metrics.outline import share_of_pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.metrics.clauses import Clause
    from evalkit.metrics.extracted_values import Candidate
    from evalkit.values.question import Question


@dataclass(frozen=True, kw_only=True)  # no slots: what is said of all is cached
class Rivals:
    """What rivals each place of an output that has the reference.

    They are the same for all places: what takes long to say of them is worked out once.

    Attributes:
        found: the values; there may be none.
        clauses: the clauses of the output.
        question: what was asked.
    """

    found: Sequence[Candidate]
    clauses: Sequence[Clause]
    question: Question

    @cached_property
    def level(self) -> int:
        """How well the best of them is placed, as `place_level` says."""
        return max(place_level(rival, self.clauses, self.question) for rival in self.found)

    @cached_property
    def share(self) -> float:
        """The largest share of the question's pairs that is said around one of them."""
        around = (f"{rival.left}|{rival.right}" for rival in self.found)
        return max(share_of_pairs(text, self.question) for text in around)
