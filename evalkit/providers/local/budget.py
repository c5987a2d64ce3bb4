"""A model's context, counted in its own tokens."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from evalkit.records.hashing import hash_messages

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
        self._kept: dict[str, array[int]] = {}
        self._numbers: dict[int, int] = {}

    @property
    def fingerprint(self) -> str:
        """The hash of the tokenizer and of its chat template's arguments."""
        return self._chat.fingerprint

    def encode(self, messages: Sequence[Message]) -> Ids:
        """Return the token ids of a rendered conversation."""
        ids = self._ids([messages])[0]
        # Each number is one object: else a token takes 36 bytes, and not 8.
        return tuple(map(self._numbers.setdefault, ids, ids))

    def opened_thinking(self, messages: Sequence[Message]) -> str:
        """Return the mark of thinking that a rendered conversation ends with; empty without one."""
        return self._chat.opened_thinking(self._ids([messages])[0])

    def counts(self, conversations: Iterable[Sequence[Message]]) -> list[int]:
        """Return the number of tokens of each rendered conversation, tokenised together."""
        return [len(ids) for ids in self._ids(conversations)]

    def count_text(self, text: str) -> int:
        """Return the number of tokens of plain text, without special tokens."""
        return self._chat.count(text)

    def _ids(self, conversations: Iterable[Sequence[Message]]) -> list[array[int]]:
        asked = [tuple(messages) for messages in conversations]
        wanted = list(map(hash_messages, asked))
        new = {d: m for d, m in zip(wanted, asked, strict=True) if d not in self._kept}
        ids = self._chat.encode_all(new.values())
        self._kept |= {d: array("I", of_one) for d, of_one in zip(new, ids, strict=True)}
        found = [self._kept[digest] for digest in wanted]
        while len(self._kept) > _N_KEPT_PROMPTS:
            del self._kept[next(iter(self._kept))]
        return found
