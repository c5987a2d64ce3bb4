"""Scores and compares files of predictions that other programs wrote, without a run folder."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from evalkit import data, metrics
from evalkit.analysis.stored import Texts
from evalkit.config.loading import load as load_config
from evalkit.config.schema import PredictionColumns
from evalkit.config.sources import SquadData
from evalkit.data import cases as own_references
from evalkit.data.predictions import read_predictions
from evalkit.errors import InputError, Problem, first_few, refusal
from evalkit.prompts.examples import examples
from evalkit.providers.predictions import match
from evalkit.records import Case, Condition, Example, ScoreLine, Task
from evalkit.records.hashing import hash_text
from evalkit.results import OutputCounts, SystemSummary
from evalkit.stats.summarise import summarise
from evalkit.values.thinking import strip_thinking

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from evalkit.interfaces import Metric
    from evalkit.records import Corpus, Kind, NothingToScore, Score
    from evalkit.results import Summary

    Scores = Sequence[tuple[Score | NothingToScore, ...]]
    """Of each case, one score for each metric."""

_CONFIGS = {".yaml", ".yml"}


@dataclass(frozen=True, kw_only=True, slots=True)
class PredictionFile:
    """The predictions of one file, ready to be scored.

    Attributes:
        name: the file's, without its ending.
        cases: the predictions, thinking stripped, with their references.
        n_thoughts: how many had thinking.
        n_unclosed: how many of these did not end it, so that no answer is left.
        unknown: ids in the file that the data set lacks.
    """

    name: str
    cases: tuple[Case, ...]
    n_thoughts: int
    n_unclosed: int
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class DataSet:
    """The examples of a data set, and the texts of its articles by id."""

    examples: tuple[Example, ...]
    texts: Mapping[str, str]


def read_data(file: Path, kind: Kind) -> DataSet:
    """Return the questions, or the articles with reference summaries, of a data set.

    Args:
        file: JSON in a layout that `data: {squad: FILE}` reads, or a config, whose `data` and
            `limit` count.
        kind: whether its questions or its summaries are wanted.

    Raises:
        InputError: with every problem of it; or it has none of that kind.
    """
    if file.suffix.lower() in _CONFIGS:
        config, _ = load_config(file)
        corpus = data.load(config.data, config.limit)
    elif file.suffix.lower() != ".json":
        what = "is neither JSON in SQuAD's layout nor a config"
        remedy = "name a config, such as my.yaml, whose `data` has this table and its columns"
        raise refusal(file, "invalid", what, remedy)
    else:
        corpus = data.load(SquadData(squad=file))
    found = examples(corpus, _tasks(corpus, kind))
    if not found:
        what = "has no questions" if kind == "answer" else "has no reference summaries"
        raise refusal(file, "empty", what, "name another data set")
    return DataSet(examples=found, texts=Texts(data.ById(corpus.articles)))


def _tasks(corpus: Corpus, kind: Kind) -> list[Task]:
    summarising = {s.task: None for found in corpus.references.values() for s in found.summaries}
    names = ("answer",) if kind == "answer" else tuple(summarising)
    return [
        Task(name=name, kind=kind, prompts="", n_characters=0, max_new_tokens=0) for name in names
    ]


def read(
    files: Sequence[Path], kind: Kind, chosen: Sequence[Metric], data_set: DataSet | None = None
) -> list[PredictionFile]:
    """Return the predictions of files, each with what the metrics read beside them.

    Args:
        files: with a row for each prediction; without a data set, also with its references.
        kind: of the predictions.
        chosen: the metrics.
        data_set: where question, references and article of each id are.

    Raises:
        InputError: with every problem of the files; or two files have other references.
    """
    names = Counter(file.stem for file in files)
    found: list[PredictionFile] = []
    problems = list(_given_twice(files))
    for file in files:
        name = file.stem if names[file.stem] == 1 else str(file)
        try:
            if data_set is None:
                found.append(_strip_thinking(name, _with_references(file, kind, chosen)))
            else:
                joined, unknown = _join(file, data_set)
                found.append(replace(_strip_thinking(name, joined), unknown=unknown))
        except InputError as error:
            problems += error.problems
    if problems := problems or list(_unlike(found, files)):
        raise InputError(problems)
    return found


def _given_twice(files: Sequence[Path]) -> Iterator[Problem]:
    for path, n in Counter(file.resolve() for file in files).items():
        if n > 1:
            what = f"is given {n} times"
            yield Problem(code="duplicate", file=str(path), what=what, remedy="name each file once")


def _with_references(file: Path, kind: Kind, chosen: Sequence[Metric]) -> list[Case]:
    entries = [metrics.entry(metric.name) for metric in chosen]
    return own_references.read(
        file,
        kind,
        with_article=any(entry.reads_article for entry in entries),
        with_references=any(entry.reads_references for entry in entries),
    )


def _join(file: Path, data_set: DataSet) -> tuple[list[Case], tuple[str, ...]]:
    matched, unknown = match(read_predictions(file, PredictionColumns()), data_set.examples)
    if not matched:
        what = f"no id is one of the data set: {first_few(unknown)}"
        remedy = f"its ids are such as {data_set.examples[0].id}"
        raise refusal(file, "mismatch", what, remedy)
    joined = [
        Case.of(example, matched[example.id], data_set.texts[example.article_id])
        for example in data_set.examples
        if example.id in matched
    ]
    return joined, tuple(unknown)


def _strip_thinking(name: str, cases: Sequence[Case]) -> PredictionFile:
    spoken = [strip_thinking(case.prediction) for case in cases]
    return PredictionFile(
        name=name,
        cases=tuple(
            replace(case, prediction=said.prediction)
            for case, said in zip(cases, spoken, strict=True)
        ),
        n_thoughts=sum(
            said.prediction != case.prediction.strip()
            for case, said in zip(cases, spoken, strict=True)
        ),
        n_unclosed=sum(said.unclosed for said in spoken),
    )


def _unlike(found: Sequence[PredictionFile], files: Sequence[Path]) -> Iterator[Problem]:
    """Yield a problem for each id whose question or references differ from the first file's."""
    first = {case.id: case for case in found[0].cases}
    for file, other in zip(files[1:], found[1:], strict=True):
        for case in other.cases:
            ours = first.get(case.id, case)
            if (case.question, case.references) != (ours.question, ours.references):
                yield Problem(
                    code="mismatch",
                    file=str(file),
                    key=case.id,
                    what=f"has another question or other references than in {files[0]}",
                    remedy="compare predictions for the same data set",
                )


def summarise_files(
    files: Sequence[PredictionFile],
    scores: Sequence[Scores],
    chosen: Sequence[Metric],
    data_set: DataSet | None = None,
) -> Summary:
    """Return means with intervals and the comparisons of files, as of the systems of a run.

    Without a data set, predictions with one text in `article` are of one article, those without are
    each of one of their own. An example that a file lacks is missing there, and never scored.

    Args:
        files: from `read`.
        scores: of each file's cases.
        chosen: the metrics of the scores, in their order.
        data_set: the one that `read` was given.
    """
    if data_set is None:
        article_of = {case.id: _article(case) for file in files for case in file.cases}
    else:
        article_of = {example.id: example.article_id for example in data_set.examples}
    n_by_article = Counter(article_of.values())
    lines = [
        ScoreLine(
            system=file.name,
            article=article_of[case.id],
            example=case.id,
            metric=metric.name,
            value=score.value,
            rule=score.rule,
        )
        for file, of_file in zip(files, scores, strict=True)
        for case, row in zip(file.cases, of_file, strict=True)
        for metric, score in zip(chosen, row, strict=True)
    ]
    return summarise(
        " and ".join(file.name for file in files),
        [_system(file, n_planned=len(article_of)) for file in files],
        [metrics.facts_of(metric, n_by_article) for metric in chosen],
        lines,
    )


def _article(case: Case) -> str:
    text = case.article
    return hash_text(text)[:16] if text else case.id


def _system(file: PredictionFile, *, n_planned: int) -> SystemSummary:
    return SystemSummary(
        name=file.name,
        model=file.name,
        role="model",
        condition=Condition(),
        estimates=(),
        counts=OutputCounts(
            n_generated=len(file.cases),
            n_failed=0,
            n_missing=n_planned - len(file.cases),
            n_empty=sum(not case.prediction.strip() for case in file.cases),
            n_truncated=0,
            n_shortened=0,
            n_unclosed_thinking=file.n_unclosed,
        ),
    )
