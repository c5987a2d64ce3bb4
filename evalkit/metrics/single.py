"""Scores a single prediction, for the Python API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.metrics import registry
from evalkit.records import Case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.interfaces import Metric
    from evalkit.records import Score


def score(
    prediction: str,
    references: str | Sequence[str],
    *,
    metric: str | Metric = "em",
    question: str = "",
    article: str = "",
) -> Score:
    """Return the score of one prediction.

    For the type, unit or order of an answer, score a `Case` with `metric(name).score(case)`.

    Args:
        prediction: The model's output, without its thinking.
        references: The reference, or several of them.
        metric: A metric's name, or the metric itself where its settings are not the defaults.
        question: What was asked; `em` reads units and the order of lists from it.
        article: The text that was summarised, for the metrics that read it.

    Raises:
        KeyError: there is no metric of that name.
        ValueError: the metric needs references or the article, and there are none.

    >>> score("7.75万人", ["77500人", "77500名"], question="有多少人？").rule
    'number'
    """
    case = Case(
        id="prediction",
        prediction=prediction,
        references=(references,) if isinstance(references, str) else tuple(references),
        question=question,
        article=article,
    )
    made = registry.metric(metric) if isinstance(metric, str) else metric
    return made.score(case)
