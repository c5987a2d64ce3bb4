"""The command line: one command a file; the only room that prints or exits."""

from __future__ import annotations

import argparse
import os
import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING

from evalkit import __version__
from evalkit.cli import (
    cache,
    check,
    compare,
    gate,
    metrics,
    references,
    repeat,
    report,
    rescore,
    run,
    runs,
    schema,
    score,
)
from evalkit.errors import EvalkitError
from evalkit.text.visible import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = (
    run,
    check,
    rescore,
    repeat,
    compare,
    report,
    gate,
    runs,
    score,
    metrics,
    references,
    cache,
    schema,
)


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
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal may not know Chinese
    try:
        code: int = chosen.run(chosen)
        sys.stdout.flush()
    except EvalkitError as error:
        print(visible(str(error)), file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 1
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing left to flush
        return 1
    return code
