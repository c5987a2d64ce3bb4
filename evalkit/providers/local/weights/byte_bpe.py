"""The byte-level BPE tokenizer of the Qwen family, as a GGUF file holds it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers
from tokenizers.processors import ByteLevel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_NORMAL: Final = 1
_CONTROL: Final = 3
_USER_DEFINED: Final = 4
# A GGUF file names this expression, `qwen2`, and does not hold it.
# Source: tokenizer.json of Qwen/Qwen2.5-0.5B-Instruct.
_WORDS: Final = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_ENDS: Final = ("<|im_end|>", "<|endoftext|>")


def write_tokenizer(get: Callable[[str], Any], folder: Path) -> list[int]:
    """Write the tokenizer and chat template into a model folder.

    Args:
        get: returns a value of the GGUF file's metadata, whose tokenizer is `gpt2/qwen2`; None
            where it has none.
        folder: where tokenizer.json, tokenizer_config.json and chat_template.jinja go.

    Returns:
        The ids of the tokens that end a turn: the one the file names first, `<|endoftext|>` last.

    Raises:
        OSError: the folder cannot be written.
    """
    tokens: list[str] = get("tokenizer.ggml.tokens")
    tokenizer = _rebuild(tokens, get("tokenizer.ggml.token_type"), get("tokenizer.ggml.merges"))
    (folder / "tokenizer.json").write_text(tokenizer.to_str(), encoding="utf-8")
    named = tokens[get("tokenizer.ggml.eos_token_id")]
    ends = [named, *(end for end in _ENDS if end != named and end in tokens)]
    config = {
        "tokenizer_class": "Qwen2Tokenizer",
        "add_prefix_space": False,
        "bos_token": None,
        "clean_up_tokenization_spaces": False,
        "eos_token": named,
        "model_max_length": get(f"{get('general.architecture')}.context_length"),
        "pad_token": ends[-1],
        "unk_token": None,
    }
    text = json.dumps(config, ensure_ascii=False, indent=2) + "\n"
    (folder / "tokenizer_config.json").write_text(text, encoding="utf-8")
    if template := get("tokenizer.chat_template"):
        (folder / "chat_template.jinja").write_text(template, encoding="utf-8")
    return [tokens.index(end) for end in ends]


def build(vocabulary: dict[str, int], merges: list[tuple[str, str]]) -> Tokenizer:
    """Return a byte-level BPE that cuts text into words as Qwen2's does.

    Args:
        vocabulary: the id of each token, spelled in the alphabet of byte-level BPE.
        merges: pairs of tokens to join, the first ones first.
    """
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.normalizer = normalizers.NFC()
    words = pre_tokenizers.Split(Regex(_WORDS), behavior="isolated")
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([words, byte_level])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = ByteLevel(trim_offsets=False)
    return tokenizer


def _rebuild(tokens: list[str], kinds: list[int], merges: list[str]) -> Tokenizer:
    typed = list(zip(tokens, kinds, strict=True))
    # Unused tokens only pad the vocabulary to a round size; the model's own files leave them out.
    vocabulary = {token: index for index, (token, kind) in enumerate(typed) if kind == _NORMAL}
    pairs = [(left, right) for left, _, right in (merge.partition(" ") for merge in merges)]
    tokenizer = build(vocabulary, pairs)
    tokenizer.add_tokens(
        [
            AddedToken(token, special=kind == _CONTROL, normalized=False)
            for token, kind in typed
            if kind in {_CONTROL, _USER_DEFINED}
        ]
    )
    return tokenizer
