"""`python -m evalkit check CONFIG`: what would run, without loading any weights."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.cli.data_notes import data_notes
from evalkit.cli.terminal_text import say
from evalkit.errors import Problem, ProviderError, lines_of
from evalkit.language import counted
from evalkit.records import model_of

if TYPE_CHECKING:
    import argparse

    from evalkit.config.document import Document
    from evalkit.interfaces import Progress, Provider
    from evalkit.runner.job import Job

MEGABYTE = 1_000_000


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this command."""
    parser = commands.add_parser(
        "check",
        help="validate a config and say what would run",
        description="Validate a config and say what would run, without loading weights.",
    )
    parser.add_argument("config", type=Path, help="a YAML file such as configs/quickstart.yaml")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="as in run")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what every system would do; return 2 where some example could not be asked.

    Raises:
        InputError: with every problem of the config or the data; or the run's folder holds others'
            files.
    """
    from evalkit.cli.progress import terminal_progress
    from evalkit.config.loading import load
    from evalkit.data import without_texts
    from evalkit.runner.job import prepare
    from evalkit.store.own_files import require_run_or_nothing

    config, document = load(arguments.config, arguments.set)
    require_run_or_nothing(config.output / config.name)
    with terminal_progress():
        job = prepare(config, document)
    say(f"{arguments.config}: valid. {_size(job)}")
    found = without_texts(job.corpus.articles)
    unusual = [f"{a.id} ({a.encoding})" for a in found if a.encoding != "utf-8"]
    if unusual:
        say(f"Not UTF-8, converted: {', '.join(unusual)}")
    for line in data_notes(job):
        say(line, file=sys.stderr)
    with terminal_progress() as progress:
        providers, problems = _open_all(job, document, progress)
    for problem in problems:
        say(str(problem), file=sys.stderr)
    return max(_describe(job, providers), 1 if problems else 0)


def _size(job: Job) -> str:
    """Return how much there is to do, in words."""
    from evalkit.runner.plan import decodings

    n_summaries = sum(example.kind == "summary" for example in job.examples)
    n_requests = sum(
        len(decodings(job.entry(system.model), job.task(example.task)))
        for system in job.systems
        for example in job.examples
    )
    return (
        f"{counted(len(job.corpus.articles), 'article')}, "
        f"{counted(n_summaries, 'summary', 'summaries')} and "
        f"{counted(len(job.examples) - n_summaries, 'question')} for each of "
        f"{counted(len(job.systems), 'system')}: {counted(n_requests, 'request')}."
    )


def _open_all(
    job: Job, document: Document, progress: Progress
) -> tuple[dict[str, Provider], list[Problem]]:
    """Return the providers that can be opened without a download, and why others cannot run."""
    from evalkit.providers import Setting, module_of
    from evalkit.runner.workers.sessions import placed

    setting = Setting(corpus=job.corpus, examples=job.examples, progress=progress)
    providers: dict[str, Provider] = {}
    problems: list[Problem] = []
    for i, written in enumerate(job.config.models):
        entry = placed(written, job.config.workers)
        module = module_of(entry)
        n_bytes = module.n_bytes_to_download(entry)
        if n_bytes != 0:
            size = "an unknown size" if n_bytes is None else f"{n_bytes / MEGABYTE:,.0f} MB"
            progress.say(f"{entry.name}: {size} to download; its prompts are counted after that.")
            continue
        try:
            providers[entry.name] = module.open_provider(entry, setting)
        except ProviderError as error:  # the others are still described
            problems.append(_problem(document, i, error))
    return providers, problems


def _problem(document: Document, i: int, error: ProviderError) -> Problem:
    """Return why a model cannot run, placed at its key."""
    what, _, remedy = str(error).partition("; ")
    place = ("models", i, error.key) if error.key else ("models", i)
    return document.problem(place, f"cannot run: {what}", remedy, code="unusable")


def _describe(job: Job, providers: dict[str, Provider]) -> int:
    from evalkit.runner.outputs import Outputs
    from evalkit.runner.plan import plan

    planned = plan(job, providers, Outputs([]))
    for name, error in planned.failures.items():
        say(f"{name}: cannot run: {error}", file=sys.stderr)
        del providers[name]
    unreached = 0
    for name, provider in providers.items():
        requests = [r for r in planned.requests if model_of(r.system) == name]
        try:
            words = provider.describe(requests)
        except ProviderError as error:
            say(f"{name}: cannot run: {error}", file=sys.stderr)
            unreached += 1
            continue
        if words:
            say(f"{name}: {words}")
    waiting = {row.system: row.step for row in planned.rows if not row.key and not row.problem}
    for system in waiting:
        if model_of(system) in providers:
            say(f"{system}: questions about its own summaries follow after these")
    impossible = [row for row in planned.rows if row.problem]
    remedy = "raise max_context, or lower few_shot" if job.config.few_shot else "raise max_context"
    for line in lines_of(
        [
            Problem(
                code="unusable",
                file=row.system,
                what=f"`{row.example}`: {row.problem}",
                remedy=remedy,
            )
            for row in impossible
        ]
    ):
        say(line)
    return 2 if impossible else int(bool(planned.failures or unreached))
