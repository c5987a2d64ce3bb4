"""Chooses which systems of a run are compared: those that differ in one factor."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import fields
from itertools import combinations
from typing import TYPE_CHECKING

from evalkit.records import PROMPT_FACTORS
from evalkit.stats.comparisons import NONE, averaged, compare_family, compare_pairs
from evalkit.stats.missing import union

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from evalkit.results import Comparison, MetricFacts, SystemSummary
    from evalkit.stats.comparisons import Pair
    from evalkit.stats.estimate import Examples, Values

    SystemPair = tuple[SystemSummary, SystemSummary]

MODELS = "models"
BASELINES = "with the baselines"
ORACLE = "each with the oracle"
CONDITIONS = "conditions of one model"
AVERAGED = "averaged over the conditions they share"


def compare_all(
    systems: Sequence[SystemSummary],
    values: Mapping[tuple[str, str], Values],
    metrics: Sequence[MetricFacts],
    empty: Mapping[tuple[str, str], Examples] = NONE,
) -> tuple[Comparison, ...]:
    """Return the comparisons of a run, the human row left out.

    Each metric has its own families: models under the same condition; pairs with a baseline in
    them, which nobody takes for contestants; each of both with the oracle; conditions of one model
    that differ in one factor; and, for models and baselines that share several conditions, their
    means over these, under the models' names. Metrics do not share a family: each is a question of
    its own, and those that say nearly the same (`em`, `em_strict`) would only cost each other
    power. So at most one run in twenty errs anywhere in one family, not in all together.

    Args:
        systems: the rows of the table.
        values: those of all systems, from `values_by_system`.
        metrics: those to compare on.
        empty: the examples in which a system has nothing to score, from `without_value`.
    """
    matched = {
        MODELS: _matched_pairs(systems, with_baselines=False),
        BASELINES: _matched_pairs(systems, with_baselines=True),
    }
    among = {
        **matched,
        ORACLE: _pairs_with_oracle(systems),
        CONDITIONS: _pairs_of_conditions(systems),
    }
    found = (
        comparison
        for name, pairs in among.items()
        for comparison in compare_pairs(
            [(a.name, b.name) for a, b in pairs], values, metrics, among=name, empty=empty
        )
    )
    return (*found, *_compare_averaged(matched, values, metrics, empty))


def _compare_averaged(
    matched: Mapping[str, Sequence[SystemPair]],
    values: Mapping[tuple[str, str], Values],
    metrics: Sequence[MetricFacts],
    empty: Mapping[tuple[str, str], Examples],
) -> Iterator[Comparison]:
    """Compare the means of models over the conditions they share, under the models' names."""
    for metric in metrics:
        for name, pairs in matched.items():
            shared = _sharing_conditions(pairs, values, metric)
            yield from compare_family(
                metric,
                {models: _averaged(names, values, metric) for models, names in shared.items()},
                among=f"{name}, {AVERAGED}",
                empty={
                    models: union(empty.get((x, metric.name), {}) for pair in names for x in pair)
                    for models, names in shared.items()
                },
            )


def _matched_pairs(systems: Sequence[SystemSummary], *, with_baselines: bool) -> list[SystemPair]:
    """Return the pairs of models, or those with a baseline, under the same condition, in order.

    Baselines read no prompt, so that wording and worked examples do not count with them. Nor does
    a factor in which two models have no value in common: predictions of another program, say,
    beside a model that is asked with worked examples only.
    """
    pairs = [
        (a, b)
        for a, b in combinations(_ranked(systems), 2)
        if with_baselines == ("baseline" in {a.role, b.role})
    ]
    return _under_same_condition(pairs, systems)


def _ranked(systems: Sequence[SystemSummary]) -> list[SystemSummary]:
    order = list(dict.fromkeys(system.model for system in systems))
    ranked = [system for system in systems if system.role in {"model", "baseline"}]
    return sorted(ranked, key=lambda system: order.index(system.model))


def _pairs_with_oracle(systems: Sequence[SystemSummary]) -> list[SystemPair]:
    oracles = [system for system in systems if system.role == "oracle"]
    pairs = ((system, oracle) for oracle in oracles for system in _ranked(systems))
    return _under_same_condition(pairs, systems)


def _pairs_of_conditions(systems: Sequence[SystemSummary]) -> list[SystemPair]:
    return [
        (a, b)
        for a, b in combinations(_ranked(systems), 2)
        if a.model == b.model and len(_differing(a, b)) == 1
    ]


def _under_same_condition(
    pairs: Iterable[SystemPair], systems: Sequence[SystemSummary]
) -> list[SystemPair]:
    known = {(s.model, factor, value) for s in systems for factor, value in _factors(s).items()}
    shared = {
        (a, b, factor)
        for a, factor, value in known
        for b in {system.model for system in systems}
        if (b, factor, value) in known
    }
    return [
        (a, b)
        for a, b in pairs
        if not any((a.model, b.model, factor) in shared for factor in _differing(a, b))
    ]


def _differing(a: SystemSummary, b: SystemSummary) -> list[str]:
    """Return the factors in which two systems differ, of those that count with both."""
    left, right = _factors(a), _factors(b)
    return [factor for factor in left if factor in right and left[factor] != right[factor]]


def _factors(system: SystemSummary) -> dict[str, object]:
    without = () if system.role == "model" else PROMPT_FACTORS
    condition = system.condition
    names = (field.name for field in fields(condition))
    return {name: getattr(condition, name) for name in names if name not in without}


def _sharing_conditions(
    matched: Sequence[SystemPair], values: Mapping[tuple[str, str], Values], metric: MetricFacts
) -> dict[Pair, list[Pair]]:
    """Return the systems of each pair of models that share two conditions or more, two by two."""
    shared: dict[Pair, list[Pair]] = defaultdict(list)
    for a, b in matched:
        if all(values.get((system.name, metric.name)) for system in (a, b)):
            shared[a.model, b.model].append((a.name, b.name))
    return {models: pairs for models, pairs in shared.items() if len(pairs) > 1}


def _averaged(
    pairs: Sequence[Pair], values: Mapping[tuple[str, str], Values], metric: MetricFacts
) -> tuple[Values, ...]:
    """Return the mean of each side over its conditions, by example, so that n is not inflated."""
    return tuple(
        averaged([values[name, metric.name] for name in dict.fromkeys(side)])
        for side in zip(*pairs, strict=True)
    )
