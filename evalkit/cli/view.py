"""`python -m evalkit view`: the folder of runs in the browser."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.cli.terminal_text import say
from evalkit.language import language

if TYPE_CHECKING:
    import argparse

PORT = 8321


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this command."""
    parser = commands.add_parser(
        "view",
        help="show a folder of runs in the browser: list, trends, comparison, a run as it goes on",
        description=(
            "Serve a folder of runs to the browser of this machine, and to no other: list, trends, "
            "reports, comparison, and a run as it goes on. Nothing is changed. Ctrl-C ends it."
        ),
    )
    parser.add_argument(
        "folder", type=Path, nargs="?", default=Path("runs"), help="default: %(default)s"
    )
    parser.add_argument(
        "--port", type=_number, default=PORT, help="default: %(default)s; 0 is any that is free"
    )
    parser.add_argument("--open", action="store_true", help="open it in the browser")
    parser.set_defaults(run=run)


def _number(text: str) -> int:
    if not text.isdecimal():
        from argparse import ArgumentTypeError

        message = f"`{text}` is not a number"
        raise ArgumentTypeError(message)
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C.

    Raises:
        InputError: there is no such folder, or the port cannot be used.
    """
    from evalkit.errors import refusal
    from evalkit.view.pages import Site
    from evalkit.view.server import Server

    if not arguments.folder.is_dir():
        raise refusal(arguments.folder, "missing", "is not a folder", "name a folder of runs")
    site = Site(folder=arguments.folder, language=language())
    with Server(site, arguments.port) as server:
        say(f"{arguments.folder} is at {server.address}; Ctrl-C ends it")
        if arguments.open:
            webbrowser.open(server.address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0
