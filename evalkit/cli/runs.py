"""`python -m evalkit runs`: which runs there are; look at one, or delete one."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from evalkit.analysis.listing import Listed

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this command and what it can do."""
    parser = commands.add_parser(
        "runs",
        help="list runs; show or delete one",
        description="List runs: status, models, headline scores, age. Show or delete one.",
    )
    parser.add_argument(
        "--folder", type=Path, default=Path("runs"), help="where runs are kept (default: runs)"
    )
    parser.set_defaults(run=run)
    actions = parser.add_subparsers(title="actions", metavar="ACTION")
    shown = actions.add_parser("show", help="show one run", description="Show one run.")
    shown.add_argument("name", metavar="RUN", help="a name, or a folder such as runs/smoke")
    shown.set_defaults(run=show)
    removed = actions.add_parser("rm", help="delete one run", description="Delete one run.")
    removed.add_argument("name", metavar="RUN", help="a name, or a folder such as runs/smoke")
    removed.add_argument("--yes", action="store_true", help="do not ask")
    removed.set_defaults(run=remove)


def run(arguments: argparse.Namespace) -> int:
    """List the runs of a folder, the latest first."""
    from rich.table import Table  # noqa: PLC0415 - keeps --help fast

    from evalkit.analysis.listing import list_runs  # noqa: PLC0415 - as above
    from evalkit.cli.results_table import open_console  # noqa: PLC0415 - as above
    from evalkit.cli.terminal_text import text  # noqa: PLC0415 - as above

    found = list_runs(arguments.folder)
    if not found:
        print(f"{arguments.folder}: no runs yet")
        return 0
    table = Table()
    for column in ("run", "status", "age", "system", "headline scores"):
        table.add_column(column)
    for listed in found:
        first = (listed.folder.path.name, listed.state, age(listed.touched))
        for i, system in enumerate(listed.systems or ("",)):
            scores = "  ".join(
                f"{name} {mean:.3f}" for name, mean in listed.headline(system).items()
            )
            table.add_row(*map(text, (*(first if i == 0 else ("", "", "")), system, scores)))
        table.add_section()
    open_console().print(table)
    return 0


def show(arguments: argparse.Namespace) -> int:
    """Show when and with what a run was made, and its table."""
    from evalkit.analysis.listing import find_run  # noqa: PLC0415 - as above
    from evalkit.cli.results_table import open_console, print_outcome  # noqa: PLC0415 - as above
    from evalkit.cli.terminal_text import text  # noqa: PLC0415 - keeps --help fast
    from evalkit.runner.execute import Outcome  # noqa: PLC0415 - as above

    listed = find_run(arguments.name, arguments.folder)
    console = open_console()
    for line in _facts(listed):
        console.print(text(line), soft_wrap=True)
    if listed.summary is not None and listed.manifest:
        outcome = Outcome(folder=listed.folder, summary=listed.summary, manifest=listed.manifest)
        print_outcome(outcome)
    return 0


def remove(arguments: argparse.Namespace) -> int:
    """Delete a run, if the user says so."""
    from evalkit.analysis.listing import find_run  # noqa: PLC0415 - as above
    from evalkit.errors import InputError, LockedError, Problem  # noqa: PLC0415 - keeps --help fast
    from evalkit.values.visible import visible  # noqa: PLC0415 - as above

    listed = find_run(arguments.name, arguments.folder)
    path = listed.folder.path
    if listed.state == "running":
        message = f"{path}: is running; stop it first"
        raise LockedError(message)
    if not listed.manifest:  # many programs call a file of theirs so
        what, remedy = "has no manifest such as a run writes", "delete the folder yourself"
        raise InputError([Problem(file=str(path), what=what, remedy=remedy)])
    if not arguments.yes:
        if not sys.stdin.isatty():
            what = "is deleted only when you say so"
            raise InputError([Problem(file=str(path), what=what, remedy="pass --yes")])
        names = ", ".join(listed.systems)
        question = f"Delete {path} ({listed.state}, {age(listed.touched)}: {names})? [y/N] "
        if not _says_yes(visible(question)):
            print("left as it is")
            return 1
    listed.folder.delete()
    print(visible(f"{path}: deleted"))
    return 0


def _says_yes(question: str) -> bool:
    try:
        return input(question).strip().lower() in {"y", "yes"}
    except EOFError:  # Ctrl-D leaves the question's line open
        print()
        return False


def age(moment: datetime | None) -> str:
    """Return how long ago a moment was, as a person says it."""
    if moment is None:
        return "–"
    passed = datetime.now(UTC) - moment.astimezone(UTC)
    for unit, name in ((DAY, "days"), (HOUR, "hours"), (MINUTE, "minutes")):
        if passed >= 2 * unit:
            return f"{passed // unit} {name} ago"
    return "just now"


def _facts(listed: Listed) -> list[str]:
    manifest = listed.manifest
    places = dict.fromkeys(map(_place, manifest.get("sessions", [])))
    lines = [
        f"{listed.folder.path}: {listed.state}, {age(listed.touched)}",
        f"began {manifest.get('started', '–')}, ended {manifest.get('ended', '–')}",
        *places,
    ]
    for name, facts in manifest.get("systems", {}).items():
        known = {key: facts[key] for key in ("device", "dtype", "n_from_cache") if key in facts}
        told = ", ".join(f"{key} {value}" for key, value in known.items())
        lines.append(f"{name}: {str(facts.get('fingerprint', '–'))[:16]} {told}".rstrip())
        if "failure" in facts:
            lines.append(f"{name}: {facts['failure']}")
    return lines


def _place(session: Mapping[str, Any]) -> str:
    """Return what one session of a run was made with."""
    machine = session["machine"]
    names = [machine[key] for key in ("processor", "accelerator") if key in machine]
    libraries = (f"{name} {number}" for name, number in session["libraries"].items())
    return f"evalkit {session['evalkit']} on {', '.join((*names, *libraries))}"
