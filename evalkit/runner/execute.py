"""Executes a run: plan, generate what is missing, until nothing is; then score and report.

    config ─► job ─► plan ─► providers ─► generations ─► scores ─► summary ─► report

`requests.jsonl` is whole before the first answer; every answer is written before the next is taken.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING

from evalkit.analysis.run import reread
from evalkit.config.environment import cache_folder, cache_secret
from evalkit.config.thinking import own_marks
from evalkit.errors import ProviderError, StoreError
from evalkit.language import counted
from evalkit.providers import Setting
from evalkit.records import Generation, model_of
from evalkit.runner import provenance
from evalkit.runner.asking import Writer, ask, record_failure
from evalkit.runner.generation_cache import GenerationCache
from evalkit.runner.outputs import Outputs
from evalkit.runner.plan import plan
from evalkit.runner.score import score
from evalkit.runner.workers.sessions import open_provider
from evalkit.store.cache import file_in
from evalkit.store.folder import RunFolder
from evalkit.store.folder_lock import lock_folder
from evalkit.store.jsonl import Appender, set_damaged_aside
from evalkit.store.log import logging_to, note, warn
from evalkit.store.manifest import ProviderRecord
from evalkit.store.own_files import WRITTEN_BY_RUN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.analysis.run import Run
    from evalkit.errors import Problem
    from evalkit.interfaces import Progress, Provider
    from evalkit.records import Request
    from evalkit.runner.job import Job
    from evalkit.runner.plan import Plan
    from evalkit.store.manifest import Manifest


def run(job: Job, progress: Progress, *, adopt: bool = False, processes: int = 1) -> Run:
    """Run a job in its folder, resuming an earlier run of it.

    Args:
        job: what is run.
        progress: shows how it proceeds.
        adopt: whether to go on in a folder that holds a run of another config.
        processes: how many may score at once. Each imports the main module of this one: a script
            must not do its work on import.

    Raises:
        LockedError: another process is writing into the folder.
        InputError: the folder holds a run of another config.
        StoreError: what was done cannot be written down.
    """
    folder = RunFolder(path=job.config.output / job.config.name)
    with lock_folder(folder.path) as lock, logging_to(folder.log_file):
        for problem in lock.problems:
            progress.say(problem)
        before = folder.manifest()
        manifest = provenance.begin(folder, before, job, adopt=adopt)
        if not provenance.same_inputs(before, manifest):
            folder.drop_results()  # before any manifest says that these are its inputs
        with status_recorded(folder, manifest, before):
            _note_left_out(job)
            folder.write_articles(job.corpus.articles)
            folder.write_examples(job.examples)
            generate(job, folder, manifest, progress)
            return score(job, folder, manifest, progress, processes=processes)


def _note_left_out(job: Job) -> None:
    if left_out := job.corpus.left_out:
        warn("left out of the data", n=len(left_out), places=", ".join(map(_place, left_out)))


def _place(problem: Problem) -> str:
    return ": ".join(filter(None, (problem.file, problem.key)))


@contextmanager
def status_recorded(
    folder: RunFolder, manifest: Manifest, before: Manifest | None
) -> Iterator[None]:
    """Mark the manifest `running` inside the block, and `incomplete` after anything but success.

    Where the run was complete before, and its results still hold, it gets its manifest back.
    """
    manifest.status = "running"
    folder.write_manifest(manifest)
    note("started", run=folder.path.name, evalkit=manifest.sessions[-1].evalkit)
    try:
        yield
    finally:
        if manifest.status == "running":
            provenance.finish(manifest, complete=False)
            with suppress(StoreError):  # the error that led here is raised already
                if before and folder.has_results() and provenance.still_complete(before, manifest):
                    manifest = before
                    folder.seal(before, WRITTEN_BY_RUN)
                else:
                    folder.write_manifest(manifest)
        note("ended", status=manifest.status)


def generate(job: Job, folder: RunFolder, manifest: Manifest, progress: Progress) -> None:
    """Have every system answer everything that it is asked."""
    if n_damaged := set_damaged_aside(folder.generations_file, Generation):
        file = folder.generations_file
        progress.say(f"{file}: {counted(n_damaged, 'damaged line')} moved to {file.name}.damaged")
    own = own_marks(manifest.config)
    outputs = Outputs(
        (reread(generation, own) for generation in folder.generations()),
        read_later=job.reads_outputs,
    )
    providers = _open_all(job, folder, manifest, _setting(job, outputs, progress))
    secret = cache_secret()
    cache_file = file_in(cache_folder(), secret) if job.config.cache else None
    cache = GenerationCache(cache_file, progress, secret=secret)
    with Appender(folder.generations_file) as appender, closing(cache):
        writer = Writer(appender, outputs, cache, progress)
        while True:
            planned = plan(job, providers, writer.outputs)
            for name, error in planned.failures.items():
                record_failure(manifest, name, error, progress)
                del providers[name]
            folder.write_prompts(planned.prompts.values())
            folder.write_requests(planned.rows)
            _note_shortened(planned)
            missing = _missing(planned, writer.outputs, manifest)
            n_asked = Counter(
                model for model, _ in {(model_of(r.system), r.key) for r in planned.requests}
            )
            for name, requests in missing.items():
                n_kept = n_asked[name] - len(requests)
                ask(providers[name], requests, writer, manifest, n_kept=n_kept)
                folder.write_manifest(manifest)
            if not (planned.waits and any(missing.values())):
                return


def _setting(job: Job, outputs: Outputs, progress: Progress) -> Setting:
    return Setting(
        corpus=job.corpus, examples=job.examples, progress=progress, costs=dict(outputs.costs)
    )


def _open_all(
    job: Job, folder: RunFolder, manifest: Manifest, setting: Setting
) -> dict[str, Provider]:
    """Return the providers that can answer; the manifest says why the others cannot."""
    providers: dict[str, Provider] = {}
    for entry in job.config.models:
        record = manifest.providers[entry.name]
        record.failure = ""
        try:
            provider = open_provider(job, entry, setting)
        except ProviderError as error:
            record_failure(manifest, entry.name, error, setting.progress)
            continue
        if record.fingerprint != provider.fingerprint:  # the results are of another model
            manifest.providers[entry.name] = ProviderRecord(fingerprint=provider.fingerprint)
            folder.drop_results()
        providers[entry.name] = provider
    return providers


def _note_shortened(planned: Plan) -> None:
    shortened = [request for request in planned.requests if request.n_article_tokens_dropped]
    note("planned", n_requests=len(planned.requests))
    if shortened:
        warn(
            "articles shortened",
            articles=", ".join(dict.fromkeys(r.example.article_id for r in shortened)),
            most_tokens_dropped=max(r.n_article_tokens_dropped for r in shortened),
        )


def _missing(planned: Plan, outputs: Outputs, manifest: Manifest) -> dict[str, list[Request]]:
    """Return what has to be generated, by model that can run; one request for each key."""
    missing: dict[str, dict[str, Request]] = {}
    for request in planned.requests:
        model = model_of(request.system)
        if manifest.providers[model].failure:
            continue
        by_key = missing.setdefault(model, {})
        if not outputs.is_done(model, request.key):
            by_key.setdefault(request.key, request)
    return {model: list(by_key.values()) for model, by_key in missing.items()}
