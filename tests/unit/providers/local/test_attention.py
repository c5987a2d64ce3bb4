"""Attention in parts equals attention over everything, whatever kernel computes it."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import pytest
import torch

from evalkit.providers.local import attention_kernels
from evalkit.providers.local.attention import Scoring, attend
from evalkit.providers.local.attention_kernels import (
    EFFICIENT,
    EXPLICIT,
    FLASH,
    FLASH_ON_CPU,
    AttentionCall,
    Kernel,
    Kernels,
    additive_mask,
    kernels_of,
)
from tests.support import cuda_kernels

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADS, KEY_HEADS, DIM = 6, 2, 8
KERNELS = {
    "CPU": Kernels((FLASH_ON_CPU, EXPLICIT)),
    "CUDA": Kernels((FLASH, EFFICIENT, EXPLICIT)),
    "explicit": Kernels((EXPLICIT,)),
}


@pytest.fixture(params=KERNELS)
def kernels(request: pytest.FixtureRequest) -> Iterator[Kernels]:
    """Return the kernels of each kind of device, those of CUDA as they are documented."""
    with cuda_kernels.registered() if request.param == "CUDA" else nullcontext():
        yield KERNELS[request.param]


def draw(n: int, heads: int = KEY_HEADS, dim: int = DIM) -> torch.Tensor:
    """Return random states [1, heads, n, dim], larger than usual so that some keys dominate."""
    return torch.randn(1, heads, n, dim, generator=torch.Generator().manual_seed(n)) * 2


def whole(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, seen: torch.Tensor, cap: float
) -> torch.Tensor:
    """Return plain attention, in float64 from the definition."""
    groups = query.shape[1] // key.shape[1]
    key, value = (states.double().repeat_interleave(groups, 1) for states in (key, value))
    scores = query.double() @ key.mT / DIM**0.5
    if cap:
        scores = torch.tanh(scores / cap) * cap
    weights: torch.Tensor = scores.masked_fill(~seen, -torch.inf).softmax(-1)
    return weights @ value


@pytest.mark.parametrize("cap", [0.0, 3.0])
@pytest.mark.parametrize("n_queries", [1, 5])
def test_parts_merge_to_the_whole(n_queries: int, cap: float, kernels: Kernels) -> None:
    """Two runs of keys, the second causal, merged: the same as one attention over both."""
    before, own = (draw(11), draw(12)), (draw(n_queries), draw(n_queries + 30)[:, :, :n_queries])
    query = draw(n_queries, HEADS)
    scoring = Scoring(kernels=kernels, softcap=cap or None)
    part = attend(query, own, scoring, causal=True).merge(
        attend(query, (before[0], before[1][:, :, :11]), scoring)
    )
    key = torch.cat([before[0], own[0]], 2)
    value = torch.cat([before[1][:, :, :11], own[1]], 2)
    seen = torch.ones(n_queries, 11 + n_queries, dtype=torch.bool).tril(11)
    torch.testing.assert_close(
        part.out.double(), whole(query, key, value, seen, cap), atol=1e-5, rtol=0
    )


@pytest.mark.parametrize("n_batch", [1, 3])
@pytest.mark.parametrize("scale", [None, 0.7])
def test_all_kernels_agree(
    kernels: Kernels, n_batch: int, scale: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a mask that no kernel can read as it lies, and explicit attention a few at a time."""
    monkeypatch.setattr(attention_kernels, "_MAX_SCORES", 40)
    query, key, value = (
        draw(n, heads).expand(n_batch, -1, -1, -1).contiguous()
        for n, heads in ((7, HEADS), (9, KEY_HEADS), (9, KEY_HEADS))
    )
    hidden = torch.rand(n_batch, 1, 7, 9, generator=torch.Generator().manual_seed(0)) > 0.6
    for mask in (additive_mask(hidden, torch.float32), -1e30 * hidden):
        scoring = Scoring(kernels=kernels, scale=scale)
        one = attend(query, (key, value), scoring, mask=mask)
        call = AttentionCall(query=query, key=key, value=value, scale=scale, mask=mask)
        other = EXPLICIT.run(call)
        torch.testing.assert_close(one.out, other.out)
        torch.testing.assert_close(one.lse, other.lse)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_a_query_that_sees_nothing_weighs_nothing(kernels: Kernels, dtype: torch.dtype) -> None:
    """A part in which a query sees no key leaves the other part as it was: no NaN."""
    query, keys = draw(2, HEADS).to(dtype), (draw(5).to(dtype), draw(6)[:, :, :5].to(dtype))
    scoring = Scoring(kernels=kernels)
    seen = attend(query, keys, scoring)
    hidden = additive_mask(torch.ones(1, 1, 2, 5, dtype=torch.bool), dtype)
    blind = attend(query, keys, scoring, mask=hidden)
    torch.testing.assert_close(seen.merge(blind).out, seen.out.float())
    torch.testing.assert_close(blind.merge(seen).out, seen.out.float())


def test_values_may_be_narrower_than_keys(kernels: Kernels) -> None:
    """Latent attention has keys and values of different widths."""
    query, key, value = draw(3, HEADS), draw(4), draw(4, dim=4)
    seen = torch.ones(3, 4, dtype=torch.bool)
    out = attend(query, (key, value), Scoring(kernels=kernels)).out
    torch.testing.assert_close(out.double(), whole(query, key, value, seen, 0), atol=1e-5, rtol=0)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_merges_in_float32(dtype: torch.dtype, kernels: Kernels) -> None:
    """Half precision costs the rounding of inputs and parts, not of the merge."""
    query, keys = draw(3, HEADS).to(dtype), (draw(40).to(dtype), draw(41)[:, :, :40].to(dtype))
    halves = [(keys[0][:, :, s], keys[1][:, :, s]) for s in (slice(0, 25), slice(25, 40))]
    first, second = (attend(query, half, Scoring(kernels=kernels)) for half in halves)
    merged = first.merge(second)
    seen = torch.ones(3, 40, dtype=torch.bool)
    assert merged.out.dtype == torch.float32
    torch.testing.assert_close(merged.out.double(), whole(query, *keys, seen, 0), atol=0.03, rtol=0)


@pytest.mark.parametrize(
    ("expected", "changes"),
    [
        (FLASH, {}),
        (FLASH, {"causal": True}),
        (EFFICIENT, {"mask": additive_mask(torch.zeros(1, 1, 8, 8).bool(), torch.bfloat16)}),
        (EFFICIENT, {"value": draw(8, dim=16).bfloat16()}),
        (EXPLICIT, {"softcap": 3.0}),
        (EXPLICIT, {"value": draw(8, dim=12).bfloat16()}),
    ],
)
def test_a_call_goes_to_the_fastest_kernel_that_takes_it(
    expected: Kernel, changes: dict[str, torch.Tensor | bool | float]
) -> None:
    """Flash takes no mask and one width, efficient attention widths of 16 bytes, neither a cap."""
    (kernels, *_) = kernels_of(torch.device("cuda"))
    states = draw(8, dim=8).bfloat16()
    given: dict[str, Any] = {"query": states, "key": states, "value": states}
    call = AttentionCall(**(given | changes))
    assert next(kernel for kernel in kernels if kernel.takes(call)) == expected


def test_every_device_has_explicit_attention_to_fall_back_to() -> None:
    """Last, and behind every fused kernel, also where torch has none that is known here."""
    for kind in ("cpu", "cuda", "mps"):
        steps = kernels_of(torch.device(kind))
        assert steps[-1] == (EXPLICIT,)
        assert all(step[-1] == EXPLICIT for step in steps)
    assert [len(step) for step in kernels_of(torch.device("cuda"))] == [3, 2, 1]
