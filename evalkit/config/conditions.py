"""What a config asks: its tasks, and its systems: each model under each condition."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from evalkit.config.schema import Baseline, LanguageModel
from evalkit.records import Condition, Noise, System, Task

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.config.schema import Config, ModelEntry, NoiseSettings, TaskSettings
    from evalkit.records import Role

ANSWER = "answer"
"""The name of the task that asks the questions; every other task is a kind of summary."""
KNOWN = {
    ANSWER: Task(name=ANSWER, kind="answer", prompts=ANSWER, n_characters=0, max_new_tokens=48),
    "short": Task(
        name="short", kind="summary", prompts="summary", n_characters=100, max_new_tokens=160
    ),
    "long": Task(
        name="long", kind="summary", prompts="summary", n_characters=250, max_new_tokens=320
    ),
    "headline": Task(
        name="headline", kind="summary", prompts="headline", n_characters=30, max_new_tokens=48
    ),
}
"""The tasks that a config may name without saying more."""


def tasks_of(config: Config) -> tuple[Task, ...]:
    """Return the tasks of a config, in its order."""
    return tuple(_task(name, settings) for name, settings in config.tasks.items())


def _task(name: str, settings: TaskSettings) -> Task:
    known = KNOWN.get(name)
    n_characters = settings.n_characters or (known.n_characters if known else 0)
    return Task(
        name=name,
        kind=known.kind if known else "summary",
        prompts=settings.prompts or (known.prompts if known else name),
        n_characters=n_characters,
        max_new_tokens=settings.max_new_tokens
        or (known.max_new_tokens if known else 2 * n_characters),
    )


def systems_of(config: Config) -> tuple[System, ...]:
    """Return the systems of a config: every combination of a model and a condition that it names.

    Language models are asked in every wording, with every number of worked examples and with every
    noise; baselines read no prompt, so only noise tells them apart; predictions were made
    elsewhere, under one condition.
    """
    return tuple(system for entry in config.models for system in _systems(entry, config))


def _systems(entry: ModelEntry, config: Config) -> Iterator[System]:
    conditions = list(_conditions(entry, config))
    for condition in conditions:
        label = _label(condition, conditions)
        yield System(
            name=f"{entry.name}@{label}" if label else entry.name,
            model=entry.name,
            role=_role(entry),
            condition=condition,
        )


def _conditions(entry: ModelEntry, config: Config) -> Iterator[Condition]:
    noises = [Noise(**settings.model_dump()) for settings in config.noise]
    if isinstance(entry, LanguageModel):
        wordings = entry.wordings or config.prompts.wordings
        for wording, n_shots, noise in product(wordings, config.shot_counts, noises):
            yield Condition(wording=wording, n_shots=n_shots, noise=noise)
    elif isinstance(entry, Baseline):
        for noise in noises:
            yield Condition(noise=noise)
    else:
        yield Condition()


def _label(condition: Condition, among: Sequence[Condition]) -> str:
    """Return what tells a condition from the others of its model."""
    parts = []
    if len({other.wording for other in among}) > 1:
        parts.append(condition.wording)
    if len({other.n_shots for other in among}) > 1:
        parts.append(f"{condition.n_shots}-shot")
    if len({other.noise for other in among}) > 1:
        parts.append(noise_label(condition.noise))
    return "+".join(parts)


def noise_label(noise: Noise | NoiseSettings) -> str:
    """Return a short name of a noise.

    >>> noise_label(Noise(ocr=0.02, full_width=1.0)), noise_label(Noise())
    ('full_width1,ocr0.02', 'clean')
    """
    rates = {"full_width": noise.full_width, "line_breaks": noise.line_breaks, "ocr": noise.ocr}
    shown = [f"{name}{rate:g}" for name, rate in rates.items() if rate]
    if shown and noise.seed:
        shown.append(f"seed{noise.seed}")
    return ",".join(shown) or "clean"


def _role(entry: ModelEntry) -> Role:
    if not isinstance(entry, Baseline):
        return "model"
    return "oracle" if entry.baseline == "oracle" else "baseline"
