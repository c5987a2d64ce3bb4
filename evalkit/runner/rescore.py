"""Scores a finished run again, with its config's metrics and references."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.errors import InputError, Problem
from evalkit.runner import provenance
from evalkit.runner.reload import job_to_score, require_manifest
from evalkit.runner.score import score
from evalkit.store.folder import RunFolder
from evalkit.store.folder_lock import lock_folder
from evalkit.store.log import logging_to
from evalkit.store.own_files import WRITTEN_BY_RUN

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.analysis.run import Run
    from evalkit.interfaces import Progress


def rescore(path: Path, progress: Progress, *, processes: int = 1) -> Run:
    """Score the generations of a run again; needs no model.

    Until the new results are whole, the folder keeps the old ones. So many processes may score at
    once, as in `execute.run`.

    Raises:
        StoreError: the folder holds no run.
        InputError: an article of its project has changed since, or a file of the run.
        LockedError: another process is writing into the folder.
    """
    folder = RunFolder(path=path)
    require_manifest(folder)  # before the lock makes a folder
    _require_generations(folder)
    with lock_folder(path) as lock, logging_to(folder.log_file):
        before = require_manifest(folder)
        folder.require_unchanged(before, *WRITTEN_BY_RUN)
        job, note = job_to_score(folder, before)
        for line in filter(None, (*lock.problems, note)):
            progress.say(line)
        manifest = provenance.renewed(before, job)
        return score(job, folder, manifest, progress, processes=processes)


def _require_generations(folder: RunFolder) -> None:
    """Raise where there is nothing to score: a baseline may hold its scores alone.

    Raises:
        InputError: a file is missing.
    """
    problems = [
        Problem(
            code="missing",
            file=str(folder.path / name),
            what="does not exist: there is nothing to score",
            remedy="copy the whole run folder",
        )
        for name in ("requests.jsonl", "generations.jsonl")
        if not (folder.path / name).is_file()
    ]
    if problems:
        raise InputError(problems)
