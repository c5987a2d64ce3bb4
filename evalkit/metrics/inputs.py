"""What a metric cannot do without: a case that lacks it is an error and never a score of 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
