"""`python -m evalkit init FOLDER`: begin a comparison of one's own."""

from __future__ import annotations

import shlex
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.cli.terminal_text import say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection

    from evalkit.runner.new_project import Layout

_SOURCES: tuple[tuple[str, Layout, str, str], ...] = (
    ("--from", "articles", "FOLDER", "of articles, one file each; the index is written there"),
    ("--squad", "squad", "FILE", "questions in SQuAD's layout, such as CMRC 2018"),
    ("--table", "table", "FILE", "JSON Lines, CSV, TSV or Parquet, with column names"),
)


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this command."""
    parser = commands.add_parser(
        "init",
        help="begin a comparison of your own: a commented config, and prompts to edit",
        description=(
            "Write a commented config, prompts to edit and, for a folder of articles, their index. "
            "Without data it writes a small sample. Nothing is overwritten."
        ),
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="made if it does not exist")
    data = parser.add_mutually_exclusive_group()
    for option, layout, name, meaning in _SOURCES:
        data.add_argument(
            option, dest="source", type=partial(_source, layout), metavar=name, help=meaning
        )
    parser.add_argument(
        "--endpoint", metavar="URL", default="", help="a server to ask, such as http://host:8000/v1"
    )
    parser.set_defaults(run=run)


def _source(layout: Layout, path: str) -> tuple[Layout, Path]:
    return layout, Path(path)


def _ask(address: str) -> tuple[str, ...]:
    """Return the models of a server; where it does not tell them, say why and what to do."""
    from importlib.util import find_spec

    names: tuple[str, ...] = ()
    reason = "the extra `endpoint` is not installed"
    if find_spec("httpx2") is not None:
        from evalkit.providers.endpoint.listing import list_models

        names, reason = list_models(address)
    if reason:
        say(f"{address}: its models are not known ({reason}); set `model`, and `key_env` for a key")
    return names


def _say_unlisted(articles: Path, made: Collection[Path]) -> None:
    """Say what a folder of articles holds that the index, if it was made just now, leaves out."""
    from evalkit.errors import first_few
    from evalkit.lint import index

    if articles / index.NAME in made and (others := index.unlisted(articles)):
        say(f"Not listed, being in no format of articles, or a folder: {first_few(others)}")


def run(arguments: argparse.Namespace) -> int:
    """Write the folder, and print what to do next."""
    from evalkit.runner.new_project import write_project

    served = _ask(arguments.endpoint) if arguments.endpoint else ()
    made = write_project(
        arguments.folder,
        arguments.source,
        endpoint=arguments.endpoint,
        served=served,
    )
    for file in made.files:
        say(f"wrote {file}")
    if arguments.source and arguments.source[0] == "articles":
        _say_unlisted(arguments.source[1], made.files)
    say("Next:")
    for words in made.commands:
        say(f"  python -m evalkit {shlex.join(words)}")
    return 0
