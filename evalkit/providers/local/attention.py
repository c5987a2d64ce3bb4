"""Attention in parts: queries meet several runs of keys, and the parts are merged exactly.

Softmax attention over keys that lie in two places equals the two attentions over each place,
weighted by the exponentials of their log-sum-exps. So what many prompts share is attended to as one
matrix product for all of them, and never copied.

Source: Juravsky et al. 2024 (Hydragen), section 3.1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from evalkit.providers.local.attention_kernels import AttentionCall, PartialAttention

if TYPE_CHECKING:
    from torch import Tensor

    from evalkit.providers.local.attention_kernels import Kernels


@dataclass(frozen=True, kw_only=True, slots=True)
class Scoring:
    """How a layer turns products of queries and keys into scores, and what may compute that.

    `window` is how many positions back, itself included, a query sees; None for all.
    """

    kernels: Kernels
    scale: float | None = None
    softcap: float | None = None
    window: int | None = None


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
    call = AttentionCall(
        query=query,
        key=key,
        value=value,
        scale=scoring.scale,
        softcap=scoring.softcap,
        mask=mask,
        causal=causal,
    )
    if causal or heads == key.shape[1] or (mask is not None and mask.shape[2] > 1):
        return scoring.kernels.run(call)
    # the queries of all heads that one key head serves become one matrix
    packed = query.reshape(batch, key.shape[1], -1, dim)
    part = scoring.kernels.run(replace(call, query=packed))
    return PartialAttention(
        out=part.out.reshape(batch, heads, length, value.shape[-1]),
        lse=part.lse.reshape(batch, heads, length),
    )
