"""A model for smoke tests, made on the spot: everything is real but its weights."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from tokenizers import AddedToken
from tokenizers.pre_tokenizers import ByteLevel

from evalkit.providers.local.weights import safetensors
from evalkit.providers.local.weights.byte_bpe import build

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tokenizers import Tokenizer

# Raised whenever the same seed and texts would give another model.
VERSION: Final = 1

_SIZES: Final = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "max_position_embeddings": 32768,
    "num_attention_heads": 4,
    "num_hidden_layers": 2,
    "num_key_value_heads": 2,
}
_PAD, _START, _END = _SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
_TEMPLATE: Final = (
    "{% for message in messages %}"
    f"{{{{ '{_START}' + message['role'] + '\\n' + message['content'] + '{_END}\\n' }}}}"
    "{% endfor %}"
    f"{{% if add_generation_prompt %}}{{{{ '{_START}assistant\\n' }}}}{{% endif %}}"
)


def make_tiny(seed: int, texts: Sequence[str], folder: Path) -> None:
    """Fill an empty folder with a two-layer Qwen2 of random float32 weights.

    Its tokenizer has one token for each character of the texts, and spells any other in bytes.
    The same seed and texts give the same bytes, everywhere.

    Args:
        seed: of the weights.
        texts: what the model is going to read; their order does not matter.
        folder: filled in the layout of the hub.

    Raises:
        OSError: the folder cannot be written.
    """
    tokenizer = _build_tokenizer(texts)
    (folder / "tokenizer.json").write_text(tokenizer.to_str(), encoding="utf-8")
    pad, end = tokenizer.token_to_id(_PAD), tokenizer.token_to_id(_END)
    config = _SIZES | {
        "architectures": ["Qwen2ForCausalLM"],
        "dtype": "float32",
        "eos_token_id": end,
        "hidden_act": "silu",
        "model_type": "qwen2",
        "pad_token_id": pad,
        "rms_norm_eps": 1e-6,
        "rope_theta": 10_000.0,
        "tie_word_embeddings": False,
        "use_sliding_window": False,
        "vocab_size": tokenizer.get_vocab_size(),
    }
    _write_json(folder / "config.json", config)
    generation = {"do_sample": False, "eos_token_id": [end, pad], "pad_token_id": pad}
    _write_json(folder / "generation_config.json", generation)
    _write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "Qwen2Tokenizer",
            "clean_up_tokenization_spaces": False,
            "eos_token": _END,
            "model_max_length": _SIZES["max_position_embeddings"],
            "pad_token": _PAD,
        },
    )
    (folder / "chat_template.jinja").write_text(_TEMPLATE, encoding="utf-8")
    tensors = _draw_tensors(seed, tokenizer.get_vocab_size())
    safetensors.write(folder / "model.safetensors", tensors, on_tensor=lambda _: None)


def _build_tokenizer(texts: Sequence[str]) -> Tokenizer:
    # transformers loads the tokenizer of any Qwen2 as Qwen2's own class, byte-level BPE, whatever
    # its files say. So it is one, whose merges join the bytes of each character and nothing else.
    alphabet = sorted(ByteLevel.alphabet())
    spell = ByteLevel(add_prefix_space=False, use_regex=False).pre_tokenize_str
    # Half a surrogate pair is not a character, and cannot be written as UTF-8.
    seen = {char for text in texts for char in text if not "\ud800" <= char <= "\udfff"}
    merges: dict[tuple[str, str], None] = {}
    for char in sorted(seen):
        ((spelled, _),) = spell(char)
        merges |= {(spelled[:end], spelled[end]): None for end in range(1, len(spelled))}
    tokens = [*alphabet, *(left + right for left, right in merges)]
    tokenizer = build({token: index for index, token in enumerate(tokens)}, list(merges))
    tokenizer.add_special_tokens([AddedToken(token, normalized=False) for token in _SPECIAL])
    return tokenizer


def _draw_tensors(seed: int, n_vocabulary: int) -> list[safetensors.Tensor]:
    # Uniform numbers are the same bits on every machine; normal ones go through its math library.
    generator = np.random.Generator(np.random.PCG64(seed))

    def draw(name: str, *shape: int) -> safetensors.Tensor:
        scale = 1.0 if "embed" in name else math.sqrt(3 / shape[-1])
        values = (generator.random(shape, dtype=np.float32) * 2 - 1) * np.float32(scale)
        return _tensor(name, values)

    def ones(name: str, size: int) -> safetensors.Tensor:
        return _tensor(name, np.ones(size, dtype=np.float32))

    hidden, inner = _SIZES["hidden_size"], _SIZES["intermediate_size"]
    keys = hidden // _SIZES["num_attention_heads"] * _SIZES["num_key_value_heads"]
    tensors = [draw("model.embed_tokens.weight", n_vocabulary, hidden)]
    for layer in range(_SIZES["num_hidden_layers"]):
        name = f"model.layers.{layer}"
        tensors += [
            ones(f"{name}.input_layernorm.weight", hidden),
            draw(f"{name}.self_attn.q_proj.weight", hidden, hidden),
            draw(f"{name}.self_attn.q_proj.bias", hidden),
            draw(f"{name}.self_attn.k_proj.weight", keys, hidden),
            draw(f"{name}.self_attn.k_proj.bias", keys),
            draw(f"{name}.self_attn.v_proj.weight", keys, hidden),
            draw(f"{name}.self_attn.v_proj.bias", keys),
            draw(f"{name}.self_attn.o_proj.weight", hidden, hidden),
            ones(f"{name}.post_attention_layernorm.weight", hidden),
            draw(f"{name}.mlp.gate_proj.weight", inner, hidden),
            draw(f"{name}.mlp.up_proj.weight", inner, hidden),
            draw(f"{name}.mlp.down_proj.weight", hidden, inner),
        ]
    return [
        *tensors,
        ones("model.norm.weight", hidden),
        draw("lm_head.weight", n_vocabulary, hidden),
    ]


def _tensor(name: str, values: np.ndarray[Any, np.dtype[np.float32]]) -> safetensors.Tensor:
    return safetensors.Tensor(
        name=name,
        dtype="F32",
        shape=values.shape,
        chunks=lambda: [values.astype("<f4").tobytes()],
    )


def _write_json(path: Path, content: Mapping[str, object]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
