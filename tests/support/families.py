"""Tiny random models of many families, and what their library itself writes for a prompt."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import torch
from transformers import AutoConfig, AutoModelForCausalLM

from evalkit.providers.local.attention_kernels import Kernels, kernels_of
from evalkit.providers.local.plain import PlainPath, greedy
from evalkit.providers.local.repeated import RepeatedPath
from evalkit.providers.local.rows import Row, StoppingCriteria
from evalkit.providers.local.shared import SharedPath

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from transformers import PreTrainedModel

    from evalkit.providers.local.rows import Path
    from evalkit.providers.local.sampling import Sampler

EOS = 3
N_NEW = 8
SMALL: dict[str, Any] = {
    "vocab_size": 200,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "initializer_range": 0.3,
    "max_position_embeddings": 4096,
    "pad_token_id": None,
    "bos_token_id": None,
    "eos_token_id": None,
    "tie_word_embeddings": False,
}
_LATENT = {
    "num_key_value_heads": 4,
    "kv_lora_rank": 16,
    "q_lora_rank": 16,
    "qk_nope_head_dim": 8,
    "qk_rope_head_dim": 8,
    "v_head_dim": 12,
}
_LLAMA3_ROPE = {
    "rope_type": "llama3",
    "rope_theta": 1e4,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 64,
}
_ONE_SLIDES = ["sliding_attention", "full_attention"]
_LINEAR = {
    "num_hidden_layers": 4,
    "linear_num_key_heads": 2,
    "linear_num_value_heads": 4,
    "linear_key_head_dim": 8,
    "linear_value_head_dim": 8,
}
FAMILIES: dict[str, tuple[str, dict[str, Any]]] = {
    "qwen2": ("qwen2", {}),
    "qwen3": ("qwen3", {}),
    "llama": ("llama", {}),
    "llama-bias-rope3": ("llama", {"attention_bias": True, "rope_parameters": _LLAMA3_ROPE}),
    "glm": ("glm", {}),
    "glm4": ("glm4", {}),
    "internlm3": ("internlm3", {}),
    "minicpm3": ("minicpm3", _LATENT),
    "gemma2": (
        "gemma2",
        {"sliding_window": 20, "layer_types": _ONE_SLIDES, "attn_logit_softcapping": 2.0},
    ),
    "gemma3": ("gemma3_text", {"sliding_window": 20, "layer_types": _ONE_SLIDES}),
}
# Their layers remember more than keys and values, or weigh a sink beside them.
OTHERS: dict[str, tuple[str, dict[str, Any]]] = {
    "qwen3_5": ("qwen3_5_text", _LINEAR),
    "gpt_oss": (
        "gpt_oss",
        {"sliding_window": 16, "num_local_experts": 4, "num_experts_per_tok": 2},
    ),
}


def make(family: str) -> PreTrainedModel:
    """Return a tiny float32 model of a family, with the same weights at every call."""
    kind, changes = (FAMILIES | OTHERS)[family]
    return build(kind, **(SMALL | changes))


def build(kind: str, **settings: Any) -> PreTrainedModel:  # noqa: ANN401 - any key of a config
    """Return a float32 model with weights of a fixed seed."""
    library: Any = AutoModelForCausalLM
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = library.from_config(AutoConfig.for_model(kind, **settings))
    model.generation_config = greedy(N_NEW)
    loaded: PreTrainedModel = model.eval()
    return loaded


def prompts() -> list[tuple[int, ...]]:
    """Return prompts of three articles of different lengths, with own parts of 1 to 11 tokens."""
    generator = torch.Generator().manual_seed(1)

    def draw(n: int) -> tuple[int, ...]:
        ids: list[int] = torch.randint(4, 200, (n,), generator=generator).tolist()
        return tuple(ids)

    system = draw(20)
    return [
        (*system, *article, *draw(n))
        for article in (draw(70), draw(150), draw(41))
        for n in (1, 11, 4, 4, 7, 2)
    ]


def row(
    prompt: tuple[int, ...], *eos: int, n_new: int = N_NEW, sampler: Sampler | None = None
) -> Row:
    """Return the row of a prompt that ends at these tokens."""
    stopping = StoppingCriteria(max_new_tokens=n_new, eos_ids=frozenset(eos), decode=str)
    return Row(prompt=prompt, stopping=stopping, sampler=sampler)


def fastest() -> Kernels:
    """Return the CPU's fastest kernels."""
    return Kernels(kernels_of(torch.device("cpu"))[0])


PATHS: dict[str, Callable[[PreTrainedModel], Path]] = {
    "shared": lambda model: SharedPath(model=model, chunk=64, kernels=fastest()),
    "repeated": lambda model: RepeatedPath(model=model, attention="sdpa", chunk=64),
    "plain": lambda model: PlainPath(model=model, attention="sdpa"),
}


@cache
def model_of(family: str) -> PreTrainedModel:
    """Return the one model of a family that paths are tried on, whatever they do to it."""
    return make(family)


@cache
def expected_of(family: str) -> tuple[tuple[int, ...], ...]:
    """Return what the library writes with a family's model."""
    return generated(make(family))


def generated(model: PreTrainedModel) -> tuple[tuple[int, ...], ...]:
    """Return what `model.generate` writes for each prompt alone, without the end token."""
    library: Any = model
    written = []
    for prompt in prompts():
        ids = torch.tensor([prompt])
        output = library.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            generation_config=greedy(N_NEW, frozenset({EOS})),
        )
        new = output[0, len(prompt) :].tolist()
        written.append(tuple(new[: new.index(EOS)] if EOS in new else new))
    return tuple(written)


def written_by(
    path: Path, n_rows: int, asked: Sequence[tuple[int, ...]] | None = None
) -> tuple[tuple[int, ...], ...]:
    """Return what a path writes for each prompt, `n_rows` decoded together."""
    rows = [row(prompt, EOS) for prompt in (prompts() if asked is None else asked)]
    done = list(path.run(rows, n_rows))
    assert sorted(map(id, done)) == sorted(map(id, rows)), "each row comes back once"
    return tuple(tuple(row.new) for row in rows)
