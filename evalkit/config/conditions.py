"""The systems of a config: every model under every condition that the config names for it."""

from __future__ import annotations

from dataclasses import asdict
from itertools import product
from typing import TYPE_CHECKING, Any

from evalkit.config.noise import CLEAN, noise_label
from evalkit.records import Condition, Noise, System

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.config.schema import Config, Factor, ModelEntry, NoiseSettings


def systems_of(config: Config) -> tuple[System, ...]:
    """Return the systems of a config, in the order of its models.

    A system has the name of its model where it is the model's only one, else
    `<model>@<part>+<part>`, with a part for each factor that the model has several levels of:
    the wording, the number of shots (`3-shot`), the noise (`clean`, `ocr0.02`).
    """
    return tuple(system for entry in config.models for system in _systems(entry, config))


def _systems(entry: ModelEntry, config: Config) -> Iterator[System]:
    every = _levels(entry, config)
    levels = {factor: every[factor] for factor in entry.FACTORS}
    varying = [factor for factor in levels if len(levels[factor]) > 1]
    for combination in product(*levels.values()):
        chosen = dict(zip(levels, combination, strict=True))
        parts = "+".join(_label(factor, chosen[factor]) for factor in varying)
        yield System(
            name=f"{entry.name}@{parts}" if parts else entry.name,
            model=entry.name,
            role=entry.role,
            condition=Condition(**chosen),
        )


def _levels(entry: ModelEntry, config: Config) -> dict[Factor, Sequence[Any]]:
    shots = config.few_shot
    return {
        "wording": getattr(entry, "wordings", None) or _wordings(config),
        "n_shots": (shots,) if isinstance(shots, int) else shots,
        "noise": [_noise(settings) for settings in config.noise],
    }


def _wordings(config: Config) -> Sequence[str]:
    return config.prompts.wordings if config.prompts else (Condition().wording,)


def _noise(settings: NoiseSettings) -> Noise:
    """Return the noise of an entry; that without effect is always the same."""
    noise = Noise(**settings.model_dump())
    return Noise() if noise_label(asdict(noise)) == CLEAN else noise


def _label(factor: Factor, level: Any) -> str:  # noqa: ANN401 - of that factor
    match factor:
        case "wording":
            return str(level)
        case "n_shots":
            return f"{level}-shot"
        case "noise":
            return noise_label(asdict(level))
