"""The hashes by which texts and messages are told apart, and which a run keeps."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.records.asking import Message


def hash_text(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, in which half a surrogate pair counts as itself."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def hash_messages(messages: Sequence[Message]) -> str:
    """Return the SHA-256 of messages, whatever they are kept as."""
    return hash_text(json.dumps([asdict(message) for message in messages], ensure_ascii=False))
