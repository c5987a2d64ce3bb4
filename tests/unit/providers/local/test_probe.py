"""A model takes the fastest path and kernels that are right on its device and in its dtype."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch

from evalkit.providers.local import attention_kernels
from evalkit.providers.local.kernels import Products
from evalkit.providers.local.probe import choose_path
from tests.support import cuda_kernels
from tests.support.families import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    Wrong = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the CPU for a device that has the kernels of CUDA."""
    fused = attention_kernels._FUSED  # noqa: SLF001 - what a device has
    monkeypatch.setitem(fused, "cpu", fused["cuda"])


@pytest.mark.parametrize(
    ("family", "dtype", "kernels"),
    [
        ("qwen2", torch.float32, "efficient"),
        ("qwen2", torch.bfloat16, "efficient, flash"),
        ("gemma3", torch.float16, "efficient, flash"),
        ("gemma2", torch.bfloat16, "explicit"),  # soft caps
        ("minicpm3", torch.bfloat16, "explicit"),  # values of 12 numbers: not aligned
        ("minicpm3", torch.float32, "efficient"),
    ],
)
def test_the_fastest_kernels_are_taken(family: str, dtype: torch.dtype, kernels: str) -> None:
    """Those that take the model's calls in its dtype; no other is said to have run."""
    model: Any = make(family)
    with cuda_kernels.registered():
        choice = choose_path(model.to(dtype), Products())
    assert (choice.path.name, choice.attention, choice.rejected) == ("shared", kernels, {})


def test_a_kernel_that_is_not_there_is_done_without() -> None:
    """Older GPUs have no flash attention: the next kernels are tried, and the reason is kept."""

    def missing(*_: object, **__: object) -> None:
        message = "FlashAttention only supports Ampere GPUs or newer."
        raise RuntimeError(message)

    with cuda_kernels.registered(**{cuda_kernels.FLASH: missing}):
        choice = choose_path(make("qwen2").bfloat16(), Products())
    assert (choice.path.name, choice.attention) == ("shared", "efficient")
    assert set(choice.rejected) == {"shared, flash"}
    assert "only supports Ampere" in choice.rejected["shared, flash"]


def shifted(out: Tensor, lse: Tensor) -> tuple[Tensor, Tensor]:
    """Return a log-sum-exp in bits."""
    return out, lse / torch.tensor(2.0).log()


def noisy(out: Tensor, lse: Tensor) -> tuple[Tensor, Tensor]:
    """Return what is less exact than bfloat16 need be."""
    return out * (1 + 0.05 * torch.randn_like(out)), lse


def infinite(out: Tensor, lse: Tensor) -> tuple[Tensor, Tensor]:
    """Return what has no numbers."""
    return out * torch.nan, lse


def spoilt(wrong: Wrong, kernel: Callable[..., Any], *dtypes: torch.dtype) -> Callable[..., object]:
    """Return a kernel that is wrong in some dtypes."""

    def run(query: Tensor, *args: object, **rest: object) -> tuple[object, ...]:
        out, lse, *others = kernel(query, *args, **rest)
        return (*(wrong(out, lse) if query.dtype in dtypes else (out, lse)), *others)

    return run


@pytest.mark.parametrize("wrong", [shifted, noisy, infinite])
def test_a_kernel_that_is_wrong_in_the_models_dtype_is_done_without(wrong: Wrong) -> None:
    """Though it is right in float32: what runs is what is tried, and the reason says the dtype."""
    flash = spoilt(wrong, cuda_kernels.flash, torch.bfloat16)
    with cuda_kernels.registered(**{cuda_kernels.FLASH: flash}):
        choice = choose_path(make("qwen2").bfloat16(), Products())
    assert (choice.path.name, choice.attention) == ("shared", "efficient")
    assert "in bfloat16" in choice.rejected["shared, flash"]


@pytest.mark.parametrize("wrong", [shifted, infinite])
def test_without_a_fused_kernel_that_is_right_attention_is_explicit(wrong: Wrong) -> None:
    """Both steps with the wrong kernel are rejected; prefixes are shared all the same."""
    efficient = spoilt(wrong, cuda_kernels.efficient, torch.float32)
    with cuda_kernels.registered(**{cuda_kernels.EFFICIENT: efficient}):
        choice = choose_path(make("qwen2"), Products())
    assert (choice.path.name, choice.attention) == ("shared", "explicit")
    assert set(choice.rejected) == {"shared, flash", "shared, efficient"}
    assert "token ids" in choice.rejected["shared, efficient"]
