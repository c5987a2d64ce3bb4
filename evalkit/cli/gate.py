"""`python -m evalkit gate RUN`: pass or fail by rules; for continuous integration."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from evalkit.errors import InputError, Problem

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence

    from evalkit.analysis.runs import Run
    from evalkit.results import Comparison, Estimate
    from evalkit.stats.summarise import Measure, Values

_RULE = re.compile(r"(?P<system>[^:=]+):(?P<metric>[^:=]+)=(?P<value>\d+(\.\d+)?)")
_WRONG_WAY = {"--min": ("lower", "--max"), "--max": ("higher", "--min")}


@dataclass(frozen=True, kw_only=True, slots=True)
class Bound:
    """A rule: a system's mean on a metric must be at least (`--min`) or at most (`--max`) that."""

    option: str
    system: str
    metric: str
    value: float

    def __str__(self) -> str:
        """Render as one line."""
        sign = "≥" if self.option == "--min" else "≤"
        return f"{self.system}: {self.metric} {sign} {self.value:g}"

    def holds(self, mean: float) -> bool:
        """Tell whether a mean keeps to it."""
        return mean >= self.value if self.option == "--min" else mean <= self.value


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What became of one rule."""

    rule: str
    system: str
    passed: bool
    why: str


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this command."""
    parser = commands.add_parser(
        "gate",
        help="pass or fail a run by rules: exit code 0, or 1; 2 for bad input",
        description=(
            "Pass or fail a run by rules, one line each. Exit code: 0 all pass, 1 some fail, "
            "2 bad input, or runs that may not be compared."
        ),
    )
    parser.add_argument("folder", type=Path, metavar="RUN", help="a folder such as runs/quickstart")
    parser.add_argument(
        "--min",
        action="append",
        default=[],
        metavar="SYSTEM:METRIC=VALUE",
        help="the least mean, such as qwen:em=0.40; may be repeated",
    )
    parser.add_argument(
        "--max",
        action="append",
        default=[],
        metavar="SYSTEM:METRIC=VALUE",
        help="the largest mean, for a metric of which less is better; may be repeated",
    )
    parser.add_argument(
        "--no-worse-than",
        type=Path,
        metavar="BASELINE_RUN",
        help=(
            "fail where a system is worse than the same system in that run, on a headline metric: "
            "paired test clustered by article, 5 %% level"
        ),
    )
    parser.add_argument(
        "--junit", type=Path, metavar="FILE", help="write the verdicts as JUnit XML"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print one line a rule; return 0 where all pass, else 1.

    Raises:
        InputError: a rule, a run or the file for the verdicts is not usable.
    """
    from evalkit.analysis.runs import read  # noqa: PLC0415 - keeps --help fast

    start = time.perf_counter()
    bounds = _read_rules({"--min": arguments.min, "--max": arguments.max})
    if not bounds and arguments.no_worse_than is None:
        what, remedy = "has no rule", "give --min SYSTEM:METRIC=VALUE, --no-worse-than RUN, or both"
        raise InputError([Problem(file="gate", what=what, remedy=remedy)])
    judged = read(arguments.folder)
    verdicts = _check_bounds(judged, bounds)
    if arguments.no_worse_than is not None:
        verdicts += _check_no_worse(judged, read(arguments.no_worse_than))
    for verdict in verdicts:
        print(f"{'pass' if verdict.passed else 'FAIL'}  {verdict.rule}: {verdict.why}")
    if arguments.junit is not None:
        _write_junit(arguments.junit, verdicts, time.perf_counter() - start)
    return 0 if all(verdict.passed for verdict in verdicts) else 1


def _read_rules(texts_by_option: Mapping[str, Sequence[str]]) -> list[Bound]:
    problems: list[Problem] = []
    rules: list[Bound] = []
    for option, texts in texts_by_option.items():
        for text in texts:
            if found := _RULE.fullmatch(text):
                system, metric, value = found["system"], found["metric"], float(found["value"])
                rules.append(Bound(option=option, system=system, metric=metric, value=value))
            else:
                remedy = "write SYSTEM:METRIC=VALUE, such as qwen:em=0.40"
                problems.append(Problem(file=option, what=f"`{text}` is no rule", remedy=remedy))
    if problems:
        raise InputError(problems)
    return rules


def _check_bounds(judged: Run, rules: Sequence[Bound]) -> list[Verdict]:
    """Return a verdict for each rule.

    Raises:
        InputError: a rule names a system or a metric that the run does not have, or a value that
            makes no sense for the metric.
    """
    problems = [problem for rule in rules for problem in _flaws(judged, rule)]
    if problems:
        raise InputError(problems)
    return [_check_bound(judged, rule) for rule in rules]


def _flaws(judged: Run, rule: Bound) -> Iterator[Problem]:
    from evalkit.analysis.runs import unknown  # noqa: PLC0415 - keeps --help fast

    systems = [system.name for system in judged.systems]
    if rule.system not in systems:
        yield unknown(rule.option, rule.system, systems)
    if rule.metric not in judged.summary.signatures:
        yield unknown(rule.option, rule.metric, list(judged.summary.signatures))
        return
    measure = judged.measure(rule.metric)
    wrong, other = _WRONG_WAY[rule.option]
    if measure.better == wrong:
        what = f"`{rule.metric}` is better the {wrong} it is"
        yield Problem(file=rule.option, what=what, remedy=f"use {other}")
    if rule.value > measure.top:
        what = f"`{rule.metric}={rule.value:g}`: its values end at {measure.top:g}"
        yield Problem(file=rule.option, what=what, remedy="write 0.4 for 40 %")


def _check_bound(judged: Run, rule: Bound) -> Verdict:
    estimate = _estimate(judged, rule.system, rule.metric)
    passed, why = False, "has no score"
    if estimate is not None:
        passed = rule.holds(estimate.mean) and estimate.n == estimate.n_planned
        why = _tell(estimate)
    return Verdict(rule=str(rule), system=rule.system, passed=passed, why=why)


def _estimate(judged: Run, system: str, metric: str) -> Estimate | None:
    found = (e for s in judged.systems if s.name == system for e in s.estimates)
    return next((estimate for estimate in found if estimate.metric == metric), None)


def _tell(estimate: Estimate) -> str:
    told = f"{estimate.mean:.4f}"
    if estimate.low is not None and estimate.high is not None:
        told += f", 95 % interval [{estimate.low:.3f}, {estimate.high:.3f}]"
    if estimate.n < estimate.n_planned:
        told += f", but only {estimate.n} of {estimate.n_planned} examples are scored"
    return told


def _check_no_worse(judged: Run, baseline: Run) -> list[Verdict]:
    """Return a verdict for each system that both runs have, on each headline metric.

    Every rule is a test at the 5 % level of its own: a system that writes what it wrote before
    never fails, however many rules there are.

    Raises:
        InputError: the runs may not be compared, or have no system in common.
    """
    from evalkit.analysis.runs import obstacles  # noqa: PLC0415 - keeps --help fast
    from evalkit.report.table import headline_metrics  # noqa: PLC0415 - as above
    from evalkit.stats.summarise import values_by_system  # noqa: PLC0415 - as above

    metrics = headline_metrics(baseline.summary)
    if problems := obstacles([baseline, judged], metrics):
        raise InputError(problems)
    theirs = {system.name for system in baseline.systems if system.role != "roof"}
    systems = [system.name for system in judged.systems if system.name in theirs]
    if not systems:
        what, remedy = f"has no system of {judged.path}", "name the same systems in both configs"
        raise InputError([Problem(file=str(baseline.path), what=what, remedy=remedy)])
    now, before = values_by_system(judged.scores), values_by_system(baseline.scores)
    measures = [baseline.measure(metric) for metric in metrics]
    return [
        _no_worse(system, measure, now[system, measure.name], before[system, measure.name])
        for system in systems
        for measure in measures
        if measure.better != "neither"
    ]


def _no_worse(system: str, measure: Measure, now: Values, before: Values) -> Verdict:
    from evalkit.stats.comparisons import compare, shared  # noqa: PLC0415 - keeps --help fast

    n_now, n_before = (sum(map(len, values.values())) for values in (now, before))
    passed, why = False, f"{n_now} examples are scored, {n_before} in the baseline"
    both = shared(now, before)
    if n_before and both[0]:
        found = compare(measure, *both)
        passed = found.verdict in {"better", "tied"} and found.n == n_before
        missing = "" if found.n == n_before else f", but only {found.n} of {n_before} are scored"
        why = f"{_tell_difference(found)}{missing}"
    return Verdict(rule=f"{system}: {measure.name} no worse", system=system, passed=passed, why=why)


def _tell_difference(found: Comparison) -> str:
    if found.p is None:
        return f"{found.difference:+.4f}, which cannot be tested: one article has no spread"
    interval = "no interval"
    if found.low is not None and found.high is not None:
        interval = f"95 % interval [{found.low:+.3f}, {found.high:+.3f}]"
    return (
        f"{found.verdict}, {found.difference:+.4f}, {interval}, p {found.p:.3f}, "
        f"on {found.n} examples of {found.n_articles} articles"
    )


def _write_junit(file: Path, verdicts: Sequence[Verdict], seconds: float) -> None:
    """Write the verdicts in the form that continuous integration shows.

    Raises:
        InputError: the file cannot be written.
    """
    counts = {
        "tests": str(len(verdicts)),
        "failures": str(sum(not verdict.passed for verdict in verdicts)),
        "errors": "0",
        "time": f"{seconds:.3f}",
    }
    suites = ET.Element("testsuites", counts)
    suite = ET.SubElement(suites, "testsuite", {"name": "evalkit gate", **counts})
    for verdict in verdicts:
        names = {"classname": f"gate.{verdict.system}", "name": verdict.rule}
        case = ET.SubElement(suite, "testcase", names)
        if verdict.passed:
            ET.SubElement(case, "system-out").text = verdict.why
        else:
            ET.SubElement(
                case, "failure", message=verdict.why
            ).text = f"{verdict.rule}: {verdict.why}"
    ET.indent(suites)
    try:
        ET.ElementTree(suites).write(file, encoding="utf-8", xml_declaration=True)
    except OSError as error:
        what, remedy = (
            f"cannot be written ({error.strerror})",
            "name a file in a folder that exists",
        )
        raise InputError([Problem(file=str(file), what=what, remedy=remedy)]) from None
