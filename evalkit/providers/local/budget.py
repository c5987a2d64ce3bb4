"""A model's context, counted in its own tokens."""

from __future__ import annotations

from array import array
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.providers.local.chat import Chat
    from evalkit.providers.local.prefix import Ids
    from evalkit.records import Message

# Prompts whose token ids are kept from planning to generating: 100 MB, at 3,000 tokens each.
_N_KEPT_PROMPTS = 8192


class ContextBudget:
    """A model's context, counted in its own tokens; recent prompts are not tokenised twice."""

    def __init__(self, chat: Chat, limit: int) -> None:
        """Take the tokenizer, and how many tokens prompt and generation may have together."""
        self.limit = limit
        self._chat = chat
        self._encode = lru_cache(maxsize=_N_KEPT_PROMPTS)(self._compact_ids)

    @property
    def fingerprint(self) -> str:
        """The hash of the tokenizer and of its chat template's arguments."""
        return self._chat.fingerprint

    def encode(self, messages: Sequence[Message]) -> Ids:
        """Return the token ids of a rendered conversation."""
        return tuple(self._encode(tuple(messages)))

    def opened_thinking(self, messages: Sequence[Message]) -> str:
        """Return the mark of thinking that a rendered conversation ends with; empty without one."""
        return self._chat.opened_thinking(self._encode(tuple(messages)))

    def count(self, messages: Sequence[Message]) -> int:
        """Return the number of tokens of a rendered conversation."""
        return len(self._encode(tuple(messages)))

    def count_text(self, text: str) -> int:
        """Return the number of tokens of plain text, without special tokens."""
        return self._chat.count(text)

    def _compact_ids(self, messages: tuple[Message, ...]) -> array[int]:
        return array("I", self._chat.encode(messages))
