"""`python -m evalkit report RUN…`: a page, Markdown, LaTeX or CSV of one run or of several."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.cli.terminal_text import say
from evalkit.errors import InputError, Problem
from evalkit.language import language

if TYPE_CHECKING:
    import argparse


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this command."""
    parser = commands.add_parser(
        "report",
        help="write a report of one run, or of several together",
        description=(
            "Write a report: a page that opens from disk (.html), Markdown (.md), the scores as a "
            "LaTeX table (.tex) or a line for each system and metric (.csv)."
        ),
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="RUN", help="such as runs/smoke")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="default: report.html in the folder of a single run",
    )
    parser.add_argument(
        "--charts", type=Path, metavar="FOLDER", help="also write each chart there, as SVG"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the report and print where it is; return 0, and 1 where a chart is missing.

    Raises:
        InputError: a folder holds no run, runs may not be compared, no file is named, or what is
            named cannot be written.
        StoreError: the report cannot be written.
    """
    from evalkit import report
    from evalkit.analysis.run import load_all
    from evalkit.store.files import cannot_write, unwritable_folder, write

    out, remedy = _out(arguments.folders, arguments.out), "name a folder that can be written"
    if arguments.charts and (problem := unwritable_folder(arguments.charts, remedy)):
        raise InputError([problem])
    material = report.gather(load_all(arguments.folders))
    problems: list[str] = []
    write(out, report.render(out.suffix, material, problems))
    say(out)
    if arguments.charts:
        try:
            arguments.charts.mkdir(parents=True, exist_ok=True)
            files = report.write_charts(arguments.charts, material, language(), problems)
        except OSError as error:
            raise cannot_write(arguments.charts, error) from error
        say("\n".join(map(str, files)))
    for line in dict.fromkeys(problems):
        say(line, file=sys.stderr)
    return 1 if problems else 0


def _out(folders: list[Path], out: Path | None) -> Path:
    """Return the file to write.

    Raises:
        InputError: several runs have no folder in common, the ending is unknown, or the file
            cannot be written.
    """
    from evalkit import report
    from evalkit.store.own_files import unusable_output

    if out is None and len(folders) == 1:
        return folders[0] / "report.html"
    if out is None:
        what, remedy = "is missing for several runs", "name one, such as --out report.html"
        problem = Problem(code="missing", file="--out", what=what, remedy=remedy)
    elif out.suffix not in report.SUFFIXES:
        what, remedy = f"`{out}` has no known ending", f"end it in {', '.join(report.SUFFIXES)}"
        problem = Problem(code="invalid", file="--out", what=what, remedy=remedy)
    elif found := unusable_output(out, "--out"):
        problem = found
    else:
        return out
    raise InputError([problem])
