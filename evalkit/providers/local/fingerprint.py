"""The hash of all of a model that changes its output; light to import."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from evalkit.providers.local.digests import folder_digest
from evalkit.providers.local.precision import dtype_name
from evalkit.records import Message
from evalkit.records.hashing import hash_text

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.config.schema import LanguageModel
    from evalkit.providers.local.chat import Chat


def fingerprint(folder: Path, adapter: Path | None, entry: LanguageModel, chat: Chat) -> str:
    """Return the hash of all of a model that changes its output, without loading its weights.

    These are the weights, the adapter, the tokenizer, the chat template, end tokens, dtype and the
    model's own Python code, and how the text shows thinking; what is set for a request is in the
    request's key.

    Raises:
        ModelLoadError: the device, on which the dtype may depend, is not there.
    """
    facts: dict[str, object] = {
        "weights": folder_digest(folder),
        "adapter": None if adapter is None else folder_digest(adapter),
        "chat": chat.fingerprint,
        "eos": sorted(chat.eos_ids),
        "dtype": f"torch.{dtype_name(entry.dtype, entry.device)}",
        "runs_own_code": entry.trust_remote_code,
    }
    opened = chat.opened_thinking(chat.encode([Message(role="user", content="")]))
    if chat.mark_ids or opened:
        facts["thinking"] = [sorted(chat.mark_ids), opened]
    return hash_text(json.dumps(facts, sort_keys=True))
