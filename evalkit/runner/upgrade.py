"""Upgrades the folder of a run that an earlier evalkit made, in place."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from evalkit import data
from evalkit.config.loading import parse
from evalkit.errors import InputError, refusal
from evalkit.records import Article, Corpus, Example
from evalkit.records.hashing import hash_text
from evalkit.runner.job import asked
from evalkit.runner.provenance import config_of, hash_references
from evalkit.stats.summarise import summarise
from evalkit.store.folder import RunFolder, summary_text
from evalkit.store.folder_lock import lock_folder
from evalkit.store.format1 import OldFolder
from evalkit.store.jsonl import line
from evalkit.store.manifest import FORMAT
from evalkit.store.switch import Draft

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from evalkit.records import Kind, PlannedRequest, References, ScoreLine
    from evalkit.results import MetricFacts
    from evalkit.store.manifest import Manifest

_SUMMARIES = ("short", "long")  # the tasks of format 1 besides the questions


def upgrade(path: Path) -> list[str]:
    """Bring a run folder to the format that this evalkit reads; return lines for the user.

    Scores and generations keep their values; estimates and comparisons are made of the scores
    again. Until the manifest is in its place the folder counts as old, and a stopped upgrade can be
    repeated.

    Raises:
        InputError: there is no run, or a later evalkit made it.
        StoreError: it cannot be read or written.
        LockedError: a process is writing into it.
    """
    if not (path / "manifest.json").is_file():
        raise refusal(path, "missing", "is not a run", "list them: python -m evalkit runs")
    folder = RunFolder(path=path)
    with lock_folder(path):
        if not _is_outdated(folder):
            return [f"has format {FORMAT} already"]
        old = OldFolder(path)
        project = _read_project(old.manifest, path)
        with Draft(path) as new:
            _write(new, old, project)
            folder.replace_together(new, old.manifest, drop_reports=False)
    return [f"upgraded to format {FORMAT}", *_lacking(old.manifest, project)]


def _is_outdated(folder: RunFolder) -> bool:
    try:
        folder.manifest()
    except InputError as error:
        if error.problems[0].code == "outdated":
            return True
        raise
    return False


def _n_by_article(metric: MetricFacts, examples: Iterable[Example]) -> dict[str, int]:
    """Return how many examples of each article a metric scores, where all of them are known."""
    found = metric.count(examples)
    return dict(found) if found.total() == metric.n_planned else {}


def _write(new: Draft, old: OldFolder, project: _Project) -> None:
    """Write the files of the new format that the old ones have something for."""
    manifest, requests, scores = old.manifest, old.requests(), old.scores()
    lines = [score for score, _ in scores]
    examples = _examples(project, requests, lines)
    known = {article.id: article for article in project.corpus.articles}
    manifest.references |= hash_references(project.corpus)
    articles = [
        known.get(id_) or Article(id=id_, title="", text="", sha256=digest)
        for id_, digest in manifest.articles.items()
    ]
    records: dict[str, Sequence[object]] = {
        "articles.jsonl": articles,
        "examples.jsonl": list(examples.values()),
        "requests.jsonl": [
            replace(r, question=r.question or examples[r.example].question) for r in requests
        ],
        "generations.jsonl": old.generations(),
        "scores.jsonl": lines,
        "details.jsonl": [detail for _, detail in scores],
    }
    for name, found in records.items():
        if found:
            new.write(name, map(line, found))
    if summary := old.summary():
        metrics = [
            replace(m, n_by_article=_n_by_article(m, examples.values())) for m in summary.metrics
        ]
        summed = summarise(summary.run, summary.systems, metrics, lines)
        new.write("summary.json", [summary_text(summed)])


def _lacking(manifest: Manifest, project: _Project) -> list[str]:
    """Return what the new files lack, in lines for the user."""
    known = {article.id for article in project.corpus.articles}
    missing = [id_ for id_ in manifest.articles if id_ not in known]
    if not missing:
        return []
    return [
        f"without the text and references of {', '.join(missing)}: {project.problem}",
        "`rescore` adds them once the project has what the run was made of",
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Project:
    """What a run was made of, where it has not changed; `problem` says what has."""

    corpus: Corpus
    examples: Mapping[str, Example]
    problem: str


def _read_project(manifest: Manifest, path: Path) -> _Project:
    """Return what the config of a run names, and complete the config in the manifest."""
    file = str(path / "manifest.json")
    try:
        manifest.config = parse(manifest.config, file=file).model_dump(mode="json")
        config = parse(config_of(manifest, path), file=file)
        corpus = data.load(config.data, config.limit)
    except InputError as error:
        nothing = Corpus(articles=(), references={})
        return _Project(corpus=nothing, examples={}, problem=str(error.problems[0]))
    same = [
        article
        for article in corpus.articles
        if manifest.articles.get(article.id) == article.sha256
        and manifest.references.get(article.id) == _old_hash(corpus.references[article.id])
    ]
    left = Corpus(articles=tuple(same), references={a.id: corpus.references[a.id] for a in same})
    examples = {example.id: example for example in asked(config, left)}
    return _Project(corpus=left, examples=examples, problem="these have changed since")


def _examples(
    project: _Project, requests: Sequence[PlannedRequest], scores: Sequence[ScoreLine]
) -> dict[str, Example]:
    """Return what was asked and scored, from the project, else from requests and scores."""
    asked_for = {request.example: request for request in requests}
    article_of = {score.example: score.article for score in scores}
    return {
        id_: project.examples.get(id_) or _bare(id_, article_of.get(id_), asked_for.get(id_))
        for id_ in {**asked_for, **article_of}
    }


def _bare(id_: str, article: str | None, request: PlannedRequest | None) -> Example:
    """Return what is known of an example without its project."""
    prefix, _, name = id_.rpartition("/")
    question = request.question if request else ""
    kind: Kind = "summary" if name in _SUMMARIES and not question else "answer"
    return Example(
        id=id_,
        article_id=article or prefix,
        task=name if kind == "summary" else "answer",
        kind=kind,
        references=(),
        step=request.step if request else "article",
        question=question,
    )


def _old_hash(references: References) -> str:
    """Return the hash of references as format 1 recorded it."""
    headline = (summary.text for summary in references.summaries if summary.task == "headline")
    record: dict[str, Any] = {
        "summaries": [
            {"id": summary.id, "length": summary.task, "text": summary.text}
            for summary in references.summaries
            if summary.task in _SUMMARIES
        ],
        "questions": [
            {**asdict(question), "difficulty": question.difficulty or 1}
            for question in references.questions
        ],
        "headline": next(headline, ""),
    }
    return hash_text(line(record))
