"""What a metric cannot do without, and what it returns where it finds nothing to compare.

A case that lacks an article or a reference is an error, and never a score of 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.records import NothingToScore, Score

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.interfaces import Metric
    from evalkit.records import Case


def article_of(case: Case, metric: Metric) -> str:
    """Return the text of the article.

    Raises:
        ValueError: the case has none.
    """
    if not case.article.strip():
        message = f"{case.id}: {metric.name} needs the article's text"
        raise ValueError(message)
    return case.article


def references_of(case: Case, metric: Metric) -> tuple[str, ...]:
    """Return the references, at least one.

    Raises:
        ValueError: the case has none.
    """
    if not case.references:
        message = f"{case.id}: {metric.name} needs at least one reference"
        raise ValueError(message)
    return case.references


def score_without_content(case: Case, compared: Mapping[str, object]) -> Score | NothingToScore:
    """Return the score of an output without anything to compare: 0 only where it is empty.

    >>> from evalkit.records import Case
    >>> score_without_content(Case(id="1", prediction="无可奉告", references=()), {}).value is None
    True
    """
    if not case.prediction.strip():
        return Score(value=0.0, compared=compared)
    return NothingToScore(compared=compared)
