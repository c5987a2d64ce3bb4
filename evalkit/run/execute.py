"""The way through the house: load → plan → generate → score → summarise → report."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evalkit import metrics, report
from evalkit.config.document import Document
from evalkit.config.schema import Baseline, Config, cache_folder
from evalkit.errors import InputError, ModelLoadError, Problem, StoreError, WeightsError
from evalkit.results import Summary
from evalkit.run import material
from evalkit.run import provenance as manifests
from evalkit.run.generation_cache import Recall
from evalkit.run.human import HUMAN, human_ceiling
from evalkit.run.job import prepare
from evalkit.run.score import judge
from evalkit.run.stage import IMPOSSIBLE, Stage
from evalkit.stats.comparisons import compare_all
from evalkit.stats.summarise import Measure, System, summarise_system, values_by_system
from evalkit.store.cache import NAME as CACHE
from evalkit.store.folder import RunFolder
from evalkit.store.jsonl import Appender
from evalkit.store.log import kept, note, warn
from evalkit.store.secrets import hide_in_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from evalkit.config.schema import LanguageModel
    from evalkit.interfaces import Progress
    from evalkit.records import ExampleScore, Generation, PlannedRequest
    from evalkit.results import Role
    from evalkit.run.job import Job


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What a run left: its folder, its summary and its manifest."""

    folder: RunFolder
    summary: Summary
    manifest: Mapping[str, Any]


def run(job: Job, progress: Progress, *, adopt: bool = False) -> Outcome:
    """Run a job in its folder, going on from whatever an earlier run finished there.

    Raises:
        LockedError: another process is writing into the folder.
        InputError: the folder holds a run of another config.
        StoreError: what was done cannot be written down.
    """
    folder = RunFolder(path=job.config.output / job.config.name)
    with folder.lock(), kept(folder.log_file):
        before = folder.manifest()
        manifest = manifests.begin(folder, before, job, adopt=adopt)
        with _marked(folder, manifest):
            if not manifests.same_ingredients(before, manifest):
                folder.drop_results()
            _generate_all(job, folder, manifest, progress)
            return score(job, folder, manifest)


@contextmanager
def _marked(folder: RunFolder, manifest: dict[str, Any]) -> Iterator[None]:
    """Have the manifest say `running` while inside, and `incomplete` after anything but success."""
    manifest["status"] = "running"
    folder.write_manifest(manifest)
    note("started", run=folder.path.name, evalkit=manifest["evalkit"])
    try:
        yield
    finally:
        if manifest["status"] == "running":
            manifests.finish(manifest, complete=False)
            with suppress(StoreError):  # the error that led here says it already
                folder.write_manifest(manifest)
        note("ended", status=manifest["status"])


def _generate_all(
    job: Job, folder: RunFolder, manifest: dict[str, Any], progress: Progress
) -> None:
    """Have every system do every example, each generation on disk before the next begins."""
    planned: list[PlannedRequest] = []
    recall = Recall(cache_folder() / CACHE if job.config.cache else None, progress)
    with Appender(folder.generations_file) as appender, closing(recall):
        done = _done(folder.generations())
        for model in job.config.models:
            stage = Stage(
                model=model,
                job=job,
                progress=progress,
                recall=recall,
                folder=folder,
                machine=manifest["machine"],
            )
            facts = manifest["systems"].setdefault(model.name, {})
            facts.pop("failure", None)
            try:
                planned += stage.run(done.get(model.name, set()), appender, facts)
            except (WeightsError, ModelLoadError) as error:  # the other models can still run
                reason = hide_in_text(str(error))
                facts["failure"] = reason
                warn("cannot run", model=model.name, reason=reason)
                progress.say(f"{model.name}: {reason}")
                planned += stage.planned_of({}, {})
            folder.write_planned(planned)
            folder.write_manifest(manifest)


def _done(written: Iterable[Generation]) -> dict[str, set[str]]:
    """Return, for each system, the keys of what need not be done again."""
    done: dict[str, set[str]] = {}
    for generation in written:
        if generation.finish_reason != "error" or generation.key.startswith(IMPOSSIBLE):
            done.setdefault(generation.model, set()).add(generation.key)
    return done


def score(job: Job, folder: RunFolder, manifest: dict[str, Any]) -> Outcome:
    """Score what the folder holds; needs neither torch nor weights.

    Raises:
        StoreError: the results cannot be written, or what is there cannot be read.
    """
    planned = material.still_asked(folder.planned(), job.examples)
    generations = material.chosen_generations(planned, folder.generations())
    scores = judge(job, generations) + human_ceiling(job)
    manifests.renew(manifest, job)
    summary = _summarise(job, generations, manifest, scores=scores)
    folder.drop_results()  # those of one scoring, or none
    folder.write_scores(scores)
    folder.write_summary(summary)
    manifests.finish(manifest, complete=summary.status == "complete")
    report.write(
        folder,
        material.of_job(job, summary, manifest, scores=scores, generations=generations),
    )
    folder.write_manifest(manifest)
    return Outcome(folder=folder, summary=summary, manifest=manifest)


def _summarise(
    job: Job,
    generations: list[Generation],
    manifest: Mapping[str, Any],
    *,
    scores: list[ExampleScore],
) -> Summary:
    systems = _systems(job, manifest)
    measures = _measures(job)
    values = values_by_system(scores)
    rows = tuple(
        summarise_system(
            system,
            values,
            generations=[g for g in generations if g.model == system.name],
            measures=measures,
        )
        for system in systems
        if system.role != "ceiling" or any(score.model == HUMAN for score in scores)
    )
    n_done = sum(row.counts.n_generated for row in rows)
    n_planned = sum(system.n_planned for system in systems)
    return Summary(
        run=job.config.name,
        status="complete" if n_done == n_planned else "incomplete",
        systems=rows,
        comparisons=compare_all(systems, values, measures),
        signatures={metric.name: metric.signature for metric in job.metrics},
    )


def _systems(job: Job, manifest: Mapping[str, Any]) -> list[System]:
    """Return the config's systems, and the people who wrote the references."""
    systems = [
        System(
            name=model.name,
            n_planned=len(job.examples),
            role=_role(model),
            failure=manifest["systems"].get(model.name, {}).get("failure", ""),
        )
        for model in job.config.models
    ]
    return [*systems, System(name=HUMAN, n_planned=0, role="ceiling")]


def _role(model: LanguageModel | Baseline) -> Role:
    if not isinstance(model, Baseline):
        return "contestant"
    return "roof" if model.baseline == "oracle" else "floor"


def _measures(job: Job) -> list[Measure]:
    n_planned = Counter((example.task, example.source) for example in job.examples)
    return [
        Measure(
            name=metric.name,
            n_planned=n_planned[metric.task, metrics.entry(metric.name).source],
            top=metrics.entry(metric.name).top,
            better=metrics.entry(metric.name).better,
        )
        for metric in job.metrics
    ]


def rescore(path: Path) -> Outcome:
    """Score the generations of a run again, with its config's references and metrics.

    Raises:
        StoreError: the folder holds no run.
        InputError: the articles or references of its config cannot be read any more.
        LockedError: another process is writing into the folder.
    """
    folder = RunFolder(path=path)
    job = job_of(folder, generates=False)
    with folder.lock(), kept(folder.log_file):
        manifest = folder.manifest()
        with _marked(folder, manifest):
            return score(job, folder, manifest)


def job_of(folder: RunFolder, *, generates: bool, **changes: object) -> Job:
    """Return the job of an earlier run, with some keys of its config changed.

    Args:
        folder: where the run lies.
        generates: whether models are asked again, so that their weights must be there.
        changes: new values of keys of the config.

    Raises:
        StoreError: the folder holds no run.
        InputError: the articles or references of its config cannot be read any more, or an article
            has changed since.
    """
    manifest = folder.manifest()
    if not manifest:
        message = f"{folder.path}: holds no manifest.json; name the folder of a run"
        raise StoreError(message)
    config = {**manifests.config_of(manifest, folder.path), **changes}
    file = str(folder.path / "manifest.json")
    document = Document(file, json.dumps(config))
    job = prepare(document.parse(Config), document, generates=generates)
    changed = [
        Problem(
            file=file,
            key=f"articles.{article.id}",
            what="the article is not the one that was read",
            remedy="run the config again",
        )
        for article in job.corpus.articles
        if manifest["articles"].get(article.id) != article.sha256
    ]
    if changed:
        raise InputError(changed)
    return job
