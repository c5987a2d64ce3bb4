"""Times two ways to attend to an article that was read before, and the error of each.

Usage: python benchmarks/attention.py

    fused   the CPU's flash attention kernel, as evalkit runs it
    blocks  two matrix products around a softmax in float32, for some queries at a time: quicker in
            bfloat16, but its scores are rounded to bfloat16 on the way

The shapes are those of Qwen2.5-0.5B: 14 heads, 2 key heads, 64 numbers each.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

import torch

from evalkit.providers.local.attention import Scoring, attend
from evalkit.providers.local.attention_kernels import Kernels, kernels_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

HEADS, KEY_HEADS, DIM = 14, 2, 64
# (queries, keys): reading a piece of an article, and answering 48 questions about it.
SHAPES = ((512, 2048), (512, 6000), (48, 2048), (48, 6000))
BLOCK = 128
REPEATS = 7


def fused(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Return attention as evalkit runs it."""
    scoring = Scoring(kernels=Kernels(kernels_of(query.device)[0]))
    return attend(query, (key, value), scoring).out


def blocks(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Return attention of `BLOCK` queries at a time."""
    packed = query.reshape(1, KEY_HEADS, -1, DIM) * DIM**-0.5
    turned = key.mT.contiguous()
    out = torch.empty_like(packed)
    for first in range(0, packed.shape[2], BLOCK):
        now = slice(first, first + BLOCK)
        scores = (packed[:, :, now] @ turned).float()
        weights = scores.sub_(scores.amax(-1, keepdim=True)).exp_()
        total = weights.sum(-1, keepdim=True)
        out[:, :, now] = (weights.to(value.dtype) @ value).div_(total)
    return out.view(query.shape)


def shortest_ms(work: Callable[[], object]) -> float:
    """Return the shortest time of some calls, in milliseconds."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return 1000 * min(times)


def main() -> None:
    """Print a table: time, and the root mean square of the error against float64."""
    print("| dtype | queries | keys | way | ms | error |\n|---|---|---|---|---|---|")
    torch.manual_seed(0)
    for dtype in (torch.bfloat16, torch.float32):
        for n_queries, n_keys in SHAPES:
            query = 2 * torch.randn(1, HEADS, n_queries, DIM)
            key, value = (2 * torch.randn(1, KEY_HEADS, n_keys, DIM) for _ in "kv")
            tensors = [states.to(dtype) for states in (query, key, value)]
            exact = fused(*(states.double() for states in tensors))
            for way in (fused, blocks):
                error = (way(*tensors) - exact).square().mean().sqrt().item()
                ms = shortest_ms(partial(way, *tensors))
                kind = str(dtype).removeprefix("torch.")
                print(
                    f"| {kind} | {n_queries} | {n_keys} | {way.__name__} | {ms:.1f} | {error:.5f} |"
                )


if __name__ == "__main__":
    with torch.inference_mode():
        main()
