"""Layers whose weights are held otherwise than by torch's own: packed, or narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import torch
from torch.nn import Module

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor
    from torch.nn import Linear
    from transformers import PreTrainedModel

# Numbers widened at once: 4 MiB, which stay in the processor's cache until they are multiplied by.
_BLOCK: Final = 1 << 20


class PackedLinear(Module):
    """A linear layer on the CPU whose weights lie as oneDNN multiplies by them."""

    def __init__(self, linear: Linear) -> None:
        """Pack the weights of a layer.

        Raises:
            AttributeError: this torch has no oneDNN.
            RuntimeError: oneDNN has no kernel for their dtype on this CPU.
        """
        super().__init__()
        self.in_features, self.out_features = linear.in_features, linear.out_features
        self.bias = linear.bias
        self._packed: Tensor = _mkldnn()._reorder_linear_weight(linear.weight.detach(), None)  # noqa: SLF001 - no public name

    @property
    def weight(self) -> Tensor:
        """The weights in torch's own layout, [out, in], for code that reads them: a copy."""
        return self._packed.to_dense()

    def forward(self, rows: Tensor) -> Tensor:
        """Return the product [..., out] for rows [..., in]."""
        out: Tensor = _mkldnn()._linear_pointwise(  # noqa: SLF001 - no public name
            rows, self._packed, self.bias, "none", [], ""
        )
        return out

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> PackedLinear:  # noqa: FBT001, FBT002 - the library's signature
        """Move the weights with the model; no other device has this layout."""
        self._packed = fn(self.weight)
        moved: Any = super()
        moved._apply(fn, recurse)  # noqa: SLF001 - the library's hook for moving a module
        return self


class NarrowWeights(Module):
    """Weights [out, in] of float32 products, in bfloat16."""

    def __init__(self, weights: Tensor) -> None:
        """Take the weights, already narrow."""
        super().__init__()
        self.narrow = weights
        self.out_features, self.in_features = weights.shape

    @property
    def weight(self) -> Tensor:
        """The weights in float32, for code that reads them: a copy."""
        return self.narrow.float()

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> NarrowWeights:  # noqa: FBT001, FBT002 - the library's signature
        """Move the weights with the model."""
        self.narrow = fn(self.narrow)
        moved: Any = super()
        moved._apply(fn, recurse)  # noqa: SLF001 - the library's hook for moving a module
        return self


class NarrowLinear(NarrowWeights):
    """A linear layer without bias."""

    def forward(self, rows: Tensor) -> Tensor:
        """Return the product [..., out] for rows [..., in]."""
        flat = rows.reshape(-1, self.in_features)
        out = flat.new_empty(len(flat), self.out_features)
        step = max(1, _BLOCK // self.in_features)
        wide = flat.new_empty(step, self.in_features)
        blocks, places = torch.split(self.narrow, step), torch.split(out, step, dim=1)
        for block, place in zip(blocks, places, strict=True):
            weights = wide[: len(block)].copy_(block)
            torch.mm(flat, weights.T, out=place)
        return out.view(*rows.shape[:-1], self.out_features)


class NarrowEmbedding(NarrowWeights):
    """An embedding."""

    def forward(self, ids: Tensor) -> Tensor:
        """Return the rows [..., in] of token ids [...], in float32."""
        return torch.nn.functional.embedding(ids, self.narrow).float()


def n_parameters(model: PreTrainedModel) -> int:
    """Return how many numbers a model's weights hold, those of these layers too."""
    held = [one for one in model.modules() if isinstance(one, PackedLinear | NarrowLinear)]
    return model.num_parameters() + sum(one.in_features * one.out_features for one in held)


def _mkldnn() -> Any:  # noqa: ANN401 - operators of the library have no types
    return torch.ops.mkldnn
