"""Attention in parts equals attention over everything."""

from __future__ import annotations

import pytest
import torch

from evalkit.providers.local import attention
from evalkit.providers.local.attention import Scoring, additive_mask, attend

HEADS, KEY_HEADS, DIM = 6, 2, 8


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
def test_parts_merge_to_the_whole(n_queries: int, cap: float) -> None:
    """Two runs of keys, the second causal, merged: the same as one attention over both."""
    before, own = (draw(11), draw(12)), (draw(n_queries), draw(n_queries + 30)[:, :, :n_queries])
    query = draw(n_queries, HEADS)
    scoring = Scoring(softcap=cap or None)
    part = attend(query, own, scoring, causal=True).merge(
        attend(query, (before[0], before[1][:, :, :11]), scoring)
    )
    key = torch.cat([before[0], own[0]], 2)
    value = torch.cat([before[1][:, :, :11], own[1]], 2)
    seen = torch.ones(n_queries, 11 + n_queries, dtype=torch.bool).tril(11)
    torch.testing.assert_close(
        part.out.double(), whole(query, key, value, seen, cap), atol=1e-5, rtol=0
    )


def test_explicit_and_fused_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """The steps for any device give what the CPU's fused kernel gives, a few queries at a time."""
    monkeypatch.setattr(attention, "_MAX_SCORES", 40)
    query, keys = draw(7, HEADS), (draw(9), draw(10)[:, :, :9])
    mask = additive_mask(torch.rand(1, 1, 7, 9, generator=torch.Generator().manual_seed(0)) > 0.6)
    for scoring in (Scoring(), Scoring(scale=0.7)):
        fused = attend(query, keys, scoring, mask=mask)
        explicit = attention._explicit(query, keys, scoring, mask, causal=False)  # noqa: SLF001 - the other half
        torch.testing.assert_close(fused.out, explicit.out)
        torch.testing.assert_close(fused.lse, explicit.lse)


def test_a_query_that_sees_nothing_weighs_nothing() -> None:
    """A part in which a query sees no key leaves the other part as it was: no NaN."""
    query, keys = draw(2, HEADS), (draw(5), draw(6)[:, :, :5])
    seen = attend(query, keys, Scoring())
    blind = attend(
        query, keys, Scoring(), mask=additive_mask(torch.ones(1, 1, 2, 5, dtype=torch.bool))
    )
    torch.testing.assert_close(seen.merge(blind).out, seen.out)
    torch.testing.assert_close(blind.merge(seen).out, seen.out)


def test_values_may_be_narrower_than_keys() -> None:
    """Latent attention has keys and values of different widths."""
    query, key, value = draw(3, HEADS), draw(4), draw(4, dim=5)
    seen = torch.ones(3, 4, dtype=torch.bool)
    out = attend(query, (key, value), Scoring()).out
    torch.testing.assert_close(out.double(), whole(query, key, value, seen, 0), atol=1e-5, rtol=0)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_merges_in_float32(dtype: torch.dtype) -> None:
    """Half precision costs the rounding of inputs and parts, not of the merge."""
    query, keys = draw(3, HEADS).to(dtype), (draw(40).to(dtype), draw(41)[:, :, :40].to(dtype))
    halves = [(keys[0][:, :, s], keys[1][:, :, s]) for s in (slice(0, 25), slice(25, 40))]
    first, second = (attend(query, half, Scoring()) for half in halves)
    merged = first.merge(second)
    seen = torch.ones(3, 40, dtype=torch.bool)
    assert merged.out.dtype == torch.float32
    torch.testing.assert_close(merged.out.double(), whole(query, *keys, seen, 0), atol=0.03, rtol=0)
