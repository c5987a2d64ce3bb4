"""The tasks of a config."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.config.known_tasks import KNOWN
from evalkit.records import Task

if TYPE_CHECKING:
    from evalkit.config.schema import Config, TaskSettings


def tasks_of(config: Config) -> tuple[Task, ...]:
    """Return the tasks of a config in its order, with all that it leaves out filled in."""
    return tuple(_task(name, settings) for name, settings in config.tasks.items())


def _task(name: str, settings: TaskSettings) -> Task:
    n_characters = settings.n_characters or 0
    other = Task(
        name=name,
        kind="summary",
        prompts=name,
        n_characters=n_characters,
        max_new_tokens=2 * n_characters,
    )
    return replace(KNOWN.get(name, other), **settings.model_dump(exclude_none=True))
