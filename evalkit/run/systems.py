"""Opens the systems of a config: cheap first, weights only when there is something to generate."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from evalkit.config.schema import Baseline, cache_folder
from evalkit.errors import ModelLoadError
from evalkit.providers.baseline import BaselineBackend
from evalkit.providers.local import weights
from evalkit.run.plan import Reader, plan_baseline, plan_model

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from evalkit.config.schema import LanguageModel
    from evalkit.interfaces import Backend, Progress
    from evalkit.providers.local.chat import Chat
    from evalkit.records import Request
    from evalkit.run.job import Job
    from evalkit.run.plan import Plan


TELL_EVERY_S = 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """A system that can generate now."""

    backend: Backend
    batch_size: int
    facts: Mapping[str, object]
    load_s: float


class System(Protocol):
    """One row of the table, before anything expensive is done for it."""

    @property
    def fingerprint(self) -> str:
        """All that changes its output, hashed."""
        ...

    def plan(self, job: Job) -> Plan:
        """Return its requests."""
        ...

    def load(self, requests: Sequence[Request]) -> Loaded:
        """Make it able to generate those requests."""
        ...


def open_system(model: LanguageModel | Baseline, job: Job, progress: Progress) -> System:
    """Return a system, its weights fetched and converted where they are not in the cache.

    Raises:
        WeightsError: the weights cannot be had, or are not what they claim to be.
        ModelLoadError: their tokenizer cannot be used.
    """
    if isinstance(model, Baseline):
        return BaselineSystem(backend=BaselineBackend(model.baseline, model.name))
    from evalkit.providers.local.chat import Chat  # noqa: PLC0415 - transformers takes seconds to import

    folder = weights.resolve(
        model.weights,
        cache=cache_folder(),
        progress=_Account(progress).hear,
        texts=[article.text for article in job.corpus.articles],
    )
    chat = Chat.load(folder, model.chat_template_kwargs, trust_remote_code=model.trust_remote_code)
    context = _context(model, chat)
    return ModelSystem(model=model, folder=folder, chat=chat, context=context)


class _Account:
    """Tells how weights are fetched: each new thing at once, how far it is every ten seconds."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._what = ""
        self._told_at = 0.0

    def hear(self, what: str, n_done: int, n_total: int) -> None:
        """Take note of one step, and pass it on if it is time."""
        now = time.monotonic()
        if what == self._what and now - self._told_at < TELL_EVERY_S:
            return
        self._what, self._told_at = what, now
        self._progress.say(f"{what} ({n_done}/{n_total})" if n_done else what)


def _context(model: LanguageModel, chat: Chat) -> int:
    own = chat.context_length
    if model.max_context is not None:
        return model.max_context if own is None else min(model.max_context, own)
    if own is None:
        message = f"{model.name}: its config.json names no context length; set max_context"
        raise ModelLoadError(message, key="max_context")
    return own


@dataclass(frozen=True, kw_only=True, slots=True)
class BaselineSystem:
    """A baseline."""

    backend: BaselineBackend

    @property
    def fingerprint(self) -> str:
        """The baseline's own."""
        return self.backend.fingerprint

    def plan(self, job: Job) -> Plan:
        """Return one request an example."""
        return plan_baseline(self.fingerprint, job.corpus, job.examples)

    def load(self, requests: Sequence[Request]) -> Loaded:
        """Return the baseline, which has nothing to load."""
        return Loaded(backend=self.backend, batch_size=len(requests), facts={}, load_s=0.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelSystem:
    """A language model whose weights lie in a local folder."""

    model: LanguageModel
    folder: Path
    chat: Chat
    context: int

    @property
    def fingerprint(self) -> str:
        """The hash of weights, tokenizer, chat template and dtype."""
        from evalkit.providers.local.model import fingerprint  # noqa: PLC0415 - imports torch

        return fingerprint(self.folder, self.model, self.chat)

    def plan(self, job: Job) -> Plan:
        """Return the requests, articles shortened to the model's context."""
        reader = Reader(
            chat=self.chat,
            fingerprint=self.fingerprint,
            context=self.context,
            model=self.model,
        )
        return plan_model(reader, job.corpus, job.examples, job.templates, job.config)

    def load(self, requests: Sequence[Request]) -> Loaded:
        """Load the weights.

        Raises:
            ModelLoadError: this machine or the library cannot run them.
        """
        from evalkit.providers.local.model import TransformersBackend  # noqa: PLC0415 - as above

        start = time.perf_counter()
        backend = TransformersBackend.load(self.folder, self.model, self.chat)
        return Loaded(
            backend=backend,
            batch_size=backend.batch_size(requests),
            facts={
                "attention": backend.attention,
                "device": backend.device,
                "dtype": backend.dtype,
                "n_threads": backend.n_threads,
            },
            load_s=time.perf_counter() - start,
        )
