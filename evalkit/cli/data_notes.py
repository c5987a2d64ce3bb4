"""What of the data a run does not use, and what in its references is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.errors import Problem
    from evalkit.runner.job import Job

N_SHOWN = 5


def data_notes(job: Job) -> Iterator[str]:
    """Yield lines on what is left out of the data, and on what is wrong and used as it is.

    Of many, the first five and their number: `references check` and the log have all. A task that
    the config names and that nothing is asked for is one too.
    """
    from evalkit.config.sources import ArticleData
    from evalkit.data.references import command
    from evalkit.lint import wrong

    yield from _tasks_not_asked(job)
    data = job.config.data
    if not isinstance(data, ArticleData) or data.references is None:
        yield from _some("Left out of the data", job.corpus.left_out, "see log.jsonl of the run")
        return
    more = command("check", data.articles, data.references)
    yield from _some("Left out of the data", job.corpus.left_out, more)
    yield from _some("Wrong in the references", wrong(data.articles, data.references), more)


def _tasks_not_asked(job: Job) -> Iterator[str]:
    asked = {example.task for example in job.examples}
    if "tasks" in job.config.model_fields_set:
        for name in job.config.tasks:
            if name not in asked:
                yield f"`{name}` is not asked: no article has a reference for it"


def _some(title: str, problems: Sequence[Problem], more: str) -> Iterator[str]:
    if problems:
        yield f"{title} ({len(problems)}):"
        yield from map(str, problems[:N_SHOWN])
    if len(problems) > N_SHOWN:
        yield f"and {len(problems) - N_SHOWN} more: {more}"
