"""Decides whether a run passes rules: bounds on means, and no worse than an earlier run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from evalkit.analysis.comparison import unknown
from evalkit.analysis.compatibility import obstacles
from evalkit.errors import InputError, Problem, refusal
from evalkit.language import counted
from evalkit.stats.comparisons import compare_pairs
from evalkit.stats.estimate import values_by_system, without_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.analysis.run import Run
    from evalkit.results import Comparison, Estimate, MetricFacts
    from evalkit.stats.estimate import Examples, Values

Option = Literal["--min", "--max"]
_WRONG_WAY: dict[Option, tuple[str, Option]] = {
    "--min": ("lower", "--max"),
    "--max": ("higher", "--min"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A system's mean on a metric must be at least (`--min`) or at most (`--max`) a value."""

    option: Option
    system: str
    metric: str
    value: float

    def __str__(self) -> str:
        """Render as one line."""
        sign = "≥" if self.option == "--min" else "≤"
        return f"{self.system}: {self.metric} {sign} {self.value:g}"

    def allows(self, mean: float) -> bool:
        """Return whether a mean passes."""
        return mean >= self.value if self.option == "--min" else mean <= self.value


@dataclass(frozen=True, kw_only=True, slots=True)
class GateResult:
    """Whether a system passed one rule, and why."""

    rule: str
    system: str
    passed: bool
    why: str


def check_rules(run: Run, rules: Sequence[Rule]) -> list[GateResult]:
    """Return a result for each rule.

    Raises:
        InputError: a rule names a system or a metric that the run does not have, or a value that
            the metric cannot have.
    """
    if problems := [problem for rule in rules for problem in _problems(run, rule)]:
        raise InputError(problems)
    return [_check_rule(run, rule) for rule in rules]


def _problems(run: Run, rule: Rule) -> Iterator[Problem]:
    systems = [system.name for system in run.systems]
    if rule.system not in systems:
        yield unknown(rule.option, rule.system, systems)
    metrics = {facts.name: facts for facts in run.summary.metrics}
    if (facts := metrics.get(rule.metric)) is None:
        yield unknown(rule.option, rule.metric, list(metrics))
        return
    wrong, other = _WRONG_WAY[rule.option]
    if facts.better == wrong:
        what, remedy = f"`{rule.metric}`: {wrong} values are better", f"use {other}"
        yield Problem(code="conflict", file=rule.option, what=what, remedy=remedy)
    if facts.maximum is not None and rule.value > facts.maximum:
        what = f"`{rule.metric}={rule.value:g}`: its maximum is {facts.maximum:g}"
        yield Problem(code="invalid", file=rule.option, what=what, remedy="write 0.4 for 40%")


def _check_rule(run: Run, rule: Rule) -> GateResult:
    estimate = run.summary.estimates(rule.metric).get(rule.system)
    passed, why = False, "has no score"
    if estimate is not None:
        passed = rule.allows(estimate.mean) and estimate.is_complete
        why = _describe(estimate)
    elif empty := without_value(run.scores).get((rule.system, rule.metric), {}):
        why = f"has no score: nothing to score in {counted(_count(empty), 'example')}"
    return GateResult(rule=str(rule), system=rule.system, passed=passed, why=why)


def _describe(estimate: Estimate) -> str:
    text, here = f"{estimate.mean:.4f}", estimate.here
    if here.low is not None and here.high is not None:
        text += f", 95% interval on these articles [{here.low:.3f}, {here.high:.3f}]"
    n_scored = estimate.n + estimate.n_without_value
    if not estimate.is_complete:
        text += f", only {n_scored} of {counted(estimate.n_planned, 'example')} scored"
    if estimate.n_without_value:
        text += f", on {counted(estimate.n, 'example')}; "
        text += f"nothing to score in {estimate.n_without_value}"
    return text


def check_no_worse(run: Run, baseline: Run) -> list[GateResult]:
    """Return a result for each system that both runs have, on each headline metric.

    Both runs are on the same articles, so that is what they are compared for: whether the system
    is worse on these. Metrics that neither run has an example for are left out, and so are those of
    a system in whose outputs there was nothing to score in either. Each rule is tested on its own
    at the 5% level: a system whose output has not changed never fails, however many rules there
    are. A model that only one of the runs has fails: nothing shows that it is no worse.

    Raises:
        InputError: the runs may not be compared, or have no system in common.
    """
    metrics = [facts for facts in _headline(baseline) if _n_planned(run, facts)]
    if problems := obstacles([baseline, run], [facts.name for facts in metrics]):
        raise InputError([_stale(problem, baseline) for problem in problems])
    theirs = {system.name for system in baseline.systems if system.role != "oracle"}
    systems = [system.name for system in run.systems if system.name in theirs]
    if not systems:
        what, remedy = f"has no system of {run.path}", "name the same systems in both configs"
        raise refusal(baseline.path, "incomparable", what, remedy)
    now, before = _scored(run), _scored(baseline)
    found = [
        (
            facts,
            system,
            now.get((system, facts.name), _NONE),
            before.get((system, facts.name), _NONE),
        )
        for system in systems
        for facts in metrics
    ]
    return _only_in_one(run, baseline) + [
        _no_worse(facts, system, ours, theirs)
        for facts, system, ours, theirs in found
        if ours.values or theirs.values or not (ours.empty and theirs.empty)
    ]


def _only_in_one(run: Run, baseline: Run) -> list[GateResult]:
    ours, theirs = (
        [system.name for system in each.systems if system.role == "model"]
        for each in (run, baseline)
    )
    lost = f"is in {baseline.path}, but not in {run.path}; run it under the same name"
    new = f"is in {run.path}, but not in {baseline.path}; {_new_baseline(baseline)}"
    return [
        GateResult(rule=f"{name}: no worse", system=name, passed=False, why=why)
        for names, others, why in ((theirs, ours, lost), (ours, theirs, new))
        for name in names
        if name not in others
    ]


def _stale(problem: Problem, baseline: Run) -> Problem:
    """Return why a baseline is not comparable any more, with how to refresh it."""
    is_data = problem.key in {"articles", "references"}
    remedy = "undo the change" if is_data else problem.remedy
    return replace(problem, remedy=f"{remedy}, or {_new_baseline(baseline)}")


def _new_baseline(baseline: Run) -> str:
    """Say how a run that a person accepts becomes the baseline."""
    return (
        "copy manifest.json, summary.json and scores.jsonl of a run that you accept into "
        f"{baseline.path}"
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Scored:
    """A system's values on one metric, and the examples in which there was nothing to score."""

    values: Values
    empty: Examples

    @property
    def examples(self) -> set[str]:
        """The ids of the examples with a value."""
        return {example for by_example in self.values.values() for example in by_example}

    @property
    def n_empty(self) -> int:
        """In how many examples there was nothing to score."""
        return _count(self.empty)


_NONE = _Scored(values={}, empty={})


def _scored(run: Run) -> dict[tuple[str, str], _Scored]:
    values, empty = values_by_system(run.scores), without_value(run.scores)
    return {
        key: _Scored(values=values.get(key, {}), empty=empty.get(key, {}))
        for key in values.keys() | empty.keys()
    }


def _count(examples: Examples) -> int:
    return sum(map(len, examples.values()))


def _headline(run: Run) -> list[MetricFacts]:
    """Return the headline metrics with a better direction."""
    found = [run.summary.metric(name) for name in run.summary.headline()]
    return [facts for facts in found if facts.better != "neither"]


def _n_planned(run: Run, baseline: MetricFacts) -> int:
    """Return how many examples of a metric a run and its baseline plan, added up."""
    ours = [facts.n_planned for facts in run.summary.metrics if facts.name == baseline.name]
    return baseline.n_planned + sum(ours)


def _no_worse(metric: MetricFacts, system: str, now: _Scored, before: _Scored) -> GateResult:
    n_before = len(before.examples)
    n_kept = len(before.examples & now.examples.union(*now.empty.values()))
    passed = False
    why = f"{counted(len(now.examples), 'example')} scored, {n_before} in the baseline"
    values = {("now", metric.name): now.values, ("before", metric.name): before.values}
    empty = {("now", metric.name): now.empty, ("before", metric.name): before.empty}
    for found in compare_pairs(
        [("now", "before")], values, [metric], among="with the baseline", empty=empty
    ):
        passed = found.here.verdict in {"better", "tied"} and n_kept == n_before
        missing = "" if n_kept == n_before else f", only {n_kept} of {n_before} scored"
        why = f"{_describe_difference(found)}{missing}"
    if now.empty:
        why += f"; nothing to score in {now.n_empty}"
    rule = f"{system}: {metric.name} no worse"
    return GateResult(rule=rule, system=system, passed=passed, why=why)


def _describe_difference(found: Comparison) -> str:
    here, interval = found.here, "no interval"
    if here.low is not None and here.high is not None:
        interval = f"95% interval [{here.low:+.3f}, {here.high:+.3f}]"
    return (
        f"{here.verdict}, {found.difference:+.4f}, {interval}, p {here.p:.4f}, "
        f"on {counted(found.n, 'example')} of the {counted(found.n_articles, 'article')}"
    )
