"""What a decoding step computes, copied to the device in one piece."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING

import torch

from evalkit.providers.local.forward import NextTokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from torch import Tensor

    from evalkit.providers.local.decoding import Decoding
    from evalkit.providers.local.row_groups import RowGroup, RowGroups


@dataclass(frozen=True, kw_only=True, slots=True)
class DecodeStep:
    """The next tokens of some rows: their ids, positions, and at which of them logits are wanted.

    `parts` are these tokens by the cache that their rows lie in, and `back` finds each of them
    where the parts stand one after the other.
    """

    ids: Tensor
    positions: Tensor
    keep: Tensor
    back: Tensor
    parts: Sequence[NextTokens]


def step_of(members: Sequence[Decoding], groups: RowGroups, device: torch.device) -> DecodeStep:
    """Return the step of all rows, or of the last ones of each group."""
    ends = list(accumulate(len(member.ahead) for member in members))
    starts = dict(zip(members, [0, *ends], strict=False))
    parts = [_part(group, starts) for group in groups.groups if starts.keys() & set(group.rows)]
    numbers = (
        [token for member in members for token in member.ahead],
        [member.position + at for member in members for at in range(len(member.ahead))],
        [
            at
            for member, end in zip(members, ends, strict=True)
            for at in range(end - member.n_guessed - 1, end)
        ],
    )
    back = torch.cat([part.at for part in parts]).argsort()
    common = [*map(torch.tensor, numbers), back]
    places = [
        tensor
        for part in parts
        for tensor in (part.at, part.rows, part.slots, part.turn, part.index)
    ]
    moved = _moved([*common, *places], device)
    ids, positions, keep, back = (next(moved) for _ in common)
    parts = [
        replace(
            part,
            at=next(moved),
            rows=next(moved),
            slots=next(moved),
            turn=next(moved),
            index=next(moved),
        )
        for part in parts
    ]
    return DecodeStep(ids=ids, positions=positions, keep=keep, back=back, parts=parts)


def _part(group: RowGroup, starts: Mapping[Decoding, int]) -> NextTokens:
    """Return the tokens of a group's rows whose first token has a place in the step."""
    rows = [row for row in group.rows if row in starts]
    lengths = torch.tensor([len(row.ahead) for row in rows])
    first = lengths.cumsum(0) - lengths
    of_row = torch.arange(len(rows)).repeat_interleave(lengths)
    turn = torch.arange(len(of_row)) - first[of_row]
    steps = torch.arange(int(lengths.max()))
    return NextTokens(
        cache=group.cache,
        first_row=len(group.rows) - len(rows),
        n_slots=max(row.n_slots for row in rows),
        at=torch.tensor([starts[row] for row in rows])[of_row] + turn,
        rows=of_row,
        slots=torch.tensor([row.n_stored for row in rows])[of_row] + turn,
        turn=turn,
        index=first[:, None] + torch.minimum(steps, lengths[:, None] - 1),
    )


def _moved(tensors: Sequence[Tensor], device: torch.device) -> Iterator[Tensor]:
    """Yield tensors of integers on a device, copied there in one piece."""
    whole = torch.cat([tensor.flatten() for tensor in tensors]).to(device)
    pieces = torch.split(whole, [tensor.numel() for tensor in tensors])
    for piece, tensor in zip(pieces, tensors, strict=True):
        yield piece.view(tensor.shape)
