"""All that a run needs, read and checked before any model is loaded."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from itertools import product
from typing import TYPE_CHECKING

from evalkit import data, metrics
from evalkit.analysis.stored import Texts
from evalkit.config.conditions import systems_of
from evalkit.config.environment import cache_folder
from evalkit.config.keys import dotted
from evalkit.config.schema import LanguageModel
from evalkit.config.tasks import tasks_of
from evalkit.config.workers import RayWorkers
from evalkit.errors import InputError, Problem, first_few, missing_extra
from evalkit.prompts import templates
from evalkit.prompts.examples import examples, summarises, summary_of
from evalkit.prompts.few_shot import shots_by_task
from evalkit.providers import module_of
from evalkit.runner.chosen_metrics import chosen_metrics, metric_problems, wanted_steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from evalkit.config.document import Document
    from evalkit.config.keys import Key
    from evalkit.config.schema import Config, ModelEntry
    from evalkit.errors import Code
    from evalkit.interfaces import Metric
    from evalkit.prompts.templates import Prompt
    from evalkit.records import Corpus, Example, StepName, Task


class Job:
    """A config with everything that it names.

    Attributes:
        config: what the user wrote.
        corpus: articles and references.
        tasks: what is asked about every article.
        systems: the rows of the table.
        examples: everything that is asked of every system.
        metrics: those of the config that score any of the examples.
        by_id: the examples by id.
        articles: the articles by id.
        shots: the examples that prompts may show, by task and step.
        texts: the articles' texts by id.
        templates: by the folder of a task's prompts and the wording; empty where nothing is
            generated.
    """

    def __init__(
        self,
        config: Config,
        corpus: Corpus,
        found: Sequence[Example],
        prompts: Mapping[tuple[str, str], Prompt],
    ) -> None:
        """Resolve the tasks, systems and metrics of a config."""
        self.config = config
        self.corpus = corpus
        self.examples = tuple(found)
        self.templates = prompts
        self.tasks = tasks_of(config)
        self.systems = systems_of(config)
        self.metrics = tuple(m for m in chosen_metrics(config) if self.n_by_article(m))
        self.by_id = {example.id: example for example in self.examples}
        self.shots = shots_by_task(self.examples)
        self.articles = data.ById(corpus.articles)
        self.texts = Texts(self.articles)
        self._entries = {entry.name: entry for entry in config.models}
        self._tasks = {task.name: task for task in self.tasks}
        self._of_article: dict[tuple[str, StepName], list[Example]] = defaultdict(list)
        for example in self.examples:
            self._of_article[example.article_id, example.step].append(example)

    def entry(self, model: str) -> ModelEntry:
        """Return an entry of `models:` by its name."""
        return self._entries[model]

    def task(self, name: str) -> Task:
        """Return a task by its name."""
        return self._tasks[name]

    def template(self, task: str, wording: str) -> Prompt:
        """Return the template of a task in a wording."""
        return self.templates[self._tasks[task].prompts, wording]

    def examples_of(self, article_id: str, step: StepName) -> Sequence[Example]:
        """Return what a step asks about an article."""
        return self._of_article.get((article_id, step), ())

    @property
    def reads_outputs(self) -> bool:
        """Whether a step reads what an earlier one has written."""
        return any(example.step == "summary_qa" for example in self.examples)

    def n_by_article(self, metric: Metric) -> dict[str, int]:
        """Return how many examples of each article a metric scores for each system."""
        return metrics.facts_of(metric, {}).count(self.examples)


def prepare(config: Config, document: Document | None = None) -> Job:
    """Return the job of a config.

    Everything that it names is read here once, so that an edit while the job is done changes
    nothing.

    Args:
        config: what the user wrote.
        document: where each of its values was written; None for a config made in Python.

    Raises:
        InputError: with every problem of the data, the prompts, the metrics and the models.
    """
    locate = document.problem if document else partial(problem_in, "config")
    problems = [
        *metric_problems(config, locate),
        *_model_problems(config, locate),
        *_cache_problems(config),
        *_worker_problems(config, locate),
    ]
    try:
        corpus = data.load(config.data, config.limit)
    except InputError as error:
        located = [_at_its_key(problem, config, locate) for problem in error.problems]
        raise InputError([*located, *problems]) from None
    # what steps there are depends on the metrics, which may be unknown
    found = examples(corpus, tasks_of(config)) if problems else asked(config, corpus)
    used = {example.task for example in found}
    prompts, flaws = load_templates(config, [t for t in tasks_of(config) if t.name in used])
    if problems := [*problems, *flaws]:
        raise InputError(problems)
    job = Job(config, corpus, found, prompts)
    if problems := [*_reference_problems(job, locate), *_unscored_tasks(job, locate)]:
        raise InputError(problems)
    return job


def _at_its_key(problem: Problem, config: Config, locate: Callable[..., Problem]) -> Problem:
    """Return the problem of a path that `data` names and that is not there, with its key."""
    for key in ("articles", "references", "squad", "table"):
        path = getattr(config.data, key, None)
        if path and problem.file == str(path) and problem.code in {"missing", "unreadable"}:
            what = f"{os.path.normpath(path.absolute())} {problem.what}"
            return locate(("data", key), what, problem.remedy, code=problem.code)
    return problem


def _reference_problems(job: Job, locate: Callable[..., Problem]) -> list[Problem]:
    """Return what the references leave nothing to do for: all tasks, or the oracle."""
    if not job.examples:
        what = "leaves nothing to do: no article has a reference for it"
        remedy = "name tasks that the references have"
        if left_out := job.corpus.left_out:
            what = f"{what}; {len(left_out)} are left out, such as {left_out[0].file}"
            what = ": ".join(filter(None, (what, left_out[0].key, left_out[0].what)))
            remedy = f"{left_out[0].remedy}; or leave references out of `data` to run without any"
        return [locate(("tasks",), what, remedy, code="empty")]
    if any(example.references for example in job.examples):
        return []
    what, remedy = "needs references to copy from, and there are none", "remove it"
    return [
        locate(("models", i), what, remedy, code="conflict")
        for i, entry in enumerate(job.config.models)
        if entry.role == "oracle"
    ]


def _unscored_tasks(job: Job, locate: Callable[..., Problem]) -> Iterator[Problem]:
    """Yield a problem for each kind of task that is asked and has an empty list of metrics."""
    for kind, names in job.config.metrics.by_kind().items():
        tasks = dict.fromkeys(example.task for example in job.examples if example.kind == kind)
        is_read = kind == "summary" and job.reads_outputs  # by the questions about it
        if tasks and not names and not is_read:
            what = f"is empty, so that nothing scores {first_few([*tasks])}"
            remedy = "name a metric, or leave that out of `tasks`"
            yield locate(("metrics", kind), what, remedy, code="empty")


def asked(config: Config, corpus: Corpus) -> tuple[Example, ...]:
    """Return every example of a config.

    Where systems are asked about their own summaries, an article without a reference summary has
    one that is asked for, and scored by the metrics that read no reference.
    """
    steps = wanted_steps(config)
    found = list(examples(corpus, tasks_of(config), steps))
    if "summary_qa" in steps:
        summarised = {e.article_id for e in found if e.kind == "summary" and not e.question}
        missing = dict.fromkeys(e.article_id for e in found if e.article_id not in summarised)
        task = max(filter(summarises, tasks_of(config)), key=lambda task: task.n_characters)
        found += [summary_of(article_id, task) for article_id in missing]
    return tuple(found)


def load_templates(
    config: Config, tasks: Iterable[Task]
) -> tuple[dict[tuple[str, str], Prompt], list[Problem]]:
    """Return the templates of some tasks in each wording that some model is asked in.

    Those that cannot be used are problems instead. Tasks that share a folder share its templates.
    """
    models = {entry.name for entry in config.models if module_of(entry).READS_PROMPTS}
    wordings = {s.condition.wording: None for s in systems_of(config) if s.model in models}
    found: dict[tuple[str, str], Prompt] = {}
    problems: list[Problem] = []
    folder = (config.prompts.folder if config.prompts else None) or templates.DEFAULTS
    for (name, task), wording in product({task.prompts: task for task in tasks}.items(), wordings):
        try:
            found[name, wording] = templates.load(folder, task, wording)
        except InputError as error:
            problems += error.problems
    return found, problems


def _model_problems(config: Config, locate: Callable[..., Problem]) -> list[Problem]:
    return [
        replace(
            locate(("models", i, *found.key.split(".")), found.what, found.remedy, code=found.code),
            extra=found.extra,
        )
        for i, entry in enumerate(config.models)
        for found in module_of(entry).problems(entry)
    ]


def _cache_problems(config: Config) -> Sequence[Problem]:
    """Return why there is no place for a cache that is wanted, or that weights are kept in."""
    if config.cache or any(isinstance(entry, LanguageModel) for entry in config.models):
        try:
            cache_folder()
        except InputError as error:
            return error.problems
    return ()


def _worker_problems(config: Config, locate: Callable[..., Problem]) -> list[Problem]:
    if not isinstance(config.workers, RayWorkers) or find_spec("ray"):
        return []
    missing = missing_extra("ray", "ray")
    found = locate(("workers", "ray"), missing.what, missing.remedy, code=missing.code)
    return [replace(found, extra=missing.extra)]


def problem_in(file: str, key: Key, what: str, remedy: str = "", *, code: Code) -> Problem:
    """Return a problem of a config whose values have no lines."""
    return Problem(code=code, file=file, key=dotted(key), what=what, remedy=remedy)
