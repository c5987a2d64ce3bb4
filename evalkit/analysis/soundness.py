"""Whether what a run folder claims can be true at all: values within their metric's range."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from evalkit.errors import first_few, refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from evalkit.records import ScoreLine
    from evalkit.results import Estimate, MetricFacts, Summary

_ROUNDING = 1e-9  # of sums of many values


def require_sound_summary(file: Path, summary: Summary) -> None:
    """Raise where a mean is none that its metric can have.

    Raises:
        InputError: with each such mean.
    """
    facts = {metric.name: metric for metric in summary.metrics}
    strange = [
        f"{system.name}: {estimate.metric}"
        for system in summary.systems
        for estimate in system.estimates
        if estimate.metric not in facts or not _is_sound(estimate, facts[estimate.metric])
    ]
    _refuse(file, "means that their metric cannot have", strange)


def require_sound_scores(
    file: Path, scores: Iterable[ScoreLine], metrics: Sequence[MetricFacts]
) -> None:
    """Raise where a value is none that its metric can have, or is there twice.

    Raises:
        InputError: with each such value.
    """
    facts = {metric.name: metric for metric in metrics}
    seen: set[tuple[str, str, int, str]] = set()
    twice: list[str] = []
    strange: list[str] = []
    for score in scores:
        place = (score.system, score.example, score.sample, score.metric)
        name = f"{score.system}: {score.example}: {score.metric}"
        if place in seen:
            twice.append(name)
        seen.add(place)
        stated = () if score.value is None else (score.value,)
        if score.metric not in facts or not _allows(facts[score.metric], stated):
            strange.append(name)
    _refuse(file, "values that their metric cannot have", strange)
    _refuse(file, "values twice", twice)


def _is_sound(estimate: Estimate, metric: MetricFacts) -> bool:
    # bounds of an interval may lie outside of the range
    ends = (end for each in (estimate.here, estimate.general) for end in (each.low, each.high))
    bounds = (*ends, estimate.plain_low, estimate.plain_high, estimate.least, estimate.most)
    return _allows(metric, (estimate.mean, estimate.plain_mean)) and all(
        bound is None or math.isfinite(bound) for bound in bounds
    )


def _allows(metric: MetricFacts, values: Iterable[float]) -> bool:
    most = math.inf if metric.maximum is None else metric.maximum
    return all(math.isfinite(v) and -_ROUNDING <= v <= most + _ROUNDING for v in values)


def _refuse(file: Path, what: str, names: Sequence[str]) -> None:
    if names:
        remedy = "score the run again: python -m evalkit rescore"
        raise refusal(file, "invalid", f"holds {what}: {first_few(names)}", remedy)
