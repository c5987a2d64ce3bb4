"""`python -m evalkit compare RUN…`: which differences are significant, and where they come from."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.cli.terminal_text import put
from evalkit.errors import InputError
from evalkit.language import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from evalkit.analysis.run import Run
    from evalkit.errors import Problem


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this command."""
    parser = commands.add_parser(
        "compare",
        help="compare systems of one or several runs, and show which differences are significant",
        description=(
            "Compare systems of one or several runs, example by example. With two systems it also "
            "shows parts of the data and the examples on which they differ most. Reads only the "
            "runs' folders."
        ),
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="RUN", help="such as runs/smoke")
    parser.add_argument("--models", default="", metavar="A,B", help="only these systems")
    parser.add_argument("--metric", default="", metavar="M,…", help="default: the headline metrics")
    parser.add_argument(
        "--common",
        action="store_true",
        help="compare on the examples that all runs have: same article, question and references",
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help=(
            "print everything as JSON: summary (as in summary.json), parts, examples, notes, trends"
        ),
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the comparison; return 0.

    Raises:
        InputError: a folder holds no run, a name is unknown, or the runs may not be compared.
    """
    from evalkit.analysis.common import narrow
    from evalkit.analysis.comparison import compare_runs
    from evalkit.analysis.run import load_all
    from evalkit.cli.comparison_table import print_comparison

    models, metrics = (
        [*dict.fromkeys(name.strip() for name in words.split(",") if name.strip())]
        for words in (arguments.models, arguments.metric)
    )
    runs = load_all(arguments.folders)
    narrowed = narrow(runs) if arguments.common else runs
    try:
        found = compare_runs(narrowed, models, metrics)
    except InputError as error:
        raise InputError([_offer_less(problem, runs) for problem in error.problems]) from None
    if arguments.common:
        n, of = len(narrowed[0].examples), ", ".join(str(len(each.examples)) for each in runs)
        note = (
            f"Compared on the {counted(n, 'example')} that all runs have; "
            f"each has, of its own: {of}"
        )
        found = replace(found, notes=(note, *found.notes))
    if arguments.json:
        put(json.dumps(asdict(found), ensure_ascii=False, indent=2, allow_nan=False))
    else:
        print_comparison(found)
    return 0


def _offer_less(problem: Problem, runs: Sequence[Run]) -> Problem:
    """Return a problem of runs over different data or metrics with what they have in common."""
    from evalkit.analysis.common import common_examples

    if problem.code != "incomparable":
        return problem
    if problem.key.startswith("signatures."):
        signatures = [{facts.signature for facts in run.summary.metrics} for run in runs]
        same = set.intersection(*signatures)
        names = ",".join(f.name for f in runs[0].summary.metrics if f.signature in same)
        offer = f"{problem.remedy}; or compare what all score: --metric {names}"
        return replace(problem, remedy=offer) if names else problem
    if problem.key not in {"articles", "references"}:
        return problem
    if not (n := len(common_examples(runs))):
        return problem
    remedy = f"{problem.remedy}; or compare the {counted(n, 'example')} that all have: --common"
    return replace(problem, remedy=remedy)
