"""What a metric may read of one prediction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.records import Case

if TYPE_CHECKING:
    from evalkit.records import Example


def case_of(example: Example, prediction: str, article: str) -> Case:
    """Return all that a metric may read of one prediction."""
    return Case(
        id=example.id,
        prediction=prediction,
        references=example.references,
        question=example.question,
        type=example.type,
        unit=example.unit,
        ordered=example.ordered,
        article=article,
    )
