"""Runs a finished run again, and compares every generation with the earlier one."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from evalkit.analysis.run import load
from evalkit.errors import InputError, Problem
from evalkit.runner.execute import run
from evalkit.runner.reload import job_to_run
from evalkit.store.folder import RunFolder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from evalkit.config.schema import Config
    from evalkit.interfaces import Progress
    from evalkit.records import Generation, Place
    from evalkit.runner.job import Job
    from evalkit.store.manifest import Manifest

_RIGHTS: Final = {
    "trust_remote_code": (
        "asks to run the Python code of its model folder",
        "pass --trust-remote-code if you know that code",
    ),
    "key_env": (
        "asks to send a key of this environment to its server",
        "pass --send-keys if that is your server and your key",
    ),
}
"""What a manifest does not grant: what it asks for, and how it is granted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A generation that differs; `at` is the first character that does."""

    system: str
    example: str
    what: str
    at: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Repetition:
    """How many generations were compared, and those that differ."""

    n: int
    differences: Sequence[Difference]


def repeat(
    path: Path, progress: Progress, *, trust_remote_code: bool = False, send_keys: bool = False
) -> Repetition:
    """Run the config of a finished run again, in a fresh folder and without the cache.

    It runs in this process: a manifest, which somebody else may have written, is not to choose a
    cluster to join.

    Args:
        path: the run's folder.
        progress: shows how it proceeds.
        trust_remote_code: whether the Python code of a model folder may run. The manifest, which
            somebody else may have written, does not grant that.
        send_keys: whether the environment variables that the manifest names as keys may be sent to
            the servers that it names.

    Raises:
        InputError: the run is not complete, its articles or templates have changed, or it needs
            a right that was not granted.
        StoreError: the folder holds no run, or there is no space for another.
    """
    with tempfile.TemporaryDirectory(prefix="evalkit-repeat-") as fresh:
        job = job_to_run(RunFolder(path=path), output=fresh, cache=False, workers=None)
        granted = {"trust_remote_code": trust_remote_code, "key_env": send_keys}
        _require_rights(path, job.config, [key for key, given in granted.items() if not given])
        old = load(path)
        if old.manifest.status != "complete":
            problem = Problem(
                code="unfinished",
                file=str(path),
                what="is not complete",
                remedy="run it to its end",
            )
            raise InputError([problem])
        _require_same_templates(path, job, old.manifest)
        return _compare(old.generations, run(job, progress).generations)


def _require_rights(path: Path, config: Config, denied: Sequence[str]) -> None:
    """Raise where a model asks for what only the person at the command line can grant."""
    problems = [
        Problem(code="unsafe", file=str(path), key=f"models.{i}.{key}", what=what, remedy=remedy)
        for i, entry in enumerate(config.models)
        for key in denied
        if getattr(entry, key, None)
        for what, remedy in [_RIGHTS[key]]
    ]
    if problems:
        raise InputError(problems)


def _require_same_templates(path: Path, job: Job, manifest: Manifest) -> None:
    """Raise where a template is not the one that the run used."""
    problems = [
        Problem(
            code="changed",
            file=str(path),
            key=f"prompts.{folder}/{wording}",
            what="the template has changed since",
        )
        for (folder, wording), prompt in job.templates.items()
        if manifest.prompts.get(f"{folder}/{wording}") != prompt.sha256
    ]
    if problems:
        raise InputError(problems)


def _compare(old: Mapping[Place, Generation], new: Mapping[Place, Generation]) -> Repetition:
    places = list(dict.fromkeys([*old, *new]))
    found = (_difference(place, old.get(place), new.get(place)) for place in places)
    return Repetition(n=len(places), differences=[each for each in found if each is not None])


def _difference(place: Place, old: Generation | None, new: Generation | None) -> Difference | None:
    system, example, _ = place
    if old is None or new is None:
        what = "is missing now" if new is None else "was missing before"
        return Difference(system=system, example=example, what=what)
    if old.key != new.key:
        what = "the prompt, the model or a reference has changed"
        return Difference(system=system, example=example, what=what)
    if (old.text, old.finish_reason) == (new.text, new.finish_reason):
        return None
    pairs = enumerate(zip(old.text, new.text, strict=False))
    shorter = min(len(old.text), len(new.text))
    at = next((i for i, (a, b) in pairs if a != b), shorter)
    return Difference(system=system, example=example, what="differs", at=at)
