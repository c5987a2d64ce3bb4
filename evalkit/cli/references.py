"""`python -m evalkit references`: check references, or begin a file for a new article."""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.cli.terminal_text import put, say
from evalkit.language import counted

if TYPE_CHECKING:
    import argparse


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this command and its parts."""
    parser = commands.add_parser(
        "references",
        help="check hand-written references, or begin a new file",
        description="Check hand-written references, or begin a new file.",
    )
    parts = parser.add_subparsers(title="parts", metavar="PART", required=True)
    check = parts.add_parser(
        "check",
        help="say what is wrong, unwritten or few; statistics",
        description=(
            "Say what is wrong, unwritten or few in the references, and print statistics. Exit "
            "code: 0 nothing is missing, 1 some are not written yet, 2 some are wrong."
        ),
    )
    _add_places(check)
    check.add_argument("--json", action="store_true", help="print everything as one JSON object")
    check.set_defaults(run=run)
    new = parts.add_parser(
        "new",
        help="write the skeleton of the references of a new article, or a folder's index",
        description=(
            "Write the skeleton of the references of a new article, and print its entry for the "
            "index. For a folder, write an index of all articles in it. Nothing is overwritten."
        ),
    )
    new.add_argument(
        "article", type=Path, metavar="ARTICLE", help="a file; or a folder, to write its index.yaml"
    )
    _add_places(new)
    new.set_defaults(run=run_new)
    schema = parts.add_parser("schema", help="print the JSON Schema of a file, for editors")
    schema.set_defaults(run=run_schema)


def _add_places(part: argparse.ArgumentParser) -> None:
    for option, default in (("--articles", "seeds/index.yaml"), ("--references", "references")):
        part.add_argument(
            option, type=Path, default=Path(default), metavar="PATH", help="default: %(default)s"
        )


def run(arguments: argparse.Namespace) -> int:
    """Check the references; return 2 where any is wrong, 1 where any is not written, else 0."""
    from evalkit.lint import check

    findings = check(arguments.articles, arguments.references)
    if arguments.json:
        put(json.dumps(asdict(findings), ensure_ascii=False, indent=2))
    else:
        from evalkit.cli.references_table import print_findings

        print_findings(findings)
    return 2 if findings.wrong else int(bool(findings.unwritten))


def run_new(arguments: argparse.Namespace) -> int:
    """Write the skeleton of the references of a new article, or the index of a folder of them."""
    if arguments.article.is_dir():
        return _new_index(arguments.article)
    from evalkit.data.references import TO_DO
    from evalkit.lint.skeleton import write_skeleton

    made = write_skeleton(arguments.article, arguments.articles, arguments.references)
    say(f"Wrote {made.file}: replace every {TO_DO} with your words.")
    if made.index_entry:
        say(f"Keep the article in {arguments.articles.parent}/ and add to {arguments.articles}:\n")
        if not arguments.articles.exists():
            put("articles:")
        put(made.index_entry, end="")
    return 0


def _new_index(folder: Path) -> int:
    from evalkit.data.references import command
    from evalkit.errors import first_few
    from evalkit.lint.index import unlisted, write_index

    index, n_articles = write_index(folder)
    say(f"Wrote {index} with {counted(n_articles, 'article')}.")
    if others := unlisted(folder):
        say(f"Not listed, being in no format of articles, or a folder: {first_few(others)}")
    say(f"To compare systems without references, set `data: {{articles: {index}}}`.")
    words = command(f"new {shlex.quote(f'{folder}/ARTICLE')}", index, folder / "references")
    say(f"To write references for an article: {words}")
    return 0


def run_schema(_arguments: argparse.Namespace) -> int:
    """Print the JSON Schema of a references file."""
    from evalkit.data.references import ReferencesFile

    put(json.dumps(ReferencesFile.model_json_schema(), ensure_ascii=False, indent=2))
    return 0
