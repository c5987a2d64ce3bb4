"""`python -m evalkit metrics`: what can be measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.cli.terminal_text import put
from evalkit.language import localise

if TYPE_CHECKING:
    import argparse


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this command."""
    parser = commands.add_parser(
        "metrics",
        help="list the metrics",
        description="List the metrics: signature, task, range, direction, and what each measures.",
    )
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Print each metric's signature, range, direction and one sentence; return 0."""
    from evalkit.metrics import available, document, entry, metric

    for name in available():
        line = entry(name)
        better = "" if line.better == "neither" else f", {line.better} is better"
        put(f"{metric(name).signature}  ({localise(f'{line.kind}; {line.range}{better}')})")
        put(f"    {localise(document(name).splitlines()[0])}")
    return 0
