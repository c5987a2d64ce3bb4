"""Makes the summary of a run from its scores and generations."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING, Literal

import numpy as np

from evalkit.results import Counts, Estimate, SystemSummary
from evalkit.stats.estimate import ends, ends_without_spread, plain_ends, standard_error
from evalkit.stats.output_issues import oddities

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.records import ExampleScore, Generation
    from evalkit.results import Role
    from evalkit.stats.estimate import Floats

Values = dict[str, dict[str, float]]
"""Article id → example id → value."""

TWO = 2  # articles, the fewest that show a spread


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """What this room must know of a metric: its range from 0 to `top`, and which way is better."""

    name: str
    n_planned: int
    top: float = 1.0
    better: Literal["higher", "lower", "neither"] = "higher"


@dataclass(frozen=True, kw_only=True, slots=True)
class System:
    """What this room must know of a system; `failure` is why it could not run, where it could not.

    `n_planned` counts the requests it was to answer.
    """

    name: str
    n_planned: int
    role: Role = "contestant"
    failure: str = ""


def values_by_system(scores: Sequence[ExampleScore]) -> dict[tuple[str, str], Values]:
    """Return all values: (system, metric) → article → example."""
    found: dict[tuple[str, str], Values] = defaultdict(lambda: defaultdict(dict))
    for score in scores:
        found[score.model, score.metric][score.article_id][score.example_id] = score.value
    return found


def article_means(values: Values) -> Floats:
    """Return the mean of each article's values."""
    return np.array([fsum(v.values()) / len(v) for v in values.values()])


def summarise_system(
    system: System,
    values: Mapping[tuple[str, str], Values],
    *,
    generations: Sequence[Generation],
    measures: Sequence[Measure],
) -> SystemSummary:
    """Return one row of the table.

    Args:
        system: whose row.
        values: those of all systems, from `values_by_system`.
        generations: this system's, one an example.
        measures: the metrics of the run.
    """
    return SystemSummary(
        name=system.name,
        estimates=tuple(
            estimate(measure, values[system.name, measure.name])
            for measure in measures
            if values.get((system.name, measure.name))
        ),
        counts=_count(generations, system.n_planned),
        role=system.role,
        failure=system.failure,
    )


def estimate(measure: Measure, values: Values) -> Estimate:
    """Return a mean over articles with its intervals, kept in the metric's range.

    Where every example lies on the same edge of the range, the other end is the exact bound over
    examples: no spread is seen, but 3 right answers of 3 do not prove that all are. Articles that
    agree on any other mean give no interval.

    Args:
        measure: the metric, with its range.
        values: of each article, by its id; at least one value in all.
    """
    flat = np.array([value for by_example in values.values() for value in by_example.values()])
    means = article_means(values)
    low, high, method = _clustered(means, measure, flat)
    plain_low, plain_high = (_clip(end, measure.top) for end in plain_ends(flat))
    return Estimate(
        metric=measure.name,
        mean=float(means.mean()),
        low=_clip(low, measure.top),
        high=_clip(high, measure.top),
        plain_mean=float(flat.mean()),
        plain_low=plain_low,
        plain_high=plain_high,
        n=len(flat),
        n_planned=measure.n_planned,
        n_articles=len(means),
        method=method,
    )


def _clustered(
    means: Floats, measure: Measure, values: Floats
) -> tuple[float | None, float | None, str]:
    if len(means) < TWO:
        return None, None, "one article has no spread"
    if standard_error(means) == 0:
        return ends_without_spread(values, 0.0, measure.top)
    found = ends(means)
    return float(found.low), float(found.high), found.method


def _clip(end: float | None, top: float) -> float | None:
    return None if end is None else min(top, max(0.0, end))


def _count(generations: Sequence[Generation], n_planned: int) -> Counts:
    found = Counter(name for generation in generations for name in oddities(generation))
    return Counts(
        n_generated=len(generations) - found["failed"],
        n_failed=found["failed"],
        n_missing=n_planned - len(generations),
        n_empty=found["empty"],
        n_cut_off=found["cut_off"],
        n_shortened=found["shortened"],
        n_unclosed_thinking=found["unclosed"],
    )
