"""Decides whether a run passes rules: bounds on means, and no worse than an earlier run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from evalkit.analysis.comparison import unknown
from evalkit.analysis.compatibility import obstacles
from evalkit.errors import InputError, Problem, refusal
from evalkit.stats.comparisons import compare_pairs
from evalkit.stats.estimate import values_by_system

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.analysis.run import Run
    from evalkit.results import Comparison, Estimate, MetricFacts
    from evalkit.stats.estimate import Values

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
        yield Problem(code="invalid", file=rule.option, what=what, remedy="write 0.4 for 40 %")


def _check_rule(run: Run, rule: Rule) -> GateResult:
    found = (e for s in run.systems if s.name == rule.system for e in s.estimates)
    estimate = next((estimate for estimate in found if estimate.metric == rule.metric), None)
    passed, why = False, "has no score"
    if estimate is not None:
        passed = rule.allows(estimate.mean) and estimate.n == estimate.n_planned
        why = _describe(estimate)
    return GateResult(rule=str(rule), system=rule.system, passed=passed, why=why)


def _describe(estimate: Estimate) -> str:
    text, here = f"{estimate.mean:.4f}", estimate.here
    if here.low is not None and here.high is not None:
        text += f", 95 % interval on these articles [{here.low:.3f}, {here.high:.3f}]"
    if estimate.n < estimate.n_planned:
        text += f", but only {estimate.n} of {estimate.n_planned} examples are scored"
    return text


def check_no_worse(run: Run, baseline: Run) -> list[GateResult]:
    """Return a result for each system that both runs have, on each headline metric.

    Both runs are on the same articles, so that is what they are compared for: whether the system
    is worse on these. Metrics that neither run has an example for are left out. Each rule is tested
    on its own at the 5 % level: a system whose output has not changed never fails, however many
    rules there are.

    Raises:
        InputError: the runs may not be compared, or have no system in common.
    """
    metrics = [facts for facts in _headline(baseline) if _n_planned(run, facts)]
    if problems := obstacles([baseline, run], [facts.name for facts in metrics]):
        raise InputError(problems)
    theirs = {system.name for system in baseline.systems if system.role != "oracle"}
    systems = [system.name for system in run.systems if system.name in theirs]
    if not systems:
        what, remedy = f"has no system of {run.path}", "name the same systems in both configs"
        raise refusal(baseline.path, "incomparable", what, remedy)
    now, before = values_by_system(run.scores), values_by_system(baseline.scores)
    return [
        _no_worse(
            system, facts, now.get((system, facts.name), {}), before.get((system, facts.name), {})
        )
        for system in systems
        for facts in metrics
    ]


def _headline(run: Run) -> list[MetricFacts]:
    """Return the headline metrics with a better direction."""
    found = [run.summary.metric(name) for name in run.summary.headline()]
    return [facts for facts in found if facts.better != "neither"]


def _n_planned(run: Run, baseline: MetricFacts) -> int:
    """Return how many examples of a metric a run and its baseline plan, added up."""
    ours = [facts.n_planned for facts in run.summary.metrics if facts.name == baseline.name]
    return baseline.n_planned + sum(ours)


def _no_worse(system: str, metric: MetricFacts, now: Values, before: Values) -> GateResult:
    n_now, n_before = (sum(map(len, values.values())) for values in (now, before))
    passed, why = False, f"{n_now} examples are scored, {n_before} in the baseline"
    values = {("now", metric.name): now, ("before", metric.name): before}
    for found in compare_pairs([("now", "before")], values, [metric], among="with the baseline"):
        passed = found.here.verdict in {"better", "tied"} and found.n == n_before
        missing = "" if found.n == n_before else f", but only {found.n} of {n_before} are scored"
        why = f"{_describe_difference(found)}{missing}"
    rule = f"{system}: {metric.name} no worse"
    return GateResult(rule=rule, system=system, passed=passed, why=why)


def _describe_difference(found: Comparison) -> str:
    here, interval = found.here, "no interval"
    if here.low is not None and here.high is not None:
        interval = f"95 % interval [{here.low:+.3f}, {here.high:+.3f}]"
    articles = "article" if found.n_articles == 1 else "articles"
    return (
        f"{here.verdict}, {found.difference:+.4f}, {interval}, p {here.p:.4f}, "
        f"on {found.n} examples of these {found.n_articles} {articles}"
    )
