"""What answers requests: one module per kind of provider, chosen by the key of its entry."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from evalkit.records import Generation
from evalkit.values.thinking import strip_thinking

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.config.schema import ModelEntry
    from evalkit.config.thinking import ThinkingMarks
    from evalkit.errors import Problem
    from evalkit.interfaces import Progress, Provider
    from evalkit.records import Corpus, Example, Request

PROVIDERS = {
    "baseline": "evalkit.providers.baseline",
    "weights": "evalkit.providers.local",
    "endpoint": "evalkit.providers.endpoint",
    "predictions": "evalkit.providers.predictions",
}
"""The module of each kind of provider, by the key of its entry."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """What a provider may know of the run that it is opened for.

    `costs` is what each model has cost in this run so far.
    """

    corpus: Corpus
    examples: tuple[Example, ...]
    progress: Progress
    costs: Mapping[str, float] = field(default_factory=dict)


class ProviderModule(Protocol):
    """What the module of a kind of provider defines; `entry` is of that kind's class."""

    READS_PROMPTS: bool
    """Whether it is sent rendered prompts; if not, it reads article and example themselves."""
    RUNS_IN_WORKERS: bool
    """Whether it computes on a device, so that a config's `workers` hold its sessions.

    These are then `ContinuingSession`s.
    """

    @staticmethod
    def problems(entry: ModelEntry) -> Sequence[Problem]:
        """Return what is wrong with an entry, found without network and without loading anything.

        The key of a problem is relative to the entry, such as `weights.folder`; file and line are
        filled in by the caller.
        """
        ...

    @staticmethod
    def n_bytes_to_download(entry: ModelEntry) -> int | None:
        """Return how much `open_provider` would fetch: 0 if nothing, None if that is not known."""
        ...

    @staticmethod
    def open_provider(entry: ModelEntry, setting: Setting) -> Provider:
        """Return the provider of an entry, ready to plan for.

        Raises:
            ProviderError: it cannot answer anything.
        """
        ...


def module_of(entry: ModelEntry) -> ProviderModule:
    """Return the module of the kind of provider that an entry of `models:` names."""
    key = next(key for key in PROVIDERS if hasattr(entry, key))
    return cast("ProviderModule", import_module(PROVIDERS[key]))


def generation_of(
    request: Request, text: str, own: ThinkingMarks | None = None, **facts: object
) -> Generation:
    """Return the record of an answer.

    Args:
        request: what was asked.
        text: as the model wrote it.
        own: the marks that the model has of its own around its thinking.
        facts: further fields of `Generation`.
    """
    spoken = strip_thinking(text, own)
    facts |= {"prediction": spoken.prediction, "unclosed_thinking": spoken.unclosed}
    return _record(request, text=text, **facts)


def failed(request: Request, reason: str, **facts: object) -> Generation:
    """Return the record of a request that failed: a reason, never a score."""
    return _record(request, finish_reason="error", error=reason, **facts)


def refused(request: Request, reason: str, **facts: object) -> Generation:
    """Return the record of a request that a content filter refused: an outcome, never a score."""
    return _record(request, finish_reason="refused", error=reason, **facts)


def _record(request: Request, **facts: object) -> Generation:
    known: dict[str, object] = {
        "key": request.key,
        "system": request.system,
        "example": request.example.id,
        "sample": request.decoding.sample,
        "finish_reason": "stop",
        "n_prompt_tokens": request.n_prompt_tokens,
        "n_article_tokens_dropped": request.n_article_tokens_dropped,
        "template_sha256": request.template_sha256,
    }
    return Generation(**(known | facts))  # type: ignore[arg-type] # the fields are those of a Request
