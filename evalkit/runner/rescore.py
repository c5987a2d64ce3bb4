"""Scores a finished run again, with its config's metrics and references."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.runner import provenance
from evalkit.runner.execute import status_recorded
from evalkit.runner.reload import job_to_score, require_manifest
from evalkit.runner.score import score
from evalkit.store.folder import RunFolder
from evalkit.store.log import logging_to

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.analysis.run import Run
    from evalkit.interfaces import Progress


def rescore(path: Path, progress: Progress) -> Run:
    """Score the generations of a run again; needs no model.

    Raises:
        StoreError: the folder holds no run.
        InputError: an article of its project has changed since.
        LockedError: another process is writing into the folder.
    """
    folder = RunFolder(path=path)
    require_manifest(folder)  # before the lock makes a folder
    with folder.lock(), logging_to(folder.log_file):
        before = require_manifest(folder)
        job, note = job_to_score(folder, before)
        if note:
            progress.say(note)
        manifest = provenance.renewed(before, job)
        if not provenance.same_inputs(before, manifest):
            folder.drop_results()  # before any manifest says that these are its inputs
        with status_recorded(folder, manifest, before):
            folder.write_articles(job.corpus.articles)
            folder.write_examples(job.examples)
            return score(job, folder, manifest, progress)
