"""The tasks that evalkit knows by name."""

from __future__ import annotations

from evalkit.records import Task

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
