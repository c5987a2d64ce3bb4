"""The kernels that compute attention and return its log-sum-exp, and what each of them takes.

torch's own fused kernels have no public name: `scaled_dot_product_attention` picks one of them and
keeps the log-sum-exp to itself. Their signatures and limits: torch's `native_functions.yaml` and
`sdp_utils.cpp`. All give the natural logarithm, in float32. cuDNN's is left out: it builds a plan
for every new shape, and here each article has another length.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from collections.abc import Callable

# Scores that explicit attention holds at once, in elements.
_MAX_SCORES = 1 << 24
MASKED = -1e30
"""In place of minus infinity: a query that sees nothing then weighs exp(-1e30) = 0, not NaN."""
# Efficient attention reads masks in pieces of this many elements.
_ALIGNED = 16
_HALF = (torch.bfloat16, torch.float16)
_LARGEST_FLASH_DIM = 256


@dataclass(frozen=True, kw_only=True, slots=True)
class AttentionCall:
    """What a kernel is to compute.

    Query [b, heads, queries, dim]; key and value [b, key heads, n, dim], where a key head serves
    heads / key heads; mask [b or 1, 1, queries or 1, n], as `additive_mask` returns, or None if all
    queries see all keys. `causal`: a query sees the keys up to its own index, and there are as many
    keys as queries.
    """

    query: Tensor
    key: Tensor
    value: Tensor
    scale: float | None = None
    softcap: float | None = None
    mask: Tensor | None = None
    causal: bool = False


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Kernel:
    """One way to compute attention, for the calls that it takes."""

    name: str
    takes: Callable[[AttentionCall], bool]
    run: Callable[[AttentionCall], PartialAttention]


@dataclass(frozen=True, slots=True)
class Kernels:
    """Kernels, fastest first, of which the last takes every call; `used` are those that ran."""

    kernels: tuple[Kernel, ...]
    used: set[str] = field(default_factory=set, compare=False)

    def run(self, call: AttentionCall) -> PartialAttention:
        """Return the attention that the first kernel which takes the call computes."""
        kernel = next(kernel for kernel in self.kernels if kernel.takes(call))
        self.used.add(kernel.name)
        return kernel.run(call)


def kernels_of(device: torch.device) -> tuple[tuple[Kernel, ...], ...]:
    """Return which kernels to compute attention with on a device: the fastest, then with fewer.

    Explicit attention is the last of each.
    """
    return tuple((*fused, EXPLICIT) for fused in (*_FUSED.get(device.type, ()), ()))


def additive_mask(hidden: Tensor, dtype: torch.dtype) -> Tensor:
    """Return a mask that hides where true, each row of it where efficient attention can read it."""
    n = hidden.shape[-1]
    rows = torch.zeros(*hidden.shape[:-1], n + -n % _ALIGNED, dtype=dtype, device=hidden.device)
    return rows[..., :n].masked_fill_(hidden, max(MASKED, torch.finfo(dtype).min))


def _flash_on_cpu(call: AttentionCall) -> PartialAttention:
    """Attend with the CPU's flash attention."""
    out, lse = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(  # noqa: SLF001 - see above
        call.query,
        call.key,
        call.value,
        is_causal=call.causal,
        attn_mask=call.mask,
        scale=call.scale,
    )
    return PartialAttention(out=out, lse=lse)


def _flash(call: AttentionCall) -> PartialAttention:
    """Attend with FlashAttention 2; some versions pad the queries of its log-sum-exp."""
    out, lse = torch.ops.aten._scaled_dot_product_flash_attention(  # noqa: SLF001 - see above
        call.query, call.key, call.value, is_causal=call.causal, scale=call.scale
    )[:2]
    return PartialAttention(out=out, lse=lse[:, :, : call.query.shape[2]])


def _takes_flash(call: AttentionCall) -> bool:
    dim = call.query.shape[-1]
    return (
        call.query.dtype in _HALF
        and call.mask is None
        and call.softcap is None
        and call.value.shape[-1] == dim
        and dim <= _LARGEST_FLASH_DIM
        and _is_aligned(call)
    )


def _efficient(call: AttentionCall) -> PartialAttention:
    """Attend with CUTLASS's memory-efficient attention, which wants a key head for each head.

    So the heads that share one are put along its axis of heads, and the key heads along that of the
    batch: nothing is copied. It pads the queries of its log-sum-exp to a multiple of 32.
    """
    query, key, value, mask = call.query, call.key, call.value, call.mask
    batch, heads, length, dim = query.shape
    n_key_heads, n_keys = key.shape[1:3]
    if mask is not None:
        mask = mask.expand(batch, n_key_heads, length, n_keys)
    if heads > n_key_heads:
        groups = heads // n_key_heads
        query = query.reshape(batch * n_key_heads, groups, length, dim)
        key, value = (
            states.flatten(0, 1).unsqueeze(1).expand(-1, groups, -1, -1) for states in (key, value)
        )
        if mask is not None:
            mask = mask.flatten(0, 1).unsqueeze(1).expand(-1, groups, -1, -1)
    out, lse = torch.ops.aten._scaled_dot_product_efficient_attention(  # noqa: SLF001 - see above
        query,
        key,
        value,
        None if mask is None else _readable(mask, query.dtype),
        compute_log_sumexp=True,
        is_causal=call.causal,
        scale=call.scale,
    )[:2]
    return PartialAttention(
        out=out.reshape(batch, heads, length, value.shape[-1]),
        lse=lse[:, :, :length].reshape(batch, heads, length),
    )


def _readable(mask: Tensor, dtype: torch.dtype) -> Tensor:
    """Return a mask in a dtype, each row of it where efficient attention can read it."""
    mask = mask.to(dtype)
    if all(stride % _ALIGNED == 0 for stride in mask.stride()[:-1]):
        return mask
    n = mask.shape[-1]
    return torch.nn.functional.pad(mask, (0, -n % _ALIGNED))[..., :n]


def _takes_efficient(call: AttentionCall) -> bool:
    return (
        call.query.dtype in (*_HALF, torch.float32) and call.softcap is None and _is_aligned(call)
    )


def _is_aligned(call: AttentionCall) -> bool:
    """Return whether heads begin where tensor cores can read them: every 16 bytes."""
    n_elements = 16 // call.query.element_size()
    return call.query.shape[-1] % n_elements == call.value.shape[-1] % n_elements == 0


def _explicit(call: AttentionCall) -> PartialAttention:
    """Attend step by step, on any device, so many queries at a time that the scores stay small."""
    query, key, value, mask = call.query, call.key, call.value, call.mask
    batch, heads, length, dim = query.shape
    n_keys = key.shape[2]
    if call.causal:
        later = torch.ones(length, n_keys, dtype=torch.bool, device=key.device).triu_(1)
        mask = additive_mask(later, torch.float32)[None, None]
    if mask is not None:
        mask = mask.expand(-1, -1, length, -1).unsqueeze(2)
    scale = 1 / math.sqrt(dim) if call.scale is None else call.scale
    grouped = (query * scale).view(batch, key.shape[1], -1, length, dim)
    parts = []
    step = max(1, _MAX_SCORES // (batch * heads * n_keys))
    for first in range(0, length, step):
        now = slice(first, first + step)
        few = grouped[:, :, :, now]
        scores = (few.flatten(2, 3) @ key.mT).float().view(*few.shape[:-1], n_keys)
        if call.softcap is not None:
            scores = torch.tanh(scores / call.softcap) * call.softcap
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


FLASH_ON_CPU = Kernel(
    name="flash",
    takes=lambda call: call.softcap is None and call.key.shape[-1] == call.value.shape[-1],
    run=_flash_on_cpu,
)
FLASH = Kernel(name="flash", takes=_takes_flash, run=_flash)
EFFICIENT = Kernel(name="efficient", takes=_takes_efficient, run=_efficient)
EXPLICIT = Kernel(name="explicit", takes=lambda _: True, run=_explicit)

# ROCm's devices have the type `cuda` too, and kernels of these names.
_FUSED: dict[str, tuple[tuple[Kernel, ...], ...]] = {
    "cpu": ((FLASH_ON_CPU,),),
    "cuda": ((FLASH, EFFICIENT), (EFFICIENT,)),
}
