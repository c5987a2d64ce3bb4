"""The functions behind `import evalkit`: run, read, compare and score from Python."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalkit import metrics
from evalkit.analysis import run as finished_runs
from evalkit.analysis.comparison import compare_runs
from evalkit.config.loading import load as load_config
from evalkit.config.overrides import change
from evalkit.records import Case
from evalkit.runner import execute, prediction_files
from evalkit.runner.job import prepare
from evalkit.values.thinking import strip_thinking

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from evalkit.config.schema import Config
    from evalkit.interfaces import Progress
    from evalkit.records import Kind, NothingToScore, QuestionType, Score
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
            InputError: the run has no such system or metric.
        """
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
        StoreError: the run folder cannot be written, or holds another run.
    """
    if isinstance(config, str | Path):
        overrides = [f"{key}={json.dumps(v, ensure_ascii=False)}" for key, v in (set or {}).items()]
        loaded, document = load_config(Path(config), overrides)
        job = prepare(loaded, document)
    else:
        job = prepare(change(config, set or {}))
    return Run(execute.run(job, progress or _Silent()))


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
        InputError: there is no metric of that name.

    >>> score("7.75万", ["77500"], question="有多少人？").value
    1.0
    """
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


def score_file(file: Path | str, kind: Kind, *, metric: Sequence[str]) -> pd.DataFrame:
    """Return a row for each line of a file of predictions and each metric: id, metric, value, rule.

    Thinking is stripped, as `python -m evalkit score` does it. The value is missing where there is
    nothing to score.

    Args:
        file: a table with `id`, `prediction`, `references` and, for answers, `question`; its
            ending tells the format.
        kind: whether the predictions are summaries or answers.
        metric: the names of the metrics.

    Raises:
        InputError: with every problem of the file, or an unknown metric.
    """
    chosen = [metrics.metric(name) for name in metric]
    (found,) = prediction_files.read([Path(file)], kind, chosen)
    return _frame(
        {"id": case.id, "metric": each.name, "value": scored.value, "rule": scored.rule}
        for case in found.cases
        for each in chosen
        for scored in (each.score(case),)
    )


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
