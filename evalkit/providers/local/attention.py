"""Attention in parts: queries meet several runs of keys, and the parts are merged exactly.

Softmax attention over keys that lie in two places equals the two attentions over each place,
weighted by the exponentials of their log-sum-exps. So what many prompts share is attended to as one
matrix product for all of them, and never copied.

Source: Juravsky et al. 2024 (Hydragen), section 3.1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

# Scores that explicit attention holds at once, in elements.
_MAX_SCORES = 1 << 24
# In place of minus infinity: a query that sees nothing here then weighs exp(-1e30) = 0, not NaN.
_MASKED = -1e30


@dataclass(frozen=True, kw_only=True, slots=True)
class Scoring:
    """How a layer turns products of queries and keys into scores.

    `window` is how many positions back, itself included, a query sees; None for all.
    """

    scale: float | None = None
    softcap: float | None = None
    window: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PartialAttention:
    """Attention over some of the keys: out [b, heads, queries, dim], lse [b, heads, queries]."""

    out: Tensor
    lse: Tensor

    def merge(self, other: PartialAttention) -> PartialAttention:
        """Return the attention over the keys of both, in float32."""
        lse = torch.logaddexp(self.lse, other.lse)
        mine = (self.lse - lse).exp_().unsqueeze(-1)
        yours = (other.lse - lse).exp_().unsqueeze(-1)
        out = torch.addcmul(self.out * mine, other.out, yours)
        return PartialAttention(out=out, lse=lse)


def attend(
    query: Tensor,
    keys: tuple[Tensor, Tensor],
    scoring: Scoring,
    *,
    mask: Tensor | None = None,
    causal: bool = False,
) -> PartialAttention:
    """Return the attention of queries over one run of keys.

    Args:
        query: [b, heads, queries, dim].
        keys: keys and values, [b, key heads, n, dim] each; a key head serves heads / key heads.
        scoring: the layer's scale and soft cap; its window is the caller's to turn into a mask.
        mask: [b or 1, 1, queries or 1, n], as `additive_mask` returns; None if all see all keys.
        causal: a query sees the keys up to its own index; needs as many keys as queries.
    """
    key, value = keys
    batch, heads, length, dim = query.shape
    groups = heads // key.shape[1]
    packs = groups > 1 and not causal and (mask is None or mask.shape[2] == 1)
    if packs:  # the queries of all heads that one key head serves become one matrix
        query = query.reshape(batch, key.shape[1], groups * length, dim)
    fused = query.is_cpu and scoring.softcap is None and key.shape[-1] == value.shape[-1]
    part = (_fused if fused else _explicit)(query, keys, scoring, mask, causal=causal)
    if packs:
        out = part.out.reshape(batch, heads, length, value.shape[-1])
        part = PartialAttention(out=out, lse=part.lse.reshape(batch, heads, length))
    return part


def additive_mask(hidden: Tensor) -> Tensor:
    """Return a mask that hides where true, in float32, which scores of every dtype can take."""
    return torch.zeros(hidden.shape, device=hidden.device).masked_fill_(hidden, _MASKED)


def _fused(
    query: Tensor,
    keys: tuple[Tensor, Tensor],
    scoring: Scoring,
    mask: Tensor | None,
    *,
    causal: bool,
) -> PartialAttention:
    """Attend with the CPU's own flash attention, the one fused kernel here that returns the lse."""
    out, lse = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(  # noqa: SLF001 - no public name
        query, *keys, is_causal=causal, attn_mask=mask, scale=scoring.scale
    )
    return PartialAttention(out=out, lse=lse)


def _explicit(
    query: Tensor,
    keys: tuple[Tensor, Tensor],
    scoring: Scoring,
    mask: Tensor | None,
    *,
    causal: bool,
) -> PartialAttention:
    """Attend step by step, on any device, so many queries at a time that the scores stay small."""
    key, value = keys
    batch, heads, length, dim = query.shape
    n_keys = key.shape[2]
    if causal:
        later = torch.ones(length, n_keys, dtype=torch.bool, device=key.device).triu_(1)
        mask = additive_mask(later)[None, None]
    if mask is not None:
        mask = mask.expand(-1, -1, length, -1).unsqueeze(2)
    scale = 1 / math.sqrt(dim) if scoring.scale is None else scoring.scale
    grouped = (query * scale).view(batch, key.shape[1], -1, length, dim)
    parts = []
    step = max(1, _MAX_SCORES // (batch * heads * n_keys))
    for first in range(0, length, step):
        now = slice(first, first + step)
        few = grouped[:, :, :, now]
        scores = (few.flatten(2, 3) @ key.mT).float().view(*few.shape[:-1], n_keys)
        if scoring.softcap is not None:
            scores = torch.tanh(scores / scoring.softcap) * scoring.softcap
        if mask is not None:
            scores = scores + mask[:, :, :, now]
        lse = scores.logsumexp(-1)
        weights = (scores - lse.unsqueeze(-1)).exp_().to(value.dtype)
        out = (weights.flatten(2, 3) @ value).view(*few.shape[:-1], value.shape[-1])
        parts.append((out, lse))
    outs, lses = zip(*parts, strict=True)
    return PartialAttention(
        out=torch.cat(outs, dim=3).view(batch, heads, length, value.shape[-1]),
        lse=torch.cat(lses, dim=3).view(batch, heads, length),
    )
