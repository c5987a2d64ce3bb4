"""Loads a tokenizer as transformers does, and without its cost from the second time on.

transformers' auto class imports torch and takes a tokenizer apart to build its own class of it:
several seconds. What comes out is a Rust tokenizer and a few settings, so these are kept in the
user's cache, and the next call puts them together again without torch.
"""

from __future__ import annotations

import contextlib
import json
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final, cast

from evalkit.config.environment import cache_folder
from evalkit.errors import EvalkitError
from evalkit.providers.local.weights.model_cache import build_once, is_complete, require_sound
from evalkit.records.hashing import hash_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from transformers import PreTrainedTokenizerBase

# Raised whenever something else is kept of the same tokenizer.
_VERSION: Final = 1
_BACKEND: Final = "tokenizer.json"
_SETTINGS: Final = "settings.json"
# A class that changes one of these does more than what is kept.
_METHODS: Final = (
    "__call__",
    "_decode",
    "_encode_plus",
    "apply_chat_template",
    "convert_ids_to_tokens",
    "decode",
    "encode",
)


def load_tokenizer(
    folder: Path, digest: str, *, trust_remote_code: bool
) -> PreTrainedTokenizerBase:
    """Return the tokenizer of a model folder, which runs no code of the folder's unless trusted.

    Args:
        folder: in the layout of the hub.
        digest: the hash of all files on which the tokenizer depends.
        trust_remote_code: whether the folder's own Python code may run; then nothing is kept.

    Raises:
        Exception: whatever transformers raises for files that it cannot use.
    """
    if trust_remote_code:
        return _from_files(folder, trust_remote_code=True)
    kept = cache_folder() / "tokenizers" / _name(digest)
    if is_complete(kept):
        with contextlib.suppress(EvalkitError):  # damaged: it is kept anew
            require_sound(kept)
            return _restore(kept)
    tokenizer = _from_files(folder)
    if _is_plain(tokenizer):
        with contextlib.suppress(OSError, EvalkitError):  # not kept: slower next time, no more
            build_once(kept, lambda draft: _keep(tokenizer, draft), lambda *_: None)
    return tokenizer


def token_ids(
    tokenizer: PreTrainedTokenizerBase, texts: Sequence[str], *, add_special_tokens: bool = False
) -> list[list[int]]:
    """Return what a tokenizer's calls would, text by text.

    Where only Rust runs, it works out no offsets, half of the work, and takes all cores.
    """
    if not _is_plain(tokenizer):
        made = (tokenizer(t, add_special_tokens=add_special_tokens, verbose=False) for t in texts)
        return [cast("list[int]", one["input_ids"]) for one in made]
    library: Any = tokenizer
    backend = library.backend_tokenizer
    backend.no_truncation()
    backend.no_padding()
    backend.encode_special_tokens = library.split_special_tokens
    encoded = backend.encode_batch_fast(list(texts), add_special_tokens=add_special_tokens)
    return [cast("list[int]", one.ids) for one in encoded]


def _from_files(folder: Path, *, trust_remote_code: bool = False) -> PreTrainedTokenizerBase:
    from transformers import AutoTokenizer  # noqa: PLC0415 - seconds to import, not always needed

    library: Any = AutoTokenizer
    tokenizer: PreTrainedTokenizerBase = library.from_pretrained(
        folder, local_files_only=True, trust_remote_code=trust_remote_code
    )
    return tokenizer


def _name(digest: str) -> str:
    parts = [_VERSION, digest, *map(version, ("transformers", "tokenizers"))]
    return hash_text(json.dumps(parts))[:32]


def _restore(kept: Path) -> PreTrainedTokenizerBase:
    library: Any = _rust_class()
    settings = json.loads((kept / _SETTINGS).read_text(encoding="utf-8"))
    tokenizer: PreTrainedTokenizerBase = library(tokenizer_file=str(kept / _BACKEND), **settings)
    return tokenizer


def _keep(tokenizer: PreTrainedTokenizerBase, draft: Path) -> Mapping[str, str]:
    """Write what a tokenizer is made of into an empty folder.

    Raises:
        EvalkitError: put together again, it would be another one.
    """
    library: Any = tokenizer
    (draft / _BACKEND).write_text(library.backend_tokenizer.to_str(), encoding="utf-8")
    settings = {
        **library.special_tokens_map,
        "chat_template": library.chat_template,
        "clean_up_tokenization_spaces": False,
    }
    (draft / _SETTINGS).write_text(json.dumps(settings, ensure_ascii=False), encoding="utf-8")
    if _facts(_restore(draft)) != _facts(tokenizer):
        message = "it is more than its Rust tokenizer and its special tokens"
        raise EvalkitError(message)
    return {"tokenizer": type(tokenizer).__name__}


def _is_plain(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Return whether the library's own methods and a Rust tokenizer are all that it runs."""
    library, kind = _rust_class(), type(tokenizer)
    return issubclass(kind, library) and all(
        getattr(kind, name) is getattr(library, name) for name in _METHODS
    )


def _rust_class() -> type[PreTrainedTokenizerBase]:
    """Return transformers' class around a Rust tokenizer; its module does not import torch."""
    from transformers import tokenization_utils_tokenizers  # noqa: PLC0415 - not always needed

    return tokenization_utils_tokenizers.TokenizersBackend


def _facts(tokenizer: Any) -> tuple[object, ...]:  # noqa: ANN401 - attributes without annotations
    return (
        tokenizer.backend_tokenizer.to_str(),
        tokenizer.special_tokens_map,
        tokenizer.chat_template,
        tokenizer.split_special_tokens,
        tokenizer.eos_token_id,
    )
