"""The command line: one file per command; the only package that prints or exits."""

from __future__ import annotations

import errno
import io
import os
import re
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.cli import (
    annotate,
    cache,
    check,
    compare,
    gate,
    init,
    metrics,
    references,
    repeat,
    report,
    rescore,
    run,
    runs,
    schema,
    score,
    view,
)
from evalkit.cli.terminal_text import say
from evalkit.cli.usage import Parser
from evalkit.errors import EvalkitError, InputError, Problem, first_line
from evalkit.language import choose_language
from evalkit.runner.interrupt import exit_code, raising_when_terminated
from evalkit.runner.memory import require_address_space
from evalkit.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = (
    init,
    run,
    check,
    rescore,
    repeat,
    compare,
    report,
    gate,
    runs,
    view,
    score,
    metrics,
    references,
    annotate,
    cache,
    schema,
)
_STANDARD_ERROR = 2
_LACK_OF_MEMORY = re.compile(
    "bad_alloc|[Cc]annot allocate memory|failed to map segment|Unable to allocate"
)
"""What native code raises of other classes than MemoryError, below a limit of address space."""
# `| head` has closed the pipe, or the disk of `> file` is full; files of a run raise StoreError
_OUTPUT_ENDS = {errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 all went well, 1 a run failed, 2 bad input."""
    given = sys.argv[1:] if arguments is None else arguments
    choose_language(given)
    parser = Parser(
        prog="evalkit",
        description="Compare open Chinese language models: summaries and answers, scored.",
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"evalkit {__version__}",
        help="show program's version number and exit",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add_parser(commands)
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal may not know Chinese
    try:
        chosen = parser.parse_args(given)
        with raising_when_terminated():
            _require_current_folder()
            require_address_space()
            code: int = chosen.run(chosen)
            sys.stdout.flush()
    except EvalkitError as error:
        say(str(error), file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt as error:
        say("stopped", file=sys.stderr)
        return exit_code(error)
    except OSError as error:
        return _end_of_output(error)
    except Exception as error:
        if isinstance(error, MemoryError) or _LACK_OF_MEMORY.search(str(error)):
            say("there is not enough memory", file=sys.stderr)
        elif isinstance(error, ImportError) and not isinstance(error, ModuleNotFoundError):
            say(f"a library cannot be imported ({first_line(error)})", file=sys.stderr)
        else:
            raise
        return 1
    return code


def _end_of_output(error: OSError) -> int:
    """Say what could not be used, and return the exit code.

    Raises:
        OSError: it is neither a file of the user nor the output.
    """
    if error.filename is not None:  # such as a folder that this user may not read
        say(f"{error.filename}: cannot be used ({error.strerror})", file=sys.stderr)
        return 1
    if error.errno not in _OUTPUT_ENDS:
        raise error
    if error.errno != errno.EPIPE:
        say(f"the output cannot be written ({error.strerror})", file=sys.stderr)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing left to flush
    return 1


def _open_closed_streams() -> None:
    """Open closed standard streams, so that no file of a run is taken for one of them."""
    while (lowest := os.open(os.devnull, os.O_RDWR)) <= _STANDARD_ERROR:
        pass
    os.close(lowest)
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, TextIOWrapper(io.FileIO(os.devnull, "r+")))


def _require_current_folder() -> None:
    """Raise where the current folder was deleted, from which every path of the user starts."""
    try:
        Path.cwd()
    except FileNotFoundError:
        problem = Problem(
            code="unreadable", file=".", what="this folder is gone", remedy="change to another"
        )
        raise InputError([problem]) from None
