"""CUDA's attention kernels as torch documents them, computed on the CPU and strict about limits.

They take the place of the kernels that a build for CPUs lacks, so that what evalkit hands them and
what it makes of their results can be tested where no GPU is.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor

FLASH = "_scaled_dot_product_flash_attention"
EFFICIENT = "_scaled_dot_product_efficient_attention"


@contextmanager
def registered(**others: Callable[..., object]) -> Iterator[None]:
    """Have both kernels for tensors on the CPU; `others` replace them by name."""
    make: Any = torch.library.Library
    library = make("aten", "IMPL")
    for name, kernel in ({FLASH: flash, EFFICIENT: efficient} | others).items():
        library.impl(name, kernel, "CPU")
    try:
        yield
    finally:
        library._destroy()  # noqa: SLF001 - the library has no public name


def flash(  # noqa: PLR0913, PLR0917 - the signature of the kernel
    query: Tensor,
    key: Tensor,
    value: Tensor,
    dropout_p: float = 0.0,
    is_causal: bool = False,  # noqa: FBT001, FBT002 - as above
    return_debug_mask: bool = False,  # noqa: FBT001, FBT002 - as above
    *,
    scale: float | None = None,
) -> tuple[object, ...]:
    """FlashAttention 2: half precision, no mask, grouped heads; its lse padded to 128 queries."""
    assert not dropout_p
    assert not return_debug_mask
    assert query.dtype in (torch.float16, torch.bfloat16)
    assert query.shape[1] % key.shape[1] == 0
    assert query.shape[-1] == key.shape[-1] == value.shape[-1] <= 256
    assert query.shape[-1] % 8 == 0
    assert_layout(8, query, key, value)
    groups = query.shape[1] // key.shape[1]
    key, value = (states.repeat_interleave(groups, 1) for states in (key, value))
    out, lse = attention(query, key, value, bias=None, is_causal=is_causal, scale=scale)
    empty = torch.empty(0)
    return out, padded(lse, 128), empty, empty, query.shape[2], key.shape[2], empty, empty, empty


def efficient(  # noqa: PLR0913, PLR0917 - the signature of the kernel
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_bias: Tensor | None,
    compute_log_sumexp: bool,  # noqa: FBT001 - as above
    dropout_p: float = 0.0,
    is_causal: bool = False,  # noqa: FBT001, FBT002 - as above
    *,
    scale: float | None = None,
) -> tuple[Tensor, ...]:
    """CUTLASS's attention: as many key heads as heads, an aligned mask; lse padded to 32."""
    assert compute_log_sumexp
    assert not dropout_p
    assert query.dtype in (torch.float16, torch.bfloat16, torch.float32)
    assert query.shape[:2] == key.shape[:2] == value.shape[:2]
    aligned = 16 // query.element_size()
    assert query.shape[-1] % aligned == value.shape[-1] % aligned == 0
    assert_layout(aligned, query, key, value)
    if attn_bias is not None:
        assert attn_bias.dtype == query.dtype
        assert attn_bias.shape == (*query.shape[:3], key.shape[2])
        assert_layout(16, attn_bias)
    out, lse = attention(query, key, value, bias=attn_bias, is_causal=is_causal, scale=scale)
    empty = torch.empty((), dtype=torch.long)
    return out, padded(lse, 32), empty, empty


def assert_layout(aligned: int, *tensors: Tensor) -> None:
    """Fail where a tensor's rows do not begin at multiples of so many elements."""
    for tensor in tensors:
        assert tensor.stride(-1) == 1
        assert all(stride % aligned == 0 for stride in tensor.stride()[:-1])
        assert tensor.storage_offset() % aligned == 0


def attention(  # noqa: PLR0913 - what a kernel takes
    query: Tensor,
    key: Tensor,
    value: Tensor,
    *,
    bias: Tensor | None,
    is_causal: bool,
    scale: float | None,
) -> tuple[Tensor, Tensor]:
    """Return attention from its definition, and the natural logarithm of the sum, in float32."""
    scores = query.double() @ key.double().mT
    scores = scores * (query.shape[-1] ** -0.5 if scale is None else scale)
    if bias is not None:
        scores = scores + bias.double()
    if is_causal:
        later = torch.ones(scores.shape[-2:], dtype=torch.bool).triu_(1)
        scores = scores.masked_fill(later, -torch.inf)
    out = (scores.softmax(-1) @ value.double()).to(query.dtype)
    # The layout of all these kernels: [b, queries, heads, dim] in memory.
    out = out.transpose(1, 2).contiguous().transpose(1, 2)
    return out, scores.logsumexp(-1).float()


def padded(lse: Tensor, multiple: int) -> Tensor:
    """Return a log-sum-exp with the infinities behind it that a kernel leaves."""
    return torch.nn.functional.pad(lse, (0, -lse.shape[-1] % multiple), value=torch.inf)
