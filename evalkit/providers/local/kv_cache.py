"""The KV cache: a shared segment once for all its prompts, and what each row has alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

KeysValues: TypeAlias = "tuple[Tensor, Tensor]"

BLOCK = 64
"""Rows grow by this many tokens at a time."""


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

    The first `n_rows` of a layer's `room` are in use. Rows that leave are closed up in place:
    tensors of ever other sizes would leave freed memory between them that fits nothing.
    """

    n_rows: int = 0
    room: int = 0
    capacity: int = 0
    layers: dict[int, KeysValues] = field(default_factory=dict)

    def resize(self, keep: Sequence[int], n_new: int, capacity: int) -> None:
        """Keep some rows, add empty ones behind them, with room for `capacity` tokens in each."""
        capacity = max(self.capacity, -(-capacity // BLOCK) * BLOCK)
        n_rows = len(keep) + n_new
        fits = n_rows <= self.room and capacity == self.capacity
        if not fits:
            self.room = n_rows
        if self.layers and not (fits and len(keep) == self.n_rows == n_rows):
            device = next(iter(self.layers.values()))[0].device
            rows = torch.tensor(list(keep), dtype=torch.long, device=device)  # copied there once
            for layer, pair in self.layers.items():
                key, value = (self._arranged(kept, rows, n_rows, capacity) for kept in pair)
                self.layers[layer] = (key, value)
        self.n_rows, self.capacity = n_rows, capacity

    def _arranged(self, kept: Tensor, rows: Tensor, n_rows: int, capacity: int) -> Tensor:
        # New rows are zeros, since what is masked still meets a weight of 0, and 0 times garbage
        # may be NaN.
        fits = (kept.shape[0], kept.shape[2]) == (self.room, capacity)
        shape = (self.room, kept.shape[1], capacity, kept.shape[3])
        arranged = kept if fits else kept.new_zeros(shape)
        arranged[: len(rows), :, : self.capacity] = kept[rows]
        arranged[len(rows) : n_rows] = 0
        return arranged

    def copy_rows(self, source: RowCache, rows: Sequence[int], first: int) -> None:
        """Copy rows of another cache, which has no more room in each, to those from `first` on."""
        at: Tensor | None = None
        for layer, pair in source.layers.items():
            if at is None:
                at = torch.tensor(list(rows), dtype=torch.long, device=pair[0].device)
            for kept, other in zip(self._layer(layer, pair), pair, strict=True):
                kept[first : first + len(rows), :, : source.capacity] = other[at]

    def write(self, layer: int, places: tuple[Tensor, Tensor], fresh: KeysValues) -> None:
        """Store the keys and values, [1, heads, n, dim], of n tokens at (rows, slots)."""
        rows, slots = places
        for kept, new in zip(self._layer(layer, fresh), fresh, strict=True):
            kept[rows, :, slots] = new[0].transpose(0, 1)

    def _layer(self, layer: int, like: KeysValues) -> KeysValues:
        """Return the keys and values of a layer: zeros before any are stored."""
        if layer not in self.layers:
            key, value = (
                one.new_zeros(self.room, one.shape[1], self.capacity, one.shape[3]) for one in like
            )
            self.layers[layer] = (key, value)
        return self.layers[layer]

    def read(self, layer: int, first_row: int, n_slots: int) -> KeysValues:
        """Return the keys and values of the first slots of the rows from one on."""
        key, value = self.layers[layer]
        used = slice(first_row, self.n_rows)
        return key[used, :, :n_slots], value[used, :, :n_slots]
