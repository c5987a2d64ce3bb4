"""`python -m evalkit repeat RUN`: is every generation the same again?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.cli.terminal_text import say
from evalkit.language import counted

if TYPE_CHECKING:
    import argparse

N_SHOWN = 10


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this command."""
    parser = commands.add_parser(
        "repeat",
        help="run a run again and say whether every generation is the same",
        description=(
            "Run a complete run again, in a temporary folder and without the cache, and say "
            "whether every generation is the same. The run itself is left as it is."
        ),
    )
    parser.add_argument("folder", type=Path, metavar="RUN", help="a folder such as runs/quickstart")
    parser.add_argument(
        "--trust-remote-code",
        action="store_true",
        help="let the Python code of its model folders run, where its config asks for that",
    )
    parser.add_argument(
        "--send-keys",
        action="store_true",
        help="let the keys that its config names be sent to the servers that it names",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what differs; return 1 where anything does."""
    from evalkit.cli.progress import terminal_progress
    from evalkit.runner.repeat import repeat

    with terminal_progress() as progress:
        found = repeat(
            arguments.folder,
            progress,
            trust_remote_code=arguments.trust_remote_code,
            send_keys=arguments.send_keys,
        )
    n_same = found.n - len(found.differences)
    say(f"{n_same} of {counted(found.n, 'generation')} came out the same.")
    for one in found.differences[:N_SHOWN]:
        place = f" from character {one.at + 1} on" if one.what == "differs" else ""
        say(f"  {one.system}: {one.example}: {one.what}{place}")
    if len(found.differences) > N_SHOWN:
        say(f"  and {len(found.differences) - N_SHOWN} more")
    return 1 if found.differences else 0
