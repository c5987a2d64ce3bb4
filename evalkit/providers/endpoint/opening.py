"""Opens the provider of a served model: its tokenizer, and the context that it may fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.config.endpoint import FolderTokenizer
from evalkit.errors import ProviderError
from evalkit.providers.endpoint.provider import EndpointProvider, ask_server

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.config.endpoint import Tokenizer
    from evalkit.config.schema import Endpoint
    from evalkit.providers import Setting
    from evalkit.providers.local.budget import ContextBudget


def open_provider(entry: Endpoint, setting: Setting) -> EndpointProvider:
    """Return the provider of an entry.

    Raises:
        ProviderError: the tokenizer cannot be used, or the context is not known.
    """
    budget = None if entry.tokenizer is None else _budget(entry, entry.tokenizer)
    return EndpointProvider(entry, budget, setting)


def _budget(entry: Endpoint, tokenizer: Tokenizer) -> ContextBudget:
    """Return the context, counted by the entry's tokenizer under its template arguments."""
    # transformers takes seconds to import
    from evalkit.providers.local.budget import ContextBudget  # noqa: PLC0415
    from evalkit.providers.local.chat import Chat  # noqa: PLC0415

    kwargs = entry.extra_body.get("chat_template_kwargs")
    chat = Chat.load(_folder(tokenizer), kwargs if isinstance(kwargs, dict) else {}, entry.thinking)
    context = ask_server(entry).context if entry.max_context is None else entry.max_context
    if context is None:
        message = "the server does not tell its context; set max_context"
        raise ProviderError(message, key="max_context")
    return ContextBudget(chat, context)


def _folder(tokenizer: Tokenizer) -> Path:
    if isinstance(tokenizer, FolderTokenizer):
        return tokenizer.folder
    from evalkit.providers.local.weights import hub  # noqa: PLC0415 - as above

    return hub.fetch_tokenizer(tokenizer)
