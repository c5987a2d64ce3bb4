"""`python -m evalkit check CONFIG`: what would run, without loading any weights."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.errors import ModelLoadError, WeightsError
from evalkit.values.visible import visible

if TYPE_CHECKING:
    import argparse

    from evalkit.config.document import Document
    from evalkit.config.schema import ArticleData, LanguageModel
    from evalkit.errors import Problem
    from evalkit.run.job import Job

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
    """Print what every system would do; return 2 where some example could not be asked."""
    from evalkit.cli.progress import terminal_progress  # noqa: PLC0415 - as above
    from evalkit.config import schema as config  # noqa: PLC0415 - keeps --help fast
    from evalkit.config.schema import ArticleData, LanguageModel  # noqa: PLC0415 - as above
    from evalkit.run.job import prepare  # noqa: PLC0415 - as above

    loaded, document = config.load(arguments.config, arguments.set)
    with terminal_progress():
        job = prepare(loaded, document)
    n_summaries = sum(example.task == "summary" for example in job.examples)
    print(
        f"{arguments.config}: valid. {len(job.corpus.articles)} articles, {n_summaries} summaries "
        f"and {len(job.examples) - n_summaries} questions for each of {len(loaded.models)} systems."
    )
    unusual = [f"{a.id} ({a.encoding})" for a in job.corpus.articles if a.encoding != "utf-8"]
    if unusual:
        print(f"Not in UTF-8, read all the same: {', '.join(unusual)}")
    if isinstance(loaded.data, ArticleData):
        _note_flaws(loaded.data)
    codes = [0]
    for i, model in enumerate(loaded.models):
        if isinstance(model, LanguageModel):
            try:
                codes.append(_describe(model, job))
            except (WeightsError, ModelLoadError) as error:  # the others are still described
                print(visible(str(_problem(document, i, model, error))), file=sys.stderr)
                codes.append(error.exit_code)
    return max(codes)


def _problem(
    document: Document, i: int, model: LanguageModel, error: WeightsError | ModelLoadError
) -> Problem:
    """Return why a model cannot run, placed at its key."""
    key = "weights" if isinstance(error, WeightsError) else error.key
    what, _, remedy = str(error).removeprefix(f"{model.name}: ").partition("; ")
    place = ("models", i, key) if key else ("models", i)
    return document.problem(place, f"{model.name} cannot run: {what}", remedy)


def _note_flaws(data: ArticleData) -> None:
    """Say how many references break a rule; a run takes them all the same."""
    from evalkit.lint import check  # noqa: PLC0415 - keeps --help fast

    if errors := check(data.articles, data.references).errors:
        command = f"references check --articles {data.articles} --references {data.references}"
        plural = "" if len(errors) == 1 else "s"
        print(f"{len(errors)} fault{plural} in the references: python -m evalkit {command}")


def _describe(model: LanguageModel, job: Job) -> int:
    from evalkit.cli.progress import terminal_progress  # noqa: PLC0415 - as above
    from evalkit.config.schema import cache_folder  # noqa: PLC0415 - as above
    from evalkit.providers.local import (
        prefix,
        weights,
    )
    from evalkit.run.systems import open_system  # noqa: PLC0415 - as above

    n_bytes = weights.bytes_to_download(model.weights, cache_folder())
    if n_bytes != 0:
        size = (
            "a size the hub does not tell" if n_bytes is None else f"{n_bytes / MEGABYTE:,.0f} MB"
        )
        print(f"{model.name}: {size} to download; its prompt tokens are known once they are here.")
        return 0
    with terminal_progress() as progress:
        plan = open_system(model, job, progress).plan(job)
    reading = prefix.plan([request.prompt_ids for request in plan.requests])
    n_shortened = sum(request.n_article_tokens_dropped > 0 for request in plan.requests)
    print(
        f"{model.name}: {len(plan.requests)} requests, {reading.n_prompt_tokens:,} prompt tokens, "
        f"{reading.n_computed_tokens:,} of them computed, {reading.n_saved_tokens:,} shared; "
        f"{n_shortened} read a shortened article; nothing to download."
    )
    for example_id, reason in plan.impossible.items():
        print(f"{model.name}: {example_id}: {reason}; shorten the template or raise max_context")
    return 2 if plan.impossible else 0
