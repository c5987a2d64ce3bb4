"""Hashes that runs and caches keep: they may not change."""

from __future__ import annotations

from evalkit.records import Message
from evalkit.records.hashing import hash_messages, hash_text

HALF = "\ud83d"  # of a surrogate pair, as a model may write it or a file hold it


def test_a_text_has_the_hash_that_runs_hold() -> None:
    """SHA-256 of its UTF-8, also where half a pair stands in it."""
    known = "140d82a457f1823ad74a67ca0ba9f416ae8c653eceb1e1856ebead4ea6d76e5a"
    assert hash_text(f"句{HALF}") == known


def test_messages_have_the_hash_that_runs_hold() -> None:
    """By role and content, each told from the next."""
    asked = [
        Message(role="user", content=f'问：{HALF}"？'),
        Message(role="assistant", content="答"),
    ]
    known = "75a2a07aacedd4efb21e7340da19b85bdcfc6d31afeb488f43bcd17ed8b21f05"
    assert hash_messages(asked) == known
    assert hash_messages(asked[:1]) != hash_messages(asked)
