"""Sets systems of one or several finished runs side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain, combinations
from typing import TYPE_CHECKING

from evalkit.analysis.groups import groups_of, read_examples
from evalkit.analysis.runs import obstacles, unknown
from evalkit.errors import InputError, Problem
from evalkit.report.table import headline_metrics
from evalkit.results import Summary
from evalkit.stats.comparisons import breakdown, compare_all, compare_pairs, furthest_apart, shared
from evalkit.stats.summarise import System, values_by_system

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.analysis.runs import Run
    from evalkit.records import Example, ExampleScore
    from evalkit.stats.comparisons import Pair, Part
    from evalkit.stats.summarise import Measure

N_EXAMPLES = 5  # on either side


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """What one system wrote for an example, and what it earned; `decided_by` names the rule."""

    system: str
    value: float
    prediction: str
    decided_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Apart:
    """An example on which two systems differ much; without question where that is not known."""

    metric: str
    example_id: str
    question: str
    references: tuple[str, ...]
    a: Side
    b: Side


@dataclass(frozen=True, kw_only=True, slots=True)
class SideBySide:
    """Systems side by side; parts (way → parts) and examples only where there are two.

    `note` says what could not be told, and why.
    """

    summary: Summary
    parts: Mapping[str, tuple[Part, ...]]
    apart: tuple[Apart, ...]
    note: str


def side_by_side(
    runs: Sequence[Run], models: Sequence[str] = (), metrics: Sequence[str] = ()
) -> SideBySide:
    """Return the comparison of systems that may be of several runs.

    Args:
        runs: one or more, from `read_all`.
        models: the systems by name, all being contestants then; every system where empty.
        metrics: by name; the headline metrics of the first run where empty.

    Raises:
        InputError: a name is not known, or the runs may not be compared; with every reason.
    """
    chosen = tuple(metrics) or headline_metrics(runs[0].summary)
    names = _choose_systems(runs, models)
    problems = [*_unknown_metrics(runs, chosen), *obstacles(runs, chosen)]
    if problems:
        raise InputError(problems)
    scores = list(chain.from_iterable(run.scores for run in runs))
    values = values_by_system(scores)
    measures = [runs[0].measure(metric) for metric in chosen]
    rows = [s for name in names for run in runs for s in run.summary.systems if s.name == name]
    if models:
        found = compare_pairs(
            tuple(combinations(names, 2)), values, measures, among="the systems asked for"
        )
    else:
        systems = [System(name=row.name, n_planned=0, role=row.role) for row in rows]
        found = compare_all(systems, values, measures)
    summary = Summary(
        run=" + ".join(dict.fromkeys(run.summary.run for run in runs)),
        status="complete" if all(r.summary.status == "complete" for r in runs) else "incomplete",
        systems=tuple(
            replace(row, estimates=tuple(e for e in row.estimates if e.metric in chosen))
            for row in rows
        ),
        comparisons=found,
        signatures={metric: runs[0].summary.signatures[metric] for metric in chosen},
    )
    if len(names) != 2:  # noqa: PLR2004 - details are of two systems
        return SideBySide(summary=summary, parts={}, apart=(), note="")
    return _details(runs[0], scores, measures, summary=summary, pair=(names[0], names[1]))


def _choose_systems(runs: Sequence[Run], models: Sequence[str]) -> list[str]:
    """Return the systems asked for; a bare name stands for that system in every run.

    Raises:
        InputError: a name is not known, or fewer than two systems are left.
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
        raise InputError([Problem(file="--models", what=what, remedy=remedy)])
    return chosen


def _unknown_metrics(runs: Sequence[Run], metrics: Sequence[str]) -> list[Problem]:
    known = tuple(dict.fromkeys(chain.from_iterable(run.summary.signatures for run in runs)))
    return [unknown("--metric", metric, known) for metric in metrics if metric not in known]


def _details(
    run: Run,
    scores: Sequence[ExampleScore],
    measures: Sequence[Measure],
    *,
    summary: Summary,
    pair: Pair,
) -> SideBySide:
    note = ""
    examples: dict[str, Example] = {}
    ways: dict[str, dict[str, str]] = {}
    try:
        examples, found = read_examples(run)
        ways = groups_of(examples, found)
    except InputError as error:
        note = f"Questions and their types are not shown: {error}"
    values = values_by_system(scores)
    parts: dict[str, list[Part]] = {way: [] for way in ways}
    apart: list[Apart] = []
    for measure in measures:
        a, b = shared(*(values.get((name, measure.name), {}) for name in pair))
        for way, group_of in ways.items():
            parts[way] += breakdown(measure, a, b, group_of)
        lines = {(s.model, s.example_id): s for s in scores if s.metric == measure.name}
        apart += [
            _apart(measure.name, lines[pair[0], id_], lines[pair[1], id_], examples.get(id_))
            for id_ in chain.from_iterable(furthest_apart(a, b, N_EXAMPLES))
        ]
    return SideBySide(
        summary=summary,
        parts={way: tuple(found) for way, found in parts.items() if found},
        apart=tuple(apart),
        note=note,
    )


def _apart(metric: str, a: ExampleScore, b: ExampleScore, example: Example | None) -> Apart:
    question = example.question.question if example and example.question else ""
    return Apart(
        metric=metric,
        example_id=a.example_id,
        question=question,
        references=example.references if example else (),
        a=_side(a),
        b=_side(b),
    )


def _side(score: ExampleScore) -> Side:
    return Side(
        system=score.model,
        value=score.value,
        prediction=score.prediction,
        decided_by=score.decided_by,
    )
