"""Language models whose weights run in this process; light to import."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.config.environment import cache_folder
from evalkit.providers.local.weights.check import adapter_problems, weights_problems

if TYPE_CHECKING:
    from evalkit.config.schema import LanguageModel
    from evalkit.errors import Problem
    from evalkit.interfaces import Provider
    from evalkit.providers import Setting

READS_PROMPTS = True
RUNS_IN_WORKERS = True


def problems(entry: LanguageModel) -> list[Problem]:
    """Return what is wrong with weights and adapter, and which packages they need."""
    found = [_below("weights", problem) for problem in weights_problems(entry.weights)]
    if entry.adapter is not None:
        found += [_below("adapter", problem) for problem in adapter_problems(entry.adapter)]
    return found


def n_bytes_to_download(entry: LanguageModel) -> int | None:
    """Return how much has to be fetched: 0 if nothing, None if the hub does not say."""
    from evalkit.providers.local.weights import resolve  # noqa: PLC0415 - needs the extra `local`

    cache = cache_folder()
    sizes = [resolve.n_bytes_to_download(entry.weights, cache, with_code=entry.trust_remote_code)]
    if entry.adapter is not None:
        sizes.append(resolve.n_adapter_bytes_to_download(entry.adapter, cache))
    known = [size for size in sizes if size is not None]
    return sum(known) if len(known) == len(sizes) else None


def open_provider(entry: LanguageModel, setting: Setting) -> Provider:
    """Return the provider of an entry, its weights fetched or made where they are not cached.

    Raises:
        WeightsError: the weights cannot be had, or are not what they claim to be.
        ModelLoadError: their tokenizer, chat template or device cannot be used.
    """
    from evalkit.providers.local import provider  # noqa: PLC0415 - torch takes seconds to import

    return provider.open_provider(entry, setting)


def _below(key: str, problem: Problem) -> Problem:
    """Return a problem with its key relative to the entry."""
    return replace(problem, key=f"{key}.{problem.key}" if problem.key else key)
