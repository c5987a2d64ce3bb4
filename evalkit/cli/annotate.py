"""`python -m evalkit annotate`: pages on which people judge outputs or write references."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.cli.terminal_text import say
from evalkit.language import counted

if TYPE_CHECKING:
    import argparse

MOST = 100  # pairs


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this command and its actions."""
    parser = commands.add_parser(
        "annotate",
        help="pages on which people judge outputs or write references",
        description=(
            "Pages on which people judge outputs or write references. They open from disk, without "
            "a server."
        ),
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    _add_preferences(actions)
    joined = actions.add_parser(
        "import",
        help="say what people preferred",
        description=(
            "Join what people saved with the names of the systems: wins with intervals, agreement "
            "between people, of each person with their own repeats, and of every metric with "
            "people."
        ),
    )
    joined.add_argument("folder", type=Path, metavar="RUN", help="such as runs/quickstart")
    joined.add_argument("files", nargs="+", type=Path, metavar="FILE", help="one for each person")
    joined.set_defaults(run=run_import)
    _add_references(actions)


def _add_preferences(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    page = actions.add_parser(
        "preferences",
        help="write a page that asks which of two outputs is better",
        description=(
            "Write RUN/preferences.html, which asks which of two outputs is better and names no "
            "system, and RUN/preferences-key.json, which does and stays beside the run."
        ),
    )
    page.add_argument("folder", type=Path, metavar="RUN", help="such as runs/quickstart")
    page.add_argument(
        "--task",
        action="append",
        default=[],
        metavar="NAME",
        help="a task to judge, may be repeated; default: all summary tasks",
    )
    page.add_argument(
        "--system",
        action="append",
        default=[],
        metavar="NAME",
        help="a system to compare, may be repeated; default: all models",
    )
    page.add_argument(
        "--most",
        type=_positive,
        default=MOST,
        metavar="N",
        help="pairs on the page (default: %(default)s)",
    )
    page.set_defaults(run=run_preferences)


def _add_references(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    page = actions.add_parser(
        "references",
        help="write a page on which a person writes references for articles",
        description=(
            "Write FOLDER/references.html, on which a person writes headlines, summaries and "
            "questions with answers for the articles of a folder. Where it has no index.yaml, "
            "that is written too."
        ),
    )
    page.add_argument("folder", type=Path, metavar="FOLDER", help="of articles, such as seeds")
    page.set_defaults(run=run_references)
    unpacked = actions.add_parser(
        "unpack",
        help="write the references that a person saved as YAML files",
        description="Write the references that a person saved on the page as YAML files.",
    )
    unpacked.add_argument("files", nargs="+", type=Path, metavar="FILE", help="saved on the page")
    unpacked.add_argument(
        "--into",
        type=Path,
        default=Path("references"),
        metavar="FOLDER",
        help="where no file of these articles is yet (default: %(default)s)",
    )
    unpacked.set_defaults(run=run_unpack)


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        from argparse import ArgumentTypeError

        message = f"`{text}` is not a number from 1"
        raise ArgumentTypeError(message)
    return int(text)


def run_preferences(arguments: argparse.Namespace) -> int:
    """Write the page and its key.

    Raises:
        InputError: the folder holds no finished run, or an option names what it does not have.
        StoreError: a file cannot be written.
    """
    from evalkit.analysis.run import load
    from evalkit.annotate.package import choose_pairs
    from evalkit.annotate.pages import preferences_page
    from evalkit.store.folder import RunFolder

    run = load(arguments.folder)
    key = choose_pairs(run, arguments.task, arguments.system, arguments.most)
    folder, page = RunFolder(path=arguments.folder), preferences_page(run, key)
    folder.write_preferences_key(key.model_dump(mode="json"))
    file = folder.write_report("preferences.html", page)
    n_repeats = sum(bool(pair.mirrors) for pair in key.pairs)
    say(file)
    say(
        f"{counted(len(key.pairs), 'pair')}, {counted(n_repeats, 'repeat')} among them. "
        "Send the page to people; then:"
    )
    say(f"python -m evalkit annotate import {shlex.quote(str(arguments.folder))} FILE…")
    return 0


def run_import(arguments: argparse.Namespace) -> int:
    """Print what people preferred; write it to `preferences.json`, and the report with it.

    Raises:
        InputError: the run has no key, or other outputs by now; or an export does not belong to it.
        StoreError: the file cannot be written.
    """
    from dataclasses import asdict

    from evalkit import report
    from evalkit.analysis.run import load
    from evalkit.annotate.exports import read_exports, read_key
    from evalkit.annotate.package import is_of
    from evalkit.annotate.preferences import evaluate
    from evalkit.cli.preferences_table import print_preferences
    from evalkit.errors import refusal
    from evalkit.store.folder import RunFolder

    run, folder = load(arguments.folder), RunFolder(path=arguments.folder)
    key = read_key(folder.preferences_key)
    if not is_of(run, key):
        what = "is of other outputs than the run holds now"
        raise refusal(folder.preferences_key, "changed", what, "make the page again")
    found = evaluate(run, key, read_exports(arguments.files, key))
    file = folder.write_preferences(asdict(found))
    print_preferences(found)
    say(f"All judgements are in {file}")
    say(folder.write_report("report.html", report.render(".html", report.gather([run]))))
    return 0


def run_references(arguments: argparse.Namespace) -> int:
    """Write the page.

    Raises:
        InputError: the folder holds no articles, or they cannot be read.
        StoreError: the page cannot be written.
    """
    from evalkit.annotate.pages import references_page
    from evalkit.data import articles
    from evalkit.lint import index
    from evalkit.store.files import write

    listed = arguments.folder / index.NAME
    if not listed.exists():
        write(listed, index.index_of(arguments.folder))
        say(listed)
    page = arguments.folder / index.PAGE
    write(page, references_page(articles.load(listed)))
    say(page)
    into = shlex.quote(str(arguments.folder / "references"))
    say(
        "Send the page to whoever writes; then: "
        f"python -m evalkit annotate unpack FILE… --into {into}"
    )
    return 0


def run_unpack(arguments: argparse.Namespace) -> int:
    """Write the files.

    Raises:
        InputError: a file is not what the page saved, or would be overwritten.
        StoreError: one cannot be written.
    """
    from evalkit.annotate.drafts import unpack
    from evalkit.data.references import command
    from evalkit.lint import index

    for file in unpack(arguments.files, arguments.into):
        say(file)
    beside = arguments.into.parent / index.NAME
    listed = beside if beside.exists() else Path("FOLDER") / index.NAME
    say(f"Next: {command('check', listed, arguments.into)}")
    return 0
