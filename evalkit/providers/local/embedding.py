"""An embedding on the CPU whose rows are read from the model's file when they are first wanted.

Texts have some thousands of the 150,000 tokens that a vocabulary may have, and the table of all of
them is a fifth of a small model's weights.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, Final

import torch
from safetensors import safe_open
from torch.nn import Embedding, Parameter

from evalkit.providers.local.kernels import can_rearrange
from evalkit.providers.local.weights.safetensors import offset_of

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor
    from transformers import PreTrainedModel

# So many rows of the file are compared with the model's.
_N_COMPARED: Final = 16


class StoredEmbedding(Embedding):
    """An embedding with rows in a file. The pages of those not read yet take no memory."""

    def __init__(self, like: Embedding, path: Path, offset: int, dtype: torch.dtype) -> None:
        """Open the file, in which the rows begin at an offset."""
        super().__init__(like.num_embeddings, like.embedding_dim, device="meta")
        self.weight = Parameter(torch.empty_like(like.weight), requires_grad=False)
        self._row = torch.empty(self.embedding_dim, dtype=dtype)
        self._offset = offset
        self._read: set[int] = set()
        self._file = path.open("rb", buffering=0)
        weakref.finalize(self, self._file.close)

    def forward(self, ids: Tensor) -> Tensor:
        """Return the rows [..., width] of token ids [...].

        Raises:
            OSError: the file cannot be read, or has become shorter.
        """
        data = self._row.view(torch.uint8).numpy().data
        for token in set(ids.flatten().tolist()) - self._read:
            self._file.seek(self._offset + token * len(data))
            if self._file.readinto(data) != len(data):
                message = f"{self._file.name} has become shorter"
                raise OSError(message)
            self.weight[token] = self._row
            self._read.add(token)
        return super().forward(ids)


def leave_embedding_in_file(model: PreTrainedModel, folder: Path) -> None:
    """Free the embedding of a model on the CPU, if its rows can be read from the model's files.

    It is kept where the output layer uses it too, and where code of the model's own may.
    """
    library: Any = model
    kept = library.get_input_embeddings()
    if not can_rearrange(model):
        return
    named = model.named_parameters(remove_duplicate=False)
    names = [name for name, weight in named if weight is kept.weight]
    if type(kept) is Embedding and len(names) == 1:
        for path in sorted(folder.glob("*.safetensors")):
            stored = _stored(kept, path, names[0])
            if stored is not None:
                library.set_input_embeddings(stored)
                return


def _stored(kept: Embedding, path: Path, name: str) -> StoredEmbedding | None:
    """Return the embedding that a file has under a name, or None if it has none or another one."""
    library: Any = safe_open
    with library(path, framework="pt") as file:
        if name not in file.keys():  # noqa: SIM118 - no mapping
            return None
        rows = file.get_slice(name)
        if tuple(rows.get_shape()) != kept.weight.shape:
            return None
        dtype = rows[:1].dtype
    stored = StoredEmbedding(kept, path, offset_of(path, name), dtype)
    some = torch.linspace(0, kept.num_embeddings - 1, _N_COMPARED).long()
    with torch.inference_mode():
        return stored if torch.equal(stored(some), kept(some)) else None
