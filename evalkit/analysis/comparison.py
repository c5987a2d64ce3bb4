"""Compares systems of one or several finished runs, from their folders alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain, combinations
from typing import TYPE_CHECKING

from evalkit.analysis.compatibility import notes, obstacles
from evalkit.analysis.groups import groups_of
from evalkit.analysis.stored import Joined
from evalkit.analysis.trends import find_trends, same_examples
from evalkit.errors import InputError, Problem, suggestion
from evalkit.results import Summary
from evalkit.stats.breakdown import breakdown, furthest_apart
from evalkit.stats.comparisons import compare_pairs, shared
from evalkit.stats.estimate import values_by_system, without_value
from evalkit.stats.families import compare_all

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TypeVar

    from evalkit.analysis.run import Run
    from evalkit.analysis.trends import Trend
    from evalkit.records import ScoreLine
    from evalkit.stats.breakdown import Part
    from evalkit.stats.estimate import Values

    Key = TypeVar("Key")
    Value = TypeVar("Value")

N_EXAMPLES = 5  # on either side


@dataclass(frozen=True, kw_only=True, slots=True)
class Output:
    """One system's output for an example, and its score; of several samples, the first.

    `rule` is the rule that decided an answer.
    """

    system: str
    value: float
    prediction: str
    rule: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ExampleDifference:
    """An example on which two systems differ much; `question` is empty for a summary."""

    metric: str
    example: str
    question: str
    references: tuple[str, ...]
    a: Output
    b: Output


@dataclass(frozen=True, kw_only=True, slots=True)
class RunComparison:
    """Systems compared.

    Attributes:
        summary: the systems' estimates on the chosen metrics, and their comparisons.
        parts: two systems on parts of the data: way to divide it → parts; empty for more systems.
        examples: those on which two systems differ most; empty for more systems.
        notes: how the systems were asked differently, and what cannot be shown, and why.
        trends: how the systems went over several runs on the same examples.
    """

    summary: Summary
    parts: Mapping[str, tuple[Part, ...]]
    examples: tuple[ExampleDifference, ...]
    notes: tuple[str, ...]
    trends: tuple[Trend, ...]


def compare_runs(
    runs: Sequence[Run], models: Sequence[str] = (), metrics: Sequence[str] = ()
) -> RunComparison:
    """Compare systems of one or several runs.

    Args:
        runs: one or more, from `load_all`.
        models: the systems by name, compared pair by pair; every system where empty.
        metrics: by name; the headline metrics of the first run where empty.

    Raises:
        InputError: a name is unknown, or the runs may not be compared; with every reason.
    """
    chosen = tuple(metrics) or runs[0].summary.headline()
    names = _choose_systems(runs, models)
    if problems := [*_unknown_metrics(runs, chosen), *obstacles(runs, chosen)]:
        raise InputError(problems)
    facts = tuple(runs[0].summary.metric(metric) for metric in chosen)
    rows = [s for name in names for run in runs for s in run.systems if s.name == name]
    scores = tuple(chain.from_iterable(run.scores for run in runs))
    values, empty = values_by_system(scores), without_value(scores)
    if models:
        pairs = tuple(combinations(names, 2))
        comparisons = compare_pairs(pairs, values, facts, among="the chosen systems", empty=empty)
    else:
        comparisons = compare_all(rows, values, facts, empty)
    summary = Summary(
        run=" + ".join(dict.fromkeys(run.summary.run for run in runs)),
        status="complete" if all(r.summary.status == "complete" for r in runs) else "incomplete",
        metrics=facts,
        systems=tuple(
            replace(row, estimates=tuple(e for e in row.estimates if e.metric in chosen))
            for row in rows
        ),
        comparisons=comparisons,
    )
    found = RunComparison(
        summary=summary,
        parts={},
        examples=(),
        notes=tuple(notes(runs, chosen)),
        trends=tuple(t for same in same_examples(runs) for t in find_trends(same, chosen, names)),
    )
    return _add_details(found, runs, values) if len(names) == 2 else found  # noqa: PLR2004 - a pair


def unknown(option: str, word: str, known: Sequence[str]) -> Problem:
    """Return the problem of an option whose value is in no run, with the nearest known one."""
    what = f"`{word}` is not in the results"
    return Problem(code="unknown", file=option, what=what, remedy=suggestion(word, known))


def _choose_systems(runs: Sequence[Run], models: Sequence[str]) -> list[str]:
    """Return the systems asked for; a bare name means that system in every run.

    Raises:
        InputError: a name is unknown, or fewer than two systems are left.
    """
    known = list(dict.fromkeys(system.name for run in runs for system in run.systems))
    found: list[str] = []
    problems: list[Problem] = []
    for model in models:
        matching = [name for name in known if name == model or name.rpartition("/")[2] == model]
        if not matching:
            problems.append(unknown("--models", model, known))
        found += matching
    if problems:
        raise InputError(problems)
    chosen = list(dict.fromkeys(found)) or known
    if len(chosen) < 2:  # noqa: PLR2004 - it takes two to compare
        what, remedy = f"only `{chosen[0]}` to compare", f"name two of {', '.join(known)}"
        raise InputError([Problem(code="missing", file="--models", what=what, remedy=remedy)])
    return chosen


def _unknown_metrics(runs: Sequence[Run], metrics: Sequence[str]) -> list[Problem]:
    known = list(dict.fromkeys(facts.name for run in runs for facts in run.summary.metrics))
    return [unknown("--metric", metric, known) for metric in metrics if metric not in known]


def _add_details(
    found: RunComparison, runs: Sequence[Run], values: Mapping[tuple[str, str], Values]
) -> RunComparison:
    """Return a comparison of two systems with the parts of the data and the examples."""
    a, b = (system.name for system in found.summary.systems)
    shown = _Shown(runs)
    parts: dict[str, list[Part]] = {way: [] for way in shown.groups}
    examples: list[ExampleDifference] = []
    for facts in found.summary.metrics:
        left, right = shared(*(values.get((name, facts.name), {}) for name in (a, b)))
        for way, group_of in shown.groups.items():
            parts[way] += breakdown(facts, left, right, group_of)
        by_id = [
            {id_: v for some in side.values() for id_, v in some.items()} for side in (left, right)
        ]
        examples += [
            shown.difference(facts.name, id_, {a: by_id[0][id_], b: by_id[1][id_]})
            for id_ in chain.from_iterable(furthest_apart(left, right, N_EXAMPLES))
        ]
    return replace(
        found,
        parts={way: tuple(some) for way, some in parts.items() if some},
        examples=tuple(examples),
        notes=(*found.notes, *shown.missing),
    )


class _Shown:
    """What runs hold besides scores; some of it is missing where only some files were copied."""

    def __init__(self, runs: Sequence[Run]) -> None:
        """Read what is there; `missing` says what is not, and why."""
        self.missing: list[str] = []
        first = runs[0]
        self._examples = self._read(lambda run: run.examples, first, "Questions and their types")
        self.groups: dict[str, dict[str, str]] = {}
        if self._examples:
            articles = self._read(lambda run: run.articles, first, "Places of the evidence")
            self.groups = groups_of(self._examples, articles)
        self._generations = Joined(
            *(self._read(lambda run: run.generations, run, "Predictions") for run in runs)
        )
        self._first_sample: dict[tuple[str, str, str], ScoreLine] = {
            (score.system, score.example, score.metric): score
            for run in runs
            for score in reversed(run.scores)
        }

    def difference(
        self, metric: str, example: str, values: Mapping[str, float]
    ) -> ExampleDifference:
        """Return an example with the outputs of two systems; `values` are their scores by name."""
        found = self._examples.get(example)
        a, b = (self._output(metric, example, name, value) for name, value in values.items())
        return ExampleDifference(
            metric=metric,
            example=example,
            question=found.question if found else "",
            references=found.references if found else (),
            a=a,
            b=b,
        )

    def _output(self, metric: str, example: str, system: str, value: float) -> Output:
        score = self._first_sample[system, example, metric]
        generation = self._generations.get((system, example, score.sample))
        return Output(
            system=system,
            value=value,
            prediction=generation.prediction if generation else "",
            rule=score.rule,
        )

    def _read(
        self, read: Callable[[Run], Mapping[Key, Value]], run: Run, what: str
    ) -> Mapping[Key, Value]:
        try:
            return read(run)
        except InputError as error:
            self.missing.append(f"{what} are not shown: {error}")
            return {}
