"""Makes the job of an earlier run again: from its project, or from its own folder."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from evalkit import data
from evalkit.config.loading import parse
from evalkit.errors import InputError, Problem, StoreError
from evalkit.records import Corpus
from evalkit.runner import provenance
from evalkit.runner.chosen_metrics import metric_problems
from evalkit.runner.job import Job, asked, prepare, problem_in

if TYPE_CHECKING:
    from evalkit.config.schema import Config
    from evalkit.store.folder import RunFolder
    from evalkit.store.manifest import Manifest


def require_manifest(folder: RunFolder) -> Manifest:
    """Return the manifest of a run.

    Raises:
        StoreError: the folder holds no run.
    """
    if (manifest := folder.manifest()) is None:
        message = f"{folder.path}: has no manifest.json; name the folder of a run"
        raise StoreError(message)
    return manifest


def job_to_run(folder: RunFolder, **changes: object) -> Job:
    """Return the job of an earlier run, to be run again, with some keys of its config changed.

    Raises:
        StoreError: the folder holds no run.
        InputError: what its config names cannot be read any more, or an article has changed.
    """
    manifest = require_manifest(folder)
    job = prepare(_config(folder, manifest, **changes))
    _require_same_articles(folder, manifest, job.corpus)
    return job


def job_to_score(folder: RunFolder, manifest: Manifest) -> tuple[Job, str]:
    """Return the job of an earlier run, to be scored again, and where its references are from.

    The references of its project count, which may have been edited since. Where the project cannot
    be read, as after copying the run alone, the run's own copies do; the second value says so.

    Raises:
        InputError: an article of the project is not the one that was read; or the project cannot be
            read, and the run has no copies, as after an upgrade or copying some of its files.
        StoreError: the run's own copies cannot be read.
    """
    config = _config(folder, manifest)
    locate = partial(problem_in, str(folder.path / "manifest.json"))
    if problems := metric_problems(config, locate):
        raise InputError(problems)
    try:
        corpus = data.load(config.data, config.limit)
    except InputError as error:
        own, examples = data.KeptArticles(folder.articles()), folder.examples()
        if not (own and examples and all(article.text for article in own)):
            raise
        job = Job(config, Corpus(articles=own, references={}), examples, {})
        return job, f"references: the run's own copies, as {error.problems[0]}"
    _require_same_articles(folder, manifest, corpus)
    return Job(config, corpus, asked(config, corpus), {}), ""


def _config(folder: RunFolder, manifest: Manifest, **changes: object) -> Config:
    found = {**provenance.config_of(manifest, folder.path), **changes}
    return parse(found, file=str(folder.path / "manifest.json"))


def _require_same_articles(folder: RunFolder, manifest: Manifest, corpus: Corpus) -> None:
    changed = [
        Problem(
            code="changed",
            file=str(folder.path / "manifest.json"),
            key=f"articles.{article.id}",
            what="the article is not the one that was read",
            remedy="run the config again",
        )
        for article in data.without_texts(corpus.articles)
        if manifest.articles.get(article.id) != article.sha256
    ]
    if changed:
        raise InputError(changed)
