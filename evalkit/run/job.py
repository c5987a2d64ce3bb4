"""All that a run needs, found and checked before any model is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING, get_args

from evalkit import data as corpus
from evalkit import metrics
from evalkit.config.schema import LanguageModel
from evalkit.errors import InputError
from evalkit.prompts import templates as prompts
from evalkit.prompts.examples import examples
from evalkit.providers.local import weights
from evalkit.records import Task

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from evalkit.config.document import Document
    from evalkit.config.schema import Config
    from evalkit.errors import Problem
    from evalkit.interfaces import Metric
    from evalkit.prompts.templates import Prompt
    from evalkit.records import Corpus, Example, Source


_TASKS: tuple[Task, ...] = get_args(Task)


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A config with everything it names."""

    config: Config
    corpus: Corpus
    templates: Mapping[Task, Prompt]
    examples: tuple[Example, ...]
    metrics: tuple[Metric, ...]


def prepare(config: Config, document: Document, *, generates: bool = True) -> Job:
    """Return the job of a config.

    Everything that it names is read here once, so that an edit while the job is done changes
    nothing.

    Args:
        config: what the user wrote.
        document: where each of its values was written.
        generates: whether models are asked; where not, templates and weights need not be there.

    Raises:
        InputError: with every problem of the data, the prompts, the metrics and the weights.
    """
    problems: list[Problem] = []

    def attempt(step: Callable[[], object]) -> None:
        try:
            step()
        except InputError as error:
            problems.extend(error.problems)

    loaded: list[Corpus] = []
    attempt(lambda: loaded.append(corpus.load(config.data, config.limit)))
    templates: dict[Task, Prompt] = {}
    problems += _unknown_metrics(config, document)
    if generates:
        for task in _TASKS:
            attempt(partial(_add_template, templates, task, config))
        problems += _weights_problems(config, document)
    if problems:
        raise InputError(problems)
    found = examples(loaded[0], config.tasks, other_sources(config))
    if not found:
        what = "leaves nothing to do: no article has a reference for it"
        remedy = "ask for summaries or questions that the references have"
        raise InputError([document.problem(("tasks",), what, remedy)])
    return Job(
        config=config,
        corpus=loaded[0],
        templates=templates,
        examples=found,
        metrics=chosen_metrics(config),
    )


def _add_template(templates: dict[Task, Prompt], task: Task, config: Config) -> None:
    templates[task] = prompts.load(config.prompts.folder, task, getattr(config.prompts, task))


def other_sources(config: Config) -> tuple[Source, ...]:
    """Return from what else than the article the chosen metrics want the questions asked."""
    wanted = (metrics.entry(name).source for name in config.metrics.answer)
    return tuple(dict.fromkeys(source for source in wanted if source != "article"))


def chosen_metrics(config: Config) -> tuple[Metric, ...]:
    """Return the config's metrics, ready to score."""
    names = (*config.metrics.summary, *config.metrics.answer)
    return tuple(
        metrics.metric(name, config.metrics.segmenter, config.metrics.references) for name in names
    )


def _unknown_metrics(config: Config, document: Document) -> list[Problem]:
    chosen: dict[Task, tuple[str, ...]] = {
        "summary": config.metrics.summary,
        "answer": config.metrics.answer,
    }
    problems: list[Problem] = []
    for task, names in chosen.items():
        known = metrics.available(task)
        for i, name in enumerate(names):
            if name not in known:
                near = get_close_matches(name, known, n=1)
                remedy = f"did you mean `{near[0]}`?" if near else f"choose from {', '.join(known)}"
                what = f"`{name}` is no metric for a {task}"
                problems.append(document.problem(("metrics", task, i), what, remedy))
            elif metrics.entry(name).source == "summary" and not config.tasks.summaries:
                what = f"`{name}` reads summaries, and none are asked for"
                remedy = "add a length to tasks.summaries"
                problems.append(document.problem(("metrics", task, i), what, remedy))
    return problems


def _weights_problems(config: Config, document: Document) -> list[Problem]:
    return [
        document.problem(("models", i, "weights", found.key), found.what, found.remedy)
        for i, model in enumerate(config.models)
        if isinstance(model, LanguageModel)
        for found in weights.problems(model.weights)
    ]
