"""Which path a model can take: found out on a small random copy of it, not guessed from its name.

The copy has the model's own class and shape, a few layers and float32 weights. A path can be
taken when it gives the same token ids as `model.generate` with one prompt at a time.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import torch

from evalkit.providers.local.by_length import ByLengthPath, length_limit
from evalkit.providers.local.machine import memory_errors, one_thread
from evalkit.providers.local.plain import PlainPath, greedy
from evalkit.providers.local.repeated import RepeatedPath
from evalkit.providers.local.rows import Row, StoppingCriteria
from evalkit.providers.local.shared import SharedPath

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from evalkit.providers.local.kernels import Products
    from evalkit.providers.local.rows import Path

# Tokens computed at once: on a CPU few enough for the caches, on a GPU enough to keep it busy.
_CHUNK = {"cpu": 512}
_CHUNK_ELSEWHERE = 4096
# Small enough that the probe's prompts span several chunks, and several windows.
_SMALL = 8
_N_NEW = 8
_SIZES = {
    "vocab_size": 512,
    "intermediate_size": 64,
    "moe_intermediate_size": 64,
    "sliding_window": _SMALL,
    "attention_chunk_size": _SMALL,
}
# What a model raises when it cannot take a path.
_UNFIT = (AttributeError, LookupError, RuntimeError, TypeError, ValueError)


def choose_path(model: PreTrainedModel, products: Products) -> Path:
    """Return the fastest path that the model can take, its steps as wide as products allow.

    Raises:
        OutOfMemoryError: there is no memory to find out; with more, a faster one might do.
    """
    limit = length_limit(model.config)
    attention = model.config._attn_implementation  # noqa: SLF001 - the library has no public name
    with one_thread():
        path = _fastest(model, attention, products)
    if limit is None:
        return path
    alone = PlainPath(model=model, attention=attention, most=1)
    return ByLengthPath(limit=limit, short=path, long=alone)


def _fastest(model: PreTrainedModel, attention: str, products: Products) -> Path:
    """Return the first of the paths, fastest first, that a small copy of the model can take.

    One that cannot be copied is run one prompt at a time, as its library does.
    """
    chunk = _CHUNK.get(model.device.type, _CHUNK_ELSEWHERE)
    try:
        with memory_errors():
            small = _small_copy(model)
            expected = _one_by_one(small)
    except _UNFIT:
        return PlainPath(model=model, attention=attention, most=1)
    if _fits(SharedPath(model=small, chunk=_SMALL), expected):
        return SharedPath(
            model=model,
            chunk=chunk,
            guess_width=products.guess_width,
            full_width=products.full_width,
        )
    if _fits(RepeatedPath(model=small, attention=attention, chunk=_SMALL), expected):
        return RepeatedPath(model=model, attention=attention, chunk=chunk)
    padded = _fits(PlainPath(model=small, attention=attention), expected)
    return PlainPath(model=model, attention=attention, most=None if padded else 1)


def _small_copy(model: PreTrainedModel) -> PreTrainedModel:
    """Return a model of the same class: few layers, short windows, random float32 weights."""
    config = copy.deepcopy(model.config)
    text = config.get_text_config()
    n_layers = text.num_hidden_layers
    kinds = list(getattr(text, "layer_types", None) or [])
    n_few = max(2, *(kinds.index(kind) + 1 for kind in kinds)) if kinds else 2
    for name, value in vars(text).items():
        if isinstance(value, list) and len(value) == n_layers:
            setattr(text, name, value[:n_few])
    text.num_hidden_layers = min(n_few, n_layers)
    for name, value in _SIZES.items():
        if getattr(text, name, None):
            setattr(text, name, value)
    for name in ("pad_token_id", "bos_token_id", "eos_token_id"):
        setattr(text, name, None)
    # With one matrix for embedding and output, a model mostly repeats its last token anyway.
    config.tie_word_embeddings = text.tie_word_embeddings = False
    # Scores that spread over some units, so that a wrong scale or cap shows.
    text.initializer_range = 1.2 / text.hidden_size**0.5
    devices = [model.device] if model.device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices), torch.device(model.device):
        torch.manual_seed(0)
        small: Any = type(model)(config)
    copied: PreTrainedModel = small.float().eval()
    return copied


def _rows() -> list[Row]:
    """Return prompts of two articles, with own parts of different lengths."""
    generator = torch.Generator().manual_seed(0)
    draws = torch.randint(1, _SIZES["vocab_size"], (200,), generator=generator).tolist()
    articles = (draws[:33], draws[33:60])
    own = [draws[60 + 10 * at : 60 + 10 * at + length] for at, length in enumerate((1, 4, 4, 9))]
    prompts = [(*article, *mine) for article in articles for mine in own]
    stopping = StoppingCriteria(max_new_tokens=_N_NEW, eos_ids=frozenset(), decode=str)
    return [Row(prompt=prompt, stopping=stopping) for prompt in prompts]


def _one_by_one(model: PreTrainedModel) -> list[list[int]]:
    """Return what the library itself writes for each prompt."""
    generate: Any = model.generate
    expected = []
    for row in _rows():
        ids = torch.tensor([row.prompt], device=model.device)
        output = generate(
            input_ids=ids, attention_mask=torch.ones_like(ids), generation_config=greedy(_N_NEW)
        )
        expected.append(output[0, ids.shape[1] :].tolist())
    return expected


def _fits(path: Path, expected: list[list[int]]) -> bool:
    """Return whether a path writes the expected tokens."""
    rows = _rows()
    try:
        with memory_errors():
            for _ in path.run(rows, len(rows)):
                pass
    except _UNFIT:
        return False
    return [row.new for row in rows] == expected
