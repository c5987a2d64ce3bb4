"""The KV cache: a shared segment once for all its prompts, and what each row has alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

KeysValues: TypeAlias = "tuple[Tensor, Tensor]"

# Rows grow by this many tokens at a time.
_BLOCK = 64


@dataclass(kw_only=True, slots=True, eq=False)
class SegmentCache:
    """Keys and values of tokens that several prompts share: `length` of them from `start` on."""

    start: int
    length: int
    layers: dict[int, KeysValues] = field(default_factory=dict)

    def write(self, layer: int, offset: int, fresh: KeysValues) -> None:
        """Store the keys and values, [1, heads, n, dim], of the tokens from `offset` on."""
        if layer not in self.layers:
            key, value = fresh
            self.layers[layer] = (
                key.new_empty(*key.shape[:2], self.length, key.shape[3]),
                value.new_empty(*value.shape[:2], self.length, value.shape[3]),
            )
        for kept, new in zip(self.layers[layer], fresh, strict=True):
            kept[:, :, offset : offset + new.shape[2]] = new

    def read(self, layer: int, end: int) -> KeysValues:
        """Return the keys and values of the tokens before the offset `end`."""
        key, value = self.layers[layer]
        return key[:, :, :end], value[:, :, :end]


@dataclass(kw_only=True, slots=True, eq=False)
class RowCache:
    """Keys and values that each row has alone: [room, heads, capacity, dim] in each layer.

    The first `n_rows` of `room` are in use; memory of the others is not touched. Rows that leave
    are closed up in place: tensors of ever other sizes would leave freed memory between them that
    fits nothing.
    """

    room: int
    n_rows: int = 0
    capacity: int = 0
    layers: dict[int, KeysValues] = field(default_factory=dict)

    def resize(self, keep: Sequence[int], n_new: int, capacity: int) -> None:
        """Keep some rows, add empty ones behind them, with room for `capacity` tokens in each."""
        capacity = max(self.capacity, -(-capacity // _BLOCK) * _BLOCK)
        n_rows = len(keep) + n_new
        if self.layers and not (len(keep) == self.n_rows == n_rows and capacity == self.capacity):
            device = next(iter(self.layers.values()))[0].device
            rows = torch.tensor(list(keep), dtype=torch.long, device=device)  # copied there once
            for layer, pair in self.layers.items():
                key, value = (self._arranged(kept, rows, n_rows, capacity) for kept in pair)
                self.layers[layer] = (key, value)
        self.n_rows, self.capacity = n_rows, capacity

    def _arranged(self, kept: Tensor, rows: Tensor, n_rows: int, capacity: int) -> Tensor:
        arranged = kept if capacity == self.capacity else self._empty(kept, n_rows, capacity)
        arranged[: len(rows), :, : self.capacity] = kept[rows]
        arranged[len(rows) : n_rows] = 0
        return arranged

    def _empty(self, like: Tensor, n_rows: int, capacity: int) -> Tensor:
        """Return room for rows, of which those in use are zeros.

        What is masked still meets a weight of 0, and 0 times garbage may be NaN.
        """
        empty = like.new_empty(self.room, like.shape[1], capacity, like.shape[3])
        empty[:n_rows] = 0
        return empty

    def write(self, layer: int, places: tuple[Tensor, Tensor], fresh: KeysValues) -> None:
        """Store the keys and values, [1, heads, n, dim], of n tokens at (rows, slots)."""
        rows, slots = places
        if layer not in self.layers:
            key, value = (self._empty(new, self.n_rows, self.capacity) for new in fresh)
            self.layers[layer] = (key, value)
        for kept, new in zip(self.layers[layer], fresh, strict=True):
            kept[rows, :, slots] = new[0].transpose(0, 1)

    def read(self, layer: int, first_row: int, n_slots: int) -> KeysValues:
        """Return the keys and values of the first slots of the rows from one on."""
        key, value = self.layers[layer]
        used = slice(first_row, self.n_rows)
        return key[used, :, :n_slots], value[used, :, :n_slots]
