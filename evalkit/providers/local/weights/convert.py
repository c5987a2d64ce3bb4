"""A GGUF file as a model folder: config.json, tokenizer, model.safetensors in bfloat16.

Tensor by tensor and a slice of rows at a time, so the peak of memory is the file itself, mapped.
What is not understood is refused: a key that changes the arithmetic and is ignored
would give a model that runs and is wrong.

Source: the GGUF specification, <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn

import gguf
import numpy as np

from evalkit.errors import WeightsError
from evalkit.providers.local.weights import safetensors
from evalkit.providers.local.weights.byte_bpe import write_tokenizer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from evalkit.providers.local.weights.model_cache import Progress

_ARCHITECTURES: Final = {"qwen2": "Qwen2ForCausalLM", "qwen3": "Qwen3ForCausalLM"}
# GGUF's name of a setting, after the architecture's, and transformers'.
_SETTINGS: Final = {
    "block_count": "num_hidden_layers",
    "context_length": "max_position_embeddings",
    "embedding_length": "hidden_size",
    "feed_forward_length": "intermediate_size",
    "attention.head_count": "num_attention_heads",
    "attention.head_count_kv": "num_key_value_heads",
    "attention.key_length": "head_dim",
    "attention.layer_norm_rms_epsilon": "rms_norm_eps",
    "rope.freq_base": "rope_theta",
}
# Repeated by the tensors, or by the settings above.
_REDUNDANT: Final = {"attention.value_length", "rope.dimension_count", "vocab_size"}
_OPTIONAL: Final = {"attention.key_length"}
_OUTER: Final = {
    "token_embd": "model.embed_tokens",
    "output_norm": "model.norm",
    "output": "lm_head",
}
_INNER: Final = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_TOKENIZER: Final = tuple(
    f"tokenizer.ggml.{key}" for key in ("tokens", "token_type", "merges", "eos_token_id")
)
_EMBEDDINGS: Final = "token_embd.weight"
_CHUNK_ROWS: Final = 4096


@dataclass(frozen=True, kw_only=True, slots=True)
class _Source:
    """An opened GGUF file."""

    path: Path
    reader: gguf.GGUFReader

    def get(self, key: str) -> Any:  # noqa: ANN401 - a GGUF value has the type the file gives it
        """Return a value of the file's metadata, None where it has none."""
        field = self.reader.fields.get(key)
        return None if field is None else field.contents()

    def refuse(self, what: str) -> NoReturn:
        """Say why this file cannot be converted, and what to do instead."""
        remedy = "give the model as a folder or a hub id of safetensors instead"
        message = f"{self.path}: {what}; {remedy}"
        raise WeightsError(message)


def convert(path: Path, folder: Path, progress: Progress) -> None:
    """Write the model of a GGUF file into an empty folder, in the layout of the hub.

    Args:
        path: the GGUF file, of a Qwen2 or Qwen3 model.
        folder: filled with config, generation config, tokenizer, chat template and weights.
        progress: called with how many of how many tensors are done.

    Raises:
        WeightsError: the file is not GGUF, or of a kind that is not understood here.
        OSError: the folder cannot be written.
    """
    try:
        source = _Source(path=path, reader=gguf.GGUFReader(path))
        _write(source, folder, progress)
    except (OSError, WeightsError):
        raise
    except Exception as error:  # whatever damaged bytes make the reader run into
        message = f"{path}: this is not a complete GGUF file ({error}); fetch it again"
        raise WeightsError(message) from error


def _write(source: _Source, folder: Path, progress: Progress) -> None:
    config = _read_config(source)
    eos = write_tokenizer(source.get, folder)
    config["eos_token_id"] = eos[0]
    generation = {"do_sample": False, "eos_token_id": eos, "pad_token_id": eos[-1]}
    for name, content in (("config", config), ("generation_config", generation)):
        (folder / f"{name}.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    _write_tensors(source, folder / "model.safetensors", progress)


def _read_config(source: _Source) -> dict[str, Any]:
    architecture = source.get("general.architecture")
    if architecture not in _ARCHITECTURES:
        known = ", ".join(_ARCHITECTURES)
        source.refuse(f"its architecture `{architecture}` is not one of {known}")
    prefix = f"{architecture}."
    kind = f"{source.get('tokenizer.ggml.model')}/{source.get('tokenizer.ggml.pre')}"
    if kind != "gpt2/qwen2":
        source.refuse(f"its tokenizer `{kind}` is not gpt2/qwen2")
    given = {key.removeprefix(prefix) for key in source.reader.fields if key.startswith(prefix)}
    if unknown := given - _SETTINGS.keys() - _REDUNDANT:
        source.refuse(f"its settings {', '.join(sorted(unknown))} are not understood")
    tensors = {tensor.name: tensor for tensor in source.reader.tensors}
    missing = {prefix + key for key in _SETTINGS.keys() - _OPTIONAL - given}
    missing |= {key for key in _TOKENIZER if source.get(key) is None}
    missing |= {_EMBEDDINGS} - tensors.keys()
    if missing:
        source.refuse(f"it lacks {', '.join(sorted(missing))}")
    settings = {
        name: _shortest(source.get(prefix + key)) for key, name in _SETTINGS.items() if key in given
    }
    # What llama.cpp takes it to be where the file does not say; transformers' default is another.
    head_dim = settings["hidden_size"] // settings["num_attention_heads"]
    return (
        {"head_dim": head_dim}
        | settings
        | {
            "architectures": [_ARCHITECTURES[architecture]],
            "model_type": architecture,
            "dtype": "bfloat16",
            "hidden_act": "silu",
            "tie_word_embeddings": "output.weight" not in tensors,
            "use_sliding_window": False,
            "vocab_size": int(tensors[_EMBEDDINGS].shape[-1]),
        }
    )


def _shortest(value: float) -> float:
    """Return the shortest number that rounds to the 32 bits given: 1e-06, not 9.99999997e-07."""
    return float(str(np.float32(value))) if isinstance(value, float) else value


def _write_tensors(source: _Source, to: Path, progress: Progress) -> None:
    tensors = [_read_tensor(source, tensor) for tensor in source.reader.tensors]
    label = f"converting {source.path.name}"
    try:
        safetensors.write(
            to, tensors, on_tensor=lambda n_done: progress(label, n_done, len(tensors))
        )
    except NotImplementedError as error:
        source.refuse(f"its quantisation is not understood ({error})")


def _read_tensor(source: _Source, tensor: gguf.ReaderTensor) -> safetensors.Tensor:
    stem, _, suffix = tensor.name.rpartition(".")
    inner = re.fullmatch(r"blk\.(\d+)\.(\w+)", stem)
    part = _INNER.get(inner[2]) if inner else _OUTER.get(stem)
    if part is None or suffix not in {"weight", "bias"}:
        source.refuse(f"its tensor {tensor.name} is not understood")
    layer = f"model.layers.{inner[1]}." if inner else ""
    return safetensors.Tensor(
        name=f"{layer}{part}.{suffix}",
        dtype="BF16",
        shape=tuple(int(size) for size in reversed(tensor.shape)),
        chunks=lambda: _dequantize(tensor),
    )


def _dequantize(tensor: gguf.ReaderTensor) -> Iterator[bytes]:
    for start in range(0, len(tensor.data), _CHUNK_ROWS):
        rows = gguf.dequantize(tensor.data[start : start + _CHUNK_ROWS], tensor.tensor_type)
        yield gguf.quantize(rows, gguf.GGMLQuantizationType.BF16).tobytes()
