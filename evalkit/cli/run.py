"""`python -m evalkit run CONFIG`: the main job."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.cli.data_notes import data_notes
from evalkit.cli.terminal_text import put, say
from evalkit.language import counted

if TYPE_CHECKING:
    import argparse

    from evalkit.analysis.run import Run
    from evalkit.store.folder import RunFolder


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this command."""
    parser = commands.add_parser(
        "run",
        help="run a config: generate, score, compare; resumes where it stopped",
        description="Run a config. Run it again to resume where it stopped: nothing is done twice.",
    )
    parser.add_argument("config", type=Path, help="a YAML file such as configs/quickstart.yaml")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="change one value of the config, such as models.0.device=cpu",
    )
    parser.add_argument(
        "--adopt",
        action="store_true",
        help="continue in a folder of another config, reusing what still matches",
    )
    parser.add_argument("--open", action="store_true", help="open the report in the browser")
    parser.add_argument("--json", action="store_true", help="print summary.json, not the table")
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="show the log as it is written"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the config and print its table."""
    from evalkit.cli.progress import terminal_progress
    from evalkit.config.loading import load
    from evalkit.runner import execute
    from evalkit.runner.interrupt import exit_code
    from evalkit.runner.job import prepare
    from evalkit.runner.parallel import n_cores
    from evalkit.store.folder import RunFolder
    from evalkit.store.own_files import require_run_or_nothing

    config, document = load(arguments.config, arguments.set)
    require_run_or_nothing(config.output / config.name)
    try:
        with terminal_progress(verbose=arguments.verbose) as progress:
            job = prepare(config, document)
            for line in data_notes(job):
                progress.say(line)
            finished = execute.run(job, progress, adopt=arguments.adopt, processes=n_cores())
    except KeyboardInterrupt as error:
        say(_kept(RunFolder(path=config.output / config.name)), file=sys.stderr)
        return exit_code(error)
    show(finished, as_json=arguments.json)
    if arguments.open:
        webbrowser.open((finished.path / "report.html").resolve().as_uri())
    return 0 if finished.summary.status == "complete" else 1


def _kept(folder: RunFolder) -> str:
    """Return how much an interrupted run has done, and how to resume it."""
    n_done = len({g.key for g in folder.generations() if g.finish_reason != "error"})
    return (
        f"Stopped with {counted(n_done, 'generation')} kept in {folder.path}; "
        "run the same command again to resume."
    )


def show(finished: Run, *, as_json: bool) -> None:
    """Print what a run found."""
    if as_json:
        put((finished.path / "summary.json").read_text(encoding="utf-8"), end="")
        return
    from evalkit.cli.results_table import print_run

    print_run(finished)
