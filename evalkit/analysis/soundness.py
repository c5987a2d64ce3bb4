"""Whether what a run folder claims can be true at all: values within their metric's range."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

from evalkit.errors import first_few, refusal
from evalkit.stats.estimate import article_means, flatten, values_by_system

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from evalkit.records import ScoreLine
    from evalkit.results import Estimate, MetricFacts, Summary
    from evalkit.stats.estimate import Values

_ROUNDING = 1e-9  # of sums of many values


def require_sound_summary(file: Path, summary: Summary) -> None:
    """Raise where a mean is none that its metric can have.

    Raises:
        InputError: with each such mean.
    """
    facts = {metric.name: metric for metric in summary.metrics}
    names = [summary.run, *facts, *(system.name for system in summary.systems)]
    # one of several lines could show a line of a table, or of a gate, that is none
    _refuse(file, "names of several lines", [repr(n) for n in names if len(n.splitlines()) > 1])
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
    seen: dict[tuple[str, str, int], set[str]] = defaultdict(set)
    twice: list[str] = []
    strange: list[str] = []
    for score in scores:
        examples = seen[score.system, score.metric, score.sample]
        name = f"{score.system}: {score.example}: {score.metric}"
        if score.example in examples:
            twice.append(name)
        examples.add(score.example)
        stated = () if score.value is None else (score.value,)
        if score.metric not in facts or not _allows(facts[score.metric], stated):
            strange.append(name)
    _refuse(file, "values that their metric cannot have", strange)
    _refuse(file, "values twice", twice)


def require_means_of_scores(file: Path, summary: Summary, scores: Iterable[ScoreLine]) -> None:
    """Raise where a mean of the summary is not that of the scores.

    Args:
        file: the summary.
        summary: its content.
        scores: all of them, under the names of the summary.

    Raises:
        InputError: with each such mean.
    """
    values = values_by_system(scores)
    stated = {
        (system.name, estimate.metric): estimate
        for system in summary.systems
        for estimate in system.estimates
    }
    other = [
        ": ".join(key)
        for key in stated.keys() | values.keys()
        if key not in stated or key not in values or not _is_of(stated[key], values[key])
    ]
    _refuse(file, "means that are not those of scores.jsonl", sorted(other))


def _is_of(estimate: Estimate, values: Values) -> bool:
    found = (float(article_means(values).mean()), float(flatten(values).mean()))
    stated = (estimate.mean, estimate.plain_mean)
    return all(abs(a - b) <= _ROUNDING for a, b in zip(found, stated, strict=True))


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
