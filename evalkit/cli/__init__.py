"""The command line: one command a file; the only room that prints or exits."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from evalkit import __version__
from evalkit.cli import check, compare, gate, metrics, references, rescore, run, schema, score
from evalkit.errors import EvalkitError

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = (run, check, rescore, compare, gate, score, metrics, references, schema)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 all went well, 1 a run failed, 2 bad input."""
    parser = argparse.ArgumentParser(
        prog="evalkit",
        description="Compare open Chinese language models: summaries and answers, scored.",
    )
    parser.add_argument("--version", action="version", version=f"evalkit {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add_parser(commands)
    chosen = parser.parse_args(arguments)
    try:
        code: int = chosen.run(chosen)
    except EvalkitError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 1
    return code
