"""`python -m evalkit runs`: list runs; show, delete or upgrade them."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.cli.terminal_text import say
from evalkit.language import localise

if TYPE_CHECKING:
    import argparse

    from evalkit.analysis.listing import ListedRun
    from evalkit.store.manifest import SessionRecord

_FACTS = ("device", "accelerator", "dtype")  # of a model, that are shown
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this command and its actions."""
    parser = commands.add_parser(
        "runs",
        help="list runs; show, delete or upgrade them",
        description=(
            "List runs: status, systems, headline scores, age; or show, delete or upgrade."
        ),
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
    old = actions.add_parser(
        "upgrade",
        help="bring run folders of an earlier evalkit to the format of this one",
        description=(
            "Bring run folders of an earlier evalkit to the format of this one, in place. Scores "
            "and generations stay as they are. If it is interrupted, run it again."
        ),
    )
    old.add_argument("names", nargs="+", metavar="RUN", help="a name, or a folder")
    old.set_defaults(run=upgrade)


def run(arguments: argparse.Namespace) -> int:
    """List the runs of a folder, the latest first."""
    from evalkit.analysis.listing import list_runs
    from evalkit.cli.grid import Grid, open_console, print_grid

    found = list_runs(arguments.folder)
    if not found:
        say(f"{arguments.folder.resolve()}: no runs yet; name another folder: --folder FOLDER")
        return 0
    metrics = dict.fromkeys(m for each in found if each.summary for m in each.summary.headline())
    rows = []
    for listed in found:
        about = (listed.folder.path.name, listed.state, age(listed.updated))
        for system in listed.systems or ("",):
            means = listed.headline(system)
            cells = (f"{means[name]:.3f}" if name in means else "–" for name in metrics)
            rows.append((*about, system, *cells))
    columns = ("run", "status", "age", "system", *metrics)
    words = ("status", "age", "system")
    grid = Grid(title="", columns=columns, rows=tuple(rows), words=words, names=("system",))
    print_grid(open_console(), grid)
    return 0


def show(arguments: argparse.Namespace) -> int:
    """Show when and with what a run was made, and its table."""
    from evalkit.analysis.listing import find_run
    from evalkit.analysis.run import load
    from evalkit.cli.grid import open_console
    from evalkit.cli.results_table import print_run
    from evalkit.cli.terminal_text import show_line

    listed = find_run(arguments.name, arguments.folder)
    console = open_console()
    for line in _facts(listed):
        show_line(console, line)
    if listed.state in {"complete", "incomplete"}:
        print_run(load(listed.folder.path))
    return 0


def upgrade(arguments: argparse.Namespace) -> int:
    """Upgrade runs, and print a line for each.

    Raises:
        InputError: some are not runs.
        StoreError: one cannot be read or written.
    """
    from evalkit.analysis.listing import find_run
    from evalkit.runner.upgrade import upgrade as upgrade_run

    paths = [find_run(name, arguments.folder).folder.path for name in arguments.names]
    for path in paths:
        for line in upgrade_run(path):
            say(f"{path}: {line}")
    return 0


def remove(arguments: argparse.Namespace) -> int:
    """Delete a run, if the user says so."""
    from evalkit.analysis.listing import find_run
    from evalkit.errors import LockedError, refusal
    from evalkit.store.folder_lock import delete_folder
    from evalkit.values.visible import visible

    listed = find_run(arguments.name, arguments.folder)
    path = listed.folder.path
    if listed.state == "running":
        message = f"{path}: is running; stop it first"
        raise LockedError(message)
    if listed.manifest is None:  # many programs have a file of that name
        what = "its manifest.json is not that of a run"
        raise refusal(path, "unsafe", what, "delete the folder yourself")
    if listed.manifest.run not in {path.name, path.resolve().name}:
        what = f"its manifest.json is that of the run `{listed.manifest.run}`"
        raise refusal(path, "unsafe", what, "rename the folder to that, or delete it yourself")
    if not arguments.yes:
        if not sys.stdin.isatty():
            raise refusal(path, "unsafe", "is deleted only if you confirm it", "pass --yes")
        names = ", ".join(listed.systems)
        question = f"Delete {path} ({listed.state}, {age(listed.updated)}: {names})? [y/N] "
        if not _confirms(visible(localise(question))):
            say("not deleted")
            return 1
    kept = delete_folder(path)
    if kept:
        say(f"{path}: deleted but for what no run wrote: {', '.join(kept)}")
    else:
        say(f"{path}: deleted")
    return 0


def _confirms(question: str) -> bool:
    try:
        return input(question).strip().lower() in {"y", "yes"}
    except EOFError:  # Ctrl-D leaves the question's line open
        say()
        return False


def age(when: datetime | None) -> str:
    """Return how long ago something was, in words."""
    if when is None:
        return "–"
    passed = datetime.now(UTC) - when.astimezone(UTC)
    for unit, name in ((DAY, "days"), (HOUR, "hours"), (MINUTE, "minutes")):
        if passed >= 2 * unit:
            return f"{passed // unit} {name} ago"
    return "just now"


def _facts(listed: ListedRun) -> list[str]:
    lines = [f"{listed.folder.path}: {listed.state}, {age(listed.updated)}"]
    manifest = listed.manifest
    if manifest is None:
        return lines
    lines.append(f"began {manifest.started}, ended {manifest.ended or '–'}")
    lines += dict.fromkeys(map(_describe, manifest.sessions))
    n_from_cache = listed.count_from_cache()
    for name, record in manifest.providers.items():
        facts = [f"{key} {record.facts[key]}" for key in _FACTS if key in record.facts]
        if name in n_from_cache:
            facts.append(f"{n_from_cache[name]} from the cache")
        lines.append(f"{name}: {record.fingerprint[:16] or '–'} {', '.join(facts)}".rstrip())
        if record.failure:
            lines.append(f"{name}: {record.failure}")
    return lines


def _describe(session: SessionRecord) -> str:
    """Return what one session of a run was made with."""
    libraries = ", ".join(f"{name} {version}" for name, version in session.libraries.items())
    return f"evalkit {session.evalkit} on {session.machine.processor} with {libraries}"
