"""Runs a finished run again, and sees whether every generation comes out the same."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.errors import InputError, Problem
from evalkit.run import execute as pipeline
from evalkit.run.material import chosen_generations
from evalkit.store.folder import RunFolder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from evalkit.interfaces import Progress
    from evalkit.records import Generation

Place = tuple[str, str]  # a system and an example


@dataclass(frozen=True, kw_only=True, slots=True)
class Unlike:
    """A generation that did not come out the same; `at` is the first character that differs."""

    model: str
    example_id: str
    what: str
    at: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Repetition:
    """How many generations were compared, and those that are not the same."""

    n: int
    unlike: Sequence[Unlike]


def repeat(path: Path, progress: Progress) -> Repetition:
    """Run the config of a finished run again, in a fresh folder and without the cache.

    Raises:
        InputError: the run is not complete, or its articles or templates have changed.
        StoreError: the folder holds no run, or there is no room for another.
    """
    old = RunFolder(path=path)
    with tempfile.TemporaryDirectory(prefix="evalkit-repeat-") as fresh:
        job = pipeline.job_of(old, generates=True, output=fresh, cache=False)
        before = old.manifest()
        if before["status"] != "complete":
            problem = Problem(file=str(path), what="is not complete", remedy="run it to its end")
            raise InputError([problem])
        changed = [
            Problem(file=str(path), key=f"prompts.{task}", what="the template has changed since")
            for task, prompt in job.templates.items()
            if before["prompts"].get(task) != prompt.sha256
        ]
        if changed:
            raise InputError(changed)
        outcome = pipeline.run(job, progress)
        return _compare(_by_place(old), _by_place(outcome.folder))


def _by_place(folder: RunFolder) -> Mapping[Place, Generation]:
    chosen = chosen_generations(folder.planned(), folder.generations())
    return {(generation.model, generation.example_id): generation for generation in chosen}


def _compare(old: Mapping[Place, Generation], new: Mapping[Place, Generation]) -> Repetition:
    places = list(dict.fromkeys([*old, *new]))
    found = (_difference(place, old.get(place), new.get(place)) for place in places)
    return Repetition(n=len(places), unlike=[unlike for unlike in found if unlike is not None])


def _difference(place: Place, old: Generation | None, new: Generation | None) -> Unlike | None:
    model, example_id = place
    if old is None or new is None:
        what = "is missing now" if new is None else "was missing before"
        return Unlike(model=model, example_id=example_id, what=what)
    if old.key != new.key:
        what = "was asked something else, or the model or a reference is another"
        return Unlike(model=model, example_id=example_id, what=what)
    if (old.text, old.finish_reason) == (new.text, new.finish_reason):
        return None
    pairs = enumerate(zip(old.text, new.text, strict=False))
    shorter = min(len(old.text), len(new.text))
    at = next((i for i, (a, b) in pairs if a != b), shorter)
    return Unlike(model=model, example_id=example_id, what="differs", at=at)
