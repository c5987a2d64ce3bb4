"""`python -m evalkit gate RUN`: pass or fail by rules; for continuous integration."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from evalkit.cli.terminal_text import say
from evalkit.errors import InputError, Problem, StoreError, refusal
from evalkit.store.files import write
from evalkit.values.visible import visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from evalkit.analysis.gate import GateResult, Option, Rule

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
            "paired test on these articles, 5 %% level"
        ),
    )
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write the results as JUnit XML")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print one line per rule; return 0 where all pass, else 1.

    Raises:
        InputError: a rule, a run or the file for the results is not usable.
    """
    from evalkit.analysis.gate import check_no_worse, check_rules
    from evalkit.analysis.run import load

    start = time.perf_counter()
    rules = _read_rules({"--min": arguments.min, "--max": arguments.max})
    if not rules and arguments.no_worse_than is None:
        what, remedy = "has no rule", "give --min SYSTEM:METRIC=VALUE, --no-worse-than RUN, or both"
        raise InputError([Problem(code="missing", file="gate", what=what, remedy=remedy)])
    judged = load(arguments.folder)
    judged.verify()
    results = check_rules(judged, rules)
    if arguments.no_worse_than is not None:
        baseline = load(arguments.no_worse_than)
        baseline.verify()
        results += check_no_worse(judged, baseline)
    for result in results:
        sign = "pass" if result.passed else "FAIL"
        say(f"{sign}  {result.rule}: {result.why}")
    if arguments.junit is not None:
        _write_junit(arguments.junit, results, time.perf_counter() - start)
    return 0 if all(result.passed for result in results) else 1


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


def _write_junit(file: Path, results: Sequence[GateResult], seconds: float) -> None:
    """Write the results in the form that continuous integration shows.

    Raises:
        InputError: the file cannot be written.
    """
    counts = {
        "tests": str(len(results)),
        "failures": str(sum(not result.passed for result in results)),
        "errors": "0",
        "time": f"{seconds:.3f}",
    }
    suites = ET.Element("testsuites", counts)
    suite = ET.SubElement(suites, "testsuite", {"name": "evalkit gate", **counts})
    for result in results:
        system, rule, why = map(visible, (result.system, result.rule, result.why))
        case = ET.SubElement(suite, "testcase", {"classname": f"gate.{system}", "name": rule})
        if result.passed:
            ET.SubElement(case, "system-out").text = why
        else:
            ET.SubElement(case, "failure", message=why).text = f"{rule}: {why}"
    ET.indent(suites)
    text = ET.tostring(suites, encoding="unicode")
    try:
        write(file, f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n')
    except StoreError as error:
        what, remedy = str(error).removeprefix(f"{file}: "), "name a file in a folder that exists"
        raise refusal(file, "unwritable", what.partition(";")[0], remedy) from None
