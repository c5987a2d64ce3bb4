"""`python -m evalkit gate RUN`: pass or fail by rules; for continuous integration."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from evalkit.cli.terminal_text import say
from evalkit.errors import EvalkitError, InputError, Problem, StoreError
from evalkit.store.files import write
from evalkit.store.own_files import unusable_output
from evalkit.values.visible import visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping, Sequence

    from evalkit.analysis.gate import GateResult, Option, Rule
    from evalkit.analysis.run import Run

_RULE = re.compile(r"(?P<system>[^:=]+):(?P<metric>[^:=]+)=(?P<value>\d+(\.\d+)?)")


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
        help="the lowest mean that passes, such as qwen:em=0.40; may be repeated",
    )
    parser.add_argument(
        "--max",
        action="append",
        default=[],
        metavar="SYSTEM:METRIC=VALUE",
        help="the highest mean that passes, where lower is better; may be repeated",
    )
    parser.add_argument(
        "--no-worse-than",
        type=Path,
        metavar="BASELINE_RUN",
        help=(
            "fail where a system is worse than the same system in that run, on a headline metric: "
            "paired test on these articles, 5%% level; and where only one of the runs has a model"
        ),
    )
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write the results as JUnit XML")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print one line per rule; return 0 where all pass, else 1.

    Raises:
        InputError: a rule, a run or the file for the results is not usable.
    """
    if arguments.junit and (problem := unusable_output(arguments.junit, "--junit")):
        raise InputError([problem])
    start = time.perf_counter()
    try:
        runs, results = _judge(arguments)
    except EvalkitError as error:
        if arguments.junit is not None:
            with suppress(StoreError):  # what the gate could not judge is said instead
                _write_junit(arguments.junit, [_error(error)], time.perf_counter() - start)
        raise
    for name, dated in runs.items():
        say(f"{name}: {dated}")
    for result in results:
        sign = "pass" if result.passed else "FAIL"
        say(f"{sign}  {result.rule}: {result.why}")
    if arguments.junit is not None:
        seconds = time.perf_counter() - start
        _write_junit(arguments.junit, map(_case, results), seconds, runs)
    return 0 if all(result.passed for result in results) else 1


def _judge(arguments: argparse.Namespace) -> tuple[dict[str, str], list[GateResult]]:
    """Return which runs were judged and when these ended, and a result for each rule.

    Raises:
        InputError: a rule or a run is not usable.
    """
    from evalkit.analysis.gate import check_no_worse, check_rules
    from evalkit.analysis.run import load

    rules = _read_rules({"--min": arguments.min, "--max": arguments.max})
    if not rules and arguments.no_worse_than is None:
        what, remedy = "has no rule", "give --min SYSTEM:METRIC=VALUE, --no-worse-than RUN, or both"
        raise InputError([Problem(code="missing", file="gate", what=what, remedy=remedy)])
    judged = load(arguments.folder)
    judged.verify()
    runs, results = {"run": _dated(judged)}, check_rules(judged, rules)
    if arguments.no_worse_than is not None:
        baseline = load(arguments.no_worse_than)
        baseline.verify()
        runs["baseline"] = _dated(baseline)
        results += check_no_worse(judged, baseline)
    return runs, results


def _dated(run: Run) -> str:
    """Return where a run is, and when it ended."""
    ended = datetime.fromisoformat(run.manifest.ended).astimezone(UTC)
    return f"{run.path}, ended {ended:%Y-%m-%d %H:%M} UTC"


def _read_rules(texts_by_option: Mapping[Option, Sequence[str]]) -> list[Rule]:
    from evalkit.analysis.gate import Rule

    problems: list[Problem] = []
    rules: list[Rule] = []
    for option, texts in texts_by_option.items():
        for text in texts:
            if found := _RULE.fullmatch(text):
                system, metric, value = found["system"], found["metric"], float(found["value"])
                rules.append(Rule(option=option, system=system, metric=metric, value=value))
            else:
                what = f"`{text}` is not a rule"
                remedy = "write SYSTEM:METRIC=VALUE, such as qwen:em=0.40"
                problems.append(Problem(code="malformed", file=option, what=what, remedy=remedy))
    if problems:
        raise InputError(problems)
    return rules


def _case(result: GateResult) -> ET.Element:
    system, rule, why = map(visible, (result.system, result.rule, result.why))
    case = ET.Element("testcase", {"classname": f"gate.{system}", "name": rule})
    if result.passed:
        ET.SubElement(case, "system-out").text = why
    else:
        ET.SubElement(case, "failure", message=why).text = f"{rule}: {why}"
    return case


def _error(error: EvalkitError) -> ET.Element:
    """Return the one case of a gate that could not judge."""
    case = ET.Element("testcase", {"classname": "gate", "name": "input"})
    why = visible(str(error))
    ET.SubElement(case, "error", message=why.partition("\n")[0]).text = why
    return case


def _write_junit(
    file: Path,
    cases: Iterable[ET.Element],
    seconds: float,
    runs: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Write test cases in the form that continuous integration shows, and the runs as properties.

    Raises:
        StoreError: the file cannot be written.
    """
    suite = ET.Element("testsuite", name="evalkit gate")
    if runs:
        properties = ET.SubElement(suite, "properties")
        for name, value in runs.items():
            ET.SubElement(properties, "property", name=name, value=visible(value))
    found = list(cases)
    suite.extend(found)
    counts = {
        "tests": str(len(found)),
        "failures": str(len(suite.findall("testcase/failure"))),
        "errors": str(len(suite.findall("testcase/error"))),
        "time": f"{seconds:.3f}",
    }
    suite.attrib |= counts
    suites = ET.Element("testsuites", counts)
    suites.append(suite)
    ET.indent(suites)
    text = ET.tostring(suites, encoding="unicode")
    write(file, f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n')
