"""Makes the summary of a run from its requests, generations and scores."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.results import OutputCounts, Summary, SystemSummary
from evalkit.stats.conditions import order_flips, wording_spreads
from evalkit.stats.estimate import (
    estimate,
    sample_means,
    sample_sd,
    samples_by_system,
    without_value,
)
from evalkit.stats.families import MODELS, compare_all
from evalkit.stats.missing import bounds_of_mean, to_score
from evalkit.stats.output_issues import output_issues
from evalkit.stats.refusals import bound_by_refusals

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from evalkit.records import Generation, Place, PlannedRequest, ScoreLine, System
    from evalkit.results import Estimate, MetricFacts
    from evalkit.stats.estimate import Examples, Samples


def count_outputs(
    systems: Sequence[System],
    requests: Iterable[PlannedRequest],
    generations: Mapping[Place, Generation],
    failures: Mapping[str, str],
) -> list[SystemSummary]:
    """Return the rows of the table as far as no score is needed: without estimates.

    Args:
        systems: in the order of the table; the human row has no requests.
        requests: all that was planned.
        generations: by system, example and sample.
        failures: why systems could not run, by name; empty or absent for those that could.
    """
    planned: dict[str, list[PlannedRequest]] = defaultdict(list)
    for request in requests:
        planned[request.system].append(request)
    return [
        SystemSummary(
            name=system.name,
            model=system.model,
            role=system.role,
            condition=system.condition,
            estimates=(),
            counts=_count(planned[system.name], generations),
            failure=failures.get(system.name, ""),
        )
        for system in systems
    ]


def _count(
    requests: Sequence[PlannedRequest], generations: Mapping[Place, Generation]
) -> OutputCounts:
    found = Counter(
        issue
        for request in requests
        for issue in output_issues(
            generations.get((request.system, request.example, request.sample)),
            problem=request.problem,
        )
    )
    return OutputCounts(
        n_generated=len(requests) - found["failed"] - found["missing"] - found["refused"],
        n_failed=found["failed"],
        n_missing=found["missing"],
        n_empty=found["empty"],
        n_truncated=found["truncated"],
        n_shortened=found["shortened"],
        n_unclosed_thinking=found["unclosed_thinking"],
        n_refused=found["refused"],
        n_prompt_cut=found["prompt_cut"],
    )


def summarise(
    run: str,
    rows: Sequence[SystemSummary],
    metrics: Sequence[MetricFacts],
    scores: Iterable[ScoreLine],
    refusals: Sequence[ScoreLine] = (),
) -> Summary:
    """Return what a run found: estimates, comparisons, and what its conditions change.

    It is complete if no system failed and every request has an answer or a refusal. The human row
    is left out where it has no scores.

    Args:
        run: its name.
        rows: the systems in the order of the table, from `count_outputs`.
        metrics: those of the run.
        scores: of every system, metric, example and sample that was answered.
        refusals: the worst scores, for those that were refused.
    """
    answered = tuple(scores)
    samples, empty = samples_by_system(answered), without_value(answered)
    values = {key: sample_means(found) for key, found in samples.items()}
    estimated = [_estimated(row, metrics, samples, empty) for row in rows]
    systems = tuple(row for row in estimated if row.role != "human" or row.estimates)
    comparisons = compare_all(systems, values, metrics, empty)
    systems, with_refusals = bound_by_refusals(systems, metrics, answered, refusals)
    same_condition = [c for c in comparisons if c.family == f"{c.metric}, {MODELS}"]
    return Summary(
        run=run,
        status="complete" if all(map(_is_complete, systems)) else "incomplete",
        metrics=tuple(metrics),
        systems=systems,
        comparisons=comparisons,
        spreads=wording_spreads(systems),
        flips=order_flips(same_condition, systems, metrics),
        with_refusals=with_refusals,
    )


def _estimated(
    row: SystemSummary,
    metrics: Sequence[MetricFacts],
    samples: Mapping[tuple[str, str], Samples],
    empty: Mapping[tuple[str, str], Examples],
) -> SystemSummary:
    """Return a row with the estimate of each metric that it has scores of."""
    estimates = tuple(
        _estimate(metric, row, samples[key], empty.get(key, {}))
        for metric in metrics
        if (key := (row.name, metric.name)) in samples
    )
    return replace(row, estimates=estimates)


def _estimate(
    metric: MetricFacts, row: SystemSummary, samples: Samples, empty: Examples
) -> Estimate:
    """Return a system's estimate; only what a system was asked for can be missing."""
    values, n_empty = sample_means(samples), sum(map(len, empty.values()))
    found = estimate(metric, values, sample_sd=sample_sd(samples), n_without_value=n_empty)
    if row.role == "human":
        return found
    least, most = bounds_of_mean(to_score(metric, empty), values)
    return replace(found, least=least, most=most)


def _is_complete(row: SystemSummary) -> bool:
    return not (row.failure or row.counts.n_failed or row.counts.n_missing)
