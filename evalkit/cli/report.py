"""`python -m evalkit report RUN…`: one page, table or sheet of one run or of several."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.errors import InputError, Problem, StoreError

if TYPE_CHECKING:
    import argparse


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this command."""
    parser = commands.add_parser(
        "report",
        help="write a report of one run, or of several together",
        description=(
            "Write a report: a page that opens from disk (.html), Markdown (.md) or one line a "
            "system and metric (.csv)."
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
        "--charts", type=Path, metavar="FOLDER", help="write each chart there as SVG and PNG, too"
    )
    parser.add_argument(
        "--lang", choices=("en", "zh"), default="en", help="of those charts; the page has both"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the report and print where it is; return 0.

    Raises:
        InputError: a folder holds no run, runs may not be compared, or no file is named.
        StoreError: the report cannot be written.
    """
    from evalkit import report  # noqa: PLC0415 - keeps --help fast
    from evalkit.analysis.runs import read_all  # noqa: PLC0415 - as above
    from evalkit.run.material import of_runs  # noqa: PLC0415 - as above
    from evalkit.store import jsonl as records  # noqa: PLC0415 - as above

    out = _out(arguments.folders, arguments.out)
    findings = of_runs(read_all(arguments.folders))
    records.write(out, report.FORMATS[out.suffix](findings))
    print(out)
    if arguments.charts:
        try:
            arguments.charts.mkdir(parents=True, exist_ok=True)
            files = report.write_charts(arguments.charts, findings, arguments.lang)
        except OSError as error:
            message = f"{arguments.charts}: cannot be written ({error.strerror})"
            raise StoreError(message) from error
        print("\n".join(map(str, files)))
    return 0


def _out(folders: list[Path], out: Path | None) -> Path:
    """Return the file to write.

    Raises:
        InputError: several runs have no folder of their own, or the ending is not known.
    """
    from evalkit import report  # noqa: PLC0415 - as above

    endings = tuple(report.FORMATS)
    if out is None and len(folders) == 1:
        return folders[0] / "report.html"
    if out is None:
        remedy = "name one, such as --out report.html"
        problem = Problem(file="--out", what="is missing for several runs", remedy=remedy)
    elif out.suffix not in endings:
        remedy = f"end its name in {', '.join(endings)}"
        problem = Problem(file="--out", what=f"`{out}` is of no kind of report", remedy=remedy)
    else:
        return out
    raise InputError([problem])
