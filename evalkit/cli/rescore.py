"""`python -m evalkit rescore RUN`: score a finished run again, without models."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this command."""
    parser = commands.add_parser(
        "rescore",
        help="score a run's generations again; needs no model",
        description=(
            "Score a run's generations again with its config's metrics and references; with the "
            "run's own copies of them where the project is missing."
        ),
    )
    parser.add_argument("folder", type=Path, metavar="RUN", help="a folder such as runs/quickstart")
    parser.add_argument("--json", action="store_true", help="print summary.json, not the table")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Score the run again and print its table."""
    from evalkit.cli.progress import terminal_progress
    from evalkit.cli.run import show
    from evalkit.runner.parallel import n_cores
    from evalkit.runner.rescore import rescore

    with terminal_progress() as progress:
        finished = rescore(arguments.folder, progress, processes=n_cores())
    show(finished, as_json=arguments.json)
    return 0 if finished.summary.status == "complete" else 1
