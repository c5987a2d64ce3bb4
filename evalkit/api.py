"""The functions behind `import evalkit`: run, read, compare and score from Python."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from evalkit import metrics
from evalkit.analysis import run as finished_runs
from evalkit.analysis.comparison import compare_runs, unknown
from evalkit.config.loading import load as load_config
from evalkit.config.overrides import change
from evalkit.config.schema import Config
from evalkit.errors import InputError, Problem
from evalkit.records import Case, Kind, QuestionType
from evalkit.runner import execute, prediction_files
from evalkit.runner.chosen_metrics import why_unusable
from evalkit.runner.job import prepare
from evalkit.store.own_files import require_run_or_nothing
from evalkit.values.thinking import strip_thinking

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from evalkit.interfaces import Progress
    from evalkit.records import NothingToScore, Score
    from evalkit.results import Comparison, Summary
    from evalkit.store.manifest import Manifest


class Run:
    """A finished run: what it found, as records and as data frames."""

    def __init__(self, finished: finished_runs.Run) -> None:
        """Wrap a run that has been read; see `load`."""
        self._finished = finished

    @property
    def path(self) -> Path:
        """The run's folder."""
        return self._finished.path

    @property
    def summary(self) -> Summary:
        """Estimates, comparisons and counts: the content of summary.json."""
        return self._finished.summary

    @property
    def manifest(self) -> Manifest:
        """What was run, with what, on what: the content of manifest.json."""
        return self._finished.manifest

    def __repr__(self) -> str:
        """Return its folder and its systems, for notebooks."""
        names = ", ".join(system.name for system in self.summary.systems)
        return f"<Run {self.path}: {self.summary.status}; {names}>"

    def scores(self) -> pd.DataFrame:
        """Return a row for each value: system, article, example, metric, value, rule, sample."""
        return _frame(self._finished.scores)

    def examples(self) -> pd.DataFrame:
        """Return a row for each example: what was asked, and its references."""
        return _frame(self._finished.examples.values())

    def generations(self) -> pd.DataFrame:
        """Return a row for each output: system, example, sample, text, prediction and so on."""
        rows = self._finished.generations.items()
        return _frame(
            {**asdict(generation), "system": system, "example": example, "sample": sample}
            for (system, example, sample), generation in rows
        )

    def compare(self, a: str, b: str, metric: str) -> Comparison:
        """Return the paired difference of two systems on one metric.

        Raises:
            InputError: the run has no such system or metric, or both systems are the same.
        """
        compared = [system.name for system in self._finished.systems]
        measured = [facts.name for facts in self.summary.metrics]
        given = (("a", a, compared), ("b", b, compared), ("metric", metric, measured))
        _refuse(unknown(key, name, known) for key, name, known in given if name not in known)
        if a == b:
            _refuse([_invalid("b", f"`{b}` is the same system as a", "name another")])
        found = compare_runs([self._finished], models=(a, b), metrics=(metric,))
        return found.summary.comparisons[0]


def run(
    config: Config | Path | str,
    *,
    set: Mapping[str, object] | None = None,  # noqa: A002 - the name of the command's option
    progress: Progress | None = None,
) -> Run:
    """Run a config, resuming an earlier run of it.

    Args:
        config: a `Config`, or the path of a YAML file.
        set: changes of single values, such as `{"limit": 1, "models.0.device": "cpu"}`.
        progress: shows how it proceeds; nothing does where None.

    Raises:
        InputError: the config, or what it names, has problems; with all of them.
        StoreError: the run folder holds another run.
    """
    _refuse(_flaws_of_run(config, set))
    if isinstance(config, str | Path):
        overrides = [f"{key}={json.dumps(v, ensure_ascii=False)}" for key, v in (set or {}).items()]
        loaded, document = load_config(Path(config), overrides)
    else:
        loaded, document = change(config, set or {}), None
    require_run_or_nothing(loaded.output / loaded.name)
    return Run(execute.run(prepare(loaded, document), progress or _Silent()))


def load(path: Path | str) -> Run:
    """Return a finished run; its folder may have been copied from anywhere.

    Raises:
        InputError: the folder holds no finished run.
    """
    return Run(finished_runs.load(Path(path)))


def score(  # noqa: PLR0913 - what a metric may read, field by field
    prediction: str,
    references: Sequence[str],
    *,
    metric: str = "em",
    question: str = "",
    type: QuestionType | None = None,  # noqa: A002 - the name of the field
    unit: str | None = None,
    ordered: bool = False,
    article: str = "",
) -> Score | NothingToScore:
    """Return the score of one prediction, or that it holds nothing that the metric compares.

    Args:
        prediction: what a system wrote; thinking is stripped.
        references: the accepted answers, or the reference summaries.
        metric: its name; `python -m evalkit metrics` lists them.
        question: what was asked, for answers.
        type: of the question.
        unit: that the question asks for.
        ordered: whether the order of a list matters.
        article: the text, for the metrics that read it.

    Raises:
        InputError: an argument is not what it should be, with all of these; or there is no metric
            of that name.

    >>> score("7.75万", ["77500"], question="有多少人？").value
    1.0
    """
    texts = {"prediction": prediction, "question": question, "article": article}
    of_type = () if type is None else _flaws_of_choice("type", type, get_args(QuestionType))
    _refuse([*_flaws_of_texts(texts), *_flaws_of_references(references), *of_type])
    _refuse(_lacking(metric, references, article))
    case = Case(
        id="",
        prediction=strip_thinking(prediction).prediction,
        references=tuple(references),
        question=question,
        type=type,
        unit=unit,
        ordered=ordered,
        article=article,
    )
    return metrics.metric(metric).score(case)


def score_file(
    file: Path | str,
    kind: Kind,
    *,
    metric: str | Sequence[str],
    data: Path | str | None = None,
) -> pd.DataFrame:
    """Return a row for each line of a file of predictions and each metric: id, metric, value, rule.

    Thinking is stripped, as `python -m evalkit score` does it. The value is missing where there is
    nothing to score.

    Args:
        file: a table with `id`, `prediction`, `references` and, for answers, `question`; its
            ending tells the format. With `data`, `id` and `prediction` are enough.
        kind: whether the predictions are summaries or answers.
        metric: the name of a metric, or several.
        data: JSON in the layout of SQuAD, or a config, whose `data` is read.

    Raises:
        InputError: with every problem of the file, or a metric that scores no such predictions.
    """
    _refuse(_flaws_of_choice("kind", kind, get_args(Kind)))
    names = [metric] if isinstance(metric, str) else metric
    _refuse(
        Problem(code=code, file="metric", what=what, remedy=remedy)
        for name in names
        if name not in metrics.available(kind)
        for what, remedy, code in (why_unusable(name, kind),)
    )
    chosen = [metrics.metric(name) for name in names]
    data_set = None if data is None else prediction_files.read_data(Path(data), kind)
    (found,) = prediction_files.read([Path(file)], kind, chosen, data_set)
    return _frame(
        {"id": case.id, "metric": each.name, "value": scored.value, "rule": scored.rule}
        for case in found.cases
        for each in chosen
        for scored in (each.score(case),)
    )


def _flaws_of_run(config: object, changes: object) -> Iterator[Problem]:
    if not isinstance(config, str | Path | Config):
        what, remedy = "is neither a `Config` nor a path", "write evalkit.Config(name=…, …)"
        yield _invalid("config", what, remedy)
    if not isinstance(changes, Mapping | None):
        yield _invalid("set", "is not a mapping", 'write set={"limit": 1}')


def _flaws_of_texts(texts: Mapping[str, object]) -> Iterator[Problem]:
    for name, value in texts.items():
        if not isinstance(value, str):
            yield _invalid(name, "is not text", "give a string")


def _flaws_of_references(references: object) -> Iterator[Problem]:
    if isinstance(references, str) or not isinstance(references, Iterable):
        yield _invalid("references", "is not a list of texts", 'write ["…"]')
    else:
        yield from _flaws_of_texts({f"references.{i}": text for i, text in enumerate(references)})


def _flaws_of_choice(name: str, given: str, allowed: Sequence[str]) -> Iterator[Problem]:
    if given not in allowed:
        yield _invalid(name, f"`{given}` is not allowed", f"choose from {', '.join(allowed)}")


def _lacking(metric: str, references: Sequence[str], article: str) -> Iterator[Problem]:
    """Yield what a metric cannot do without and is not given."""
    line = metrics.entry(metric)
    if line.reads_references and not references:
        yield _invalid("references", f"`{metric}` needs at least one", "give it one")
    if line.reads_article and not article.strip():
        yield _invalid("article", f"`{metric}` needs the article's text", "give it")


def _invalid(argument: str, what: str, remedy: str) -> Problem:
    return Problem(code="invalid", file=argument, what=what, remedy=remedy)


def _refuse(problems: Iterable[Problem]) -> None:
    if found := list(problems):
        raise InputError(found)


def _frame(records: Iterable[Any]) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - half a second, and only for data frames

    return pd.DataFrame([row if isinstance(row, dict) else asdict(row) for row in records])


class _Silent:
    """Progress that is not shown."""

    def stage(self, name: str, total: int, n_kept: int = 0) -> None:
        """Say nothing."""

    def advance(self, n_new_tokens: int = 0) -> None:
        """Say nothing."""

    def say(self, line: str) -> None:
        """Say nothing."""
