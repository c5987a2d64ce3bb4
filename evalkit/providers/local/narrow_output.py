"""A float32 output layer whose weights bfloat16 holds exactly, kept in half the memory.

Published weights are bfloat16, and a vocabulary of 150,000 tokens makes the output layer a quarter
of a small model. Its weights are widened block by block where they are multiplied by, so products
are those of float32; the other layers are left to oneDNN, which multiplies by them faster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import torch
from torch.nn import Embedding, Linear

from evalkit.providers.local.kernels import can_rearrange
from evalkit.providers.local.layers import NarrowEmbedding, NarrowLinear

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedModel

# Rows of the weights that are compared at once.
_N_ROWS: Final = 1 << 12


def narrow_output(model: PreTrainedModel) -> None:
    """Keep the output layer of a model on the CPU in bfloat16, if that changes none of its weights.

    An embedding that shares them does too. Layers of another class may do more with their weights.
    """
    library: Any = model
    output, embedding = library.get_output_embeddings(), library.get_input_embeddings()
    if not can_rearrange(model) or type(output) is not Linear or output.bias is not None:
        return
    is_tied = output.weight is embedding.weight
    if output.weight.dtype != torch.float32 or (is_tied and type(embedding) is not Embedding):
        return
    weights = _narrowed(output.weight.detach())
    if weights is None:
        return
    path = next(name for name, module in model.named_modules() if module is output)
    model.set_submodule(path, NarrowLinear(weights))
    if is_tied:
        library.set_input_embeddings(NarrowEmbedding(weights))


def _narrowed(weights: Tensor) -> Tensor | None:
    """Return weights [out, in] in bfloat16, or None if that changes any of them."""
    narrow = torch.empty_like(weights, dtype=torch.bfloat16)
    for wide, block in zip(
        torch.split(weights, _N_ROWS), torch.split(narrow, _N_ROWS), strict=True
    ):
        block.copy_(wide)
        if not torch.equal(block.float(), wide):
            return None
    return narrow
