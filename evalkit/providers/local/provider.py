"""Local weights as a provider: what they can read, and a session that loads them."""

from __future__ import annotations

import gc
import json
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.config.environment import cache_folder
from evalkit.errors import ModelLoadError
from evalkit.language import counted
from evalkit.providers.local.budget import ContextBudget
from evalkit.providers.local.chat import Chat
from evalkit.providers.local.digests import kept_digest
from evalkit.providers.local.fingerprint import fingerprint
from evalkit.providers.local.library_errors import library_errors
from evalkit.providers.local.portions import portions
from evalkit.providers.local.precision import dtype_name
from evalkit.providers.local.prefix import build_tree
from evalkit.providers.local.weights.model_cache import require_sound
from evalkit.providers.local.weights.resolve import resolve, resolve_adapter
from evalkit.providers.local.weights.safetensors import files_of, n_numbers
from evalkit.records import Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from evalkit.config.schema import LanguageModel
    from evalkit.interfaces import Progress
    from evalkit.providers import Setting
    from evalkit.providers.local.session import LocalSession
    from evalkit.records import Request, Role

_SAY_EVERY_S = 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalProvider:
    """A language model whose weights lie in a local folder, and its adapter in another."""

    entry: LanguageModel
    folder: Path
    adapter: Path | None
    chat: Chat
    budget: ContextBudget
    fingerprint: str
    progress: Progress
    role: Role = "model"
    cacheable: bool = True

    @property
    def name(self) -> str:
        """The name of the entry."""
        return self.entry.name

    @property
    def facts(self) -> Mapping[str, object]:
        """The dtype, and how many numbers the weights hold; quantised ones hide how many."""
        facts: dict[str, object] = {"dtype": dtype_name(self.entry.dtype, self.entry.device)}
        config = json.loads((self.folder / "config.json").read_text(encoding="utf-8"))
        if config.get("quantization_config") is None:
            facts["n_parameters"] = sum(map(n_numbers, files_of(self.folder)))
        return facts

    def describe(self, requests: Sequence[Request]) -> str:
        """Return how many tokens the requests have, and how many of them are computed."""
        n_prompt = n_computed = 0
        for some in portions(requests):
            tree = build_tree([self.budget.encode(request.messages) for request in some])
            n_prompt += tree.n_prompt_tokens
            n_computed += tree.n_computed_tokens
        n_shortened = sum(request.n_article_tokens_dropped > 0 for request in requests)
        return (
            f"{counted(len(requests), 'request')}, {n_prompt:,} prompt tokens, "
            f"{n_computed:,} of them computed, {n_prompt - n_computed:,} shared; "
            f"{n_shortened} with a shortened article"
        )

    @contextmanager
    def session(self, _requests: Sequence[Request]) -> Iterator[LocalSession]:
        """Load the weights, and free them afterwards.

        Raises:
            ModelLoadError: this machine or the library cannot run them.
        """
        if self.folder.is_relative_to(cache_folder().absolute()):  # not a folder of the user's
            require_sound(self.folder, kept_digest)
        with _no_garbage_collection():
            # torch and transformers' models take seconds to import, and planning needs neither
            with library_errors("torch cannot be imported"):
                from evalkit.providers.local.session import load_session  # noqa: PLC0415

            session = load_session(
                self.entry, (self.folder, self.adapter), self.chat, self.budget.encode
            )
        if session.path.name == "plain":
            self.progress.say(
                f"{self.name}: its architecture shares no prefix, so each article is computed again"
                " for every question"
            )
        try:
            yield session
        finally:
            session.close()


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Look for no garbage inside.

    While an import makes objects that all stay, Python searches them again and again: a second of
    the four that the libraries take to import.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def open_provider(entry: LanguageModel, setting: Setting) -> LocalProvider:
    """Return the provider of an entry, its weights fetched or made where they are not cached.

    Raises:
        WeightsError: the weights cannot be had, or are not what they claim to be.
        ModelLoadError: their tokenizer, chat template or device cannot be used.
    """
    cache, progress = cache_folder(), _FetchProgress(setting.progress)
    folder = resolve(
        entry.weights,
        cache=cache,
        progress=progress,
        texts=(article.text for article in setting.corpus.articles),
        with_code=entry.trust_remote_code,
    )
    adapter = None
    if entry.adapter is not None:
        adapter = resolve_adapter(entry.adapter, cache=cache, progress=progress)
    with library_errors(f"{folder}: cannot be used"):
        chat = Chat.load(
            folder,
            entry.chat_template_kwargs,
            entry.thinking,
            trust_remote_code=entry.trust_remote_code,
        )
        # its template works with the arguments given
        chat.encode([Message(role="user", content="")])
        return LocalProvider(
            entry=entry,
            folder=folder,
            adapter=adapter,
            chat=chat,
            budget=ContextBudget(chat, _context_length(entry, chat)),
            fingerprint=fingerprint(folder, adapter, entry, chat),
            progress=setting.progress,
        )


class _FetchProgress:
    """Passes on how weights are fetched: each new thing at once, its progress now and then."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._what = ""
        self._said_at = 0.0

    def __call__(self, what: str, n_done: int, n_total: int) -> None:
        """Pass on one step, if it is time."""
        now = time.monotonic()
        if what == self._what and now - self._said_at < _SAY_EVERY_S:
            return
        self._what, self._said_at = what, now
        self._progress.say(f"{what} ({n_done}/{n_total})" if n_done else what)


def _context_length(entry: LanguageModel, chat: Chat) -> int:
    lengths = [length for length in (chat.context_length, entry.max_context) if length is not None]
    if not lengths:
        message = "its config.json names no context length; set max_context"
        raise ModelLoadError(message, key="max_context")
    return min(lengths)
