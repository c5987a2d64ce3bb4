"""The tasks that evalkit knows by name, and those of a config."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.records import Task

if TYPE_CHECKING:
    from evalkit.config.schema import Config, TaskSettings

KNOWN = {
    task.name: task
    for task in (
        Task(name="short", kind="summary", prompts="summary", n_characters=100, max_new_tokens=160),
        Task(name="long", kind="summary", prompts="summary", n_characters=250, max_new_tokens=320),
        Task(
            name="headline", kind="summary", prompts="headline", n_characters=30, max_new_tokens=48
        ),
        Task(
            name="focused", kind="summary", prompts="focused", n_characters=90, max_new_tokens=160
        ),
        Task(name="answer", kind="answer", prompts="answer", n_characters=0, max_new_tokens=48),
    )
}
"""The known tasks by name, with the settings that a config may leave out."""


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
