"""Short ways to write records of a run that tests compare and summarise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.records import Condition, ScoreLine
from evalkit.results import MetricFacts, OutputCounts, SystemSummary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.records import Role
    from evalkit.results import Direction

NO_COUNTS = OutputCounts(
    n_generated=0,
    n_failed=0,
    n_missing=0,
    n_empty=0,
    n_truncated=0,
    n_shortened=0,
    n_unclosed_thinking=0,
)


def metric_facts(
    name: str = "em",
    *,
    n_planned: int = 5,
    maximum: float | None = 1.0,
    better: Direction = "higher",
    n_by_article: Mapping[str, int] | None = None,
) -> MetricFacts:
    """Return the facts of a metric of answers."""
    return MetricFacts(
        name=name,
        kind="answer",
        step="article",
        maximum=maximum,
        better=better,
        headline=True,
        signature=f"{name}|v1",
        n_planned=sum(n_by_article.values()) if n_by_article else n_planned,
        n_by_article=n_by_article or {},
    )


def row(
    name: str, *, role: Role = "model", model: str = "", condition: Condition | None = None
) -> SystemSummary:
    """Return a row of the table without estimates; its model is what precedes the `@`."""
    return SystemSummary(
        name=name,
        model=model or name.partition("@")[0],
        role=role,
        condition=condition or Condition(),
        estimates=(),
        counts=NO_COUNTS,
    )


def score(
    example: str, value: float | None, *, system: str = "qwen", metric: str = "em", sample: int = 0
) -> ScoreLine:
    """Return a score; the example's article is the part of its id before the slash."""
    return ScoreLine(
        system=system,
        article=example.partition("/")[0],
        example=example,
        metric=metric,
        value=value,
        sample=sample,
    )


def value_of(line: ScoreLine) -> float:
    """Return the value of a score that has one."""
    assert line.value is not None
    return line.value
