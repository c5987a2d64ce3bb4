"""What a forward pass computes, and the attention that every layer of the model then calls.

A pass computes one packed sequence, [1, n]: either a chunk of a segment (prefill), or the next
tokens of many rows one after the other. The model is given the positions, and hands each layer's
queries, keys and values to `attend_in_pass`, which knows from the `ForwardPass` who may see whom.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import torch
from transformers import AttentionInterface

from evalkit.providers.local.attention import Scoring, attend
from evalkit.providers.local.attention_kernels import MASKED, PartialAttention, additive_mask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from evalkit.providers.local.attention_kernels import Kernels
    from evalkit.providers.local.kv_cache import KeysValues, RowCache, SegmentCache

ATTENTION = "evalkit_shared"


class ForwardPass(Protocol):
    """One forward pass, as attention sees it."""

    @property
    def kernels(self) -> Kernels:
        """What may compute attention."""
        ...

    def attend(self, layer: int, query: Tensor, fresh: KeysValues, scoring: Scoring) -> Tensor:
        """Store fresh keys and values, and return the attention output [1, heads, n, dim]."""
        ...


def attend_in_pass(  # noqa: PLR0913 - the signature that transformers calls
    module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,  # noqa: ARG001 - the pass knows who sees whom
    *,
    forward_pass: ForwardPass,
    scaling: float | None = None,
    sliding_window: int | None = None,
    softcap: float | None = None,
    **_: Any,  # noqa: ANN401 - what other attention functions take
) -> tuple[Tensor, None]:
    """Return the attention output [1, n, heads, dim], as transformers' attention functions do."""
    scoring = Scoring(
        kernels=forward_pass.kernels, scale=scaling, softcap=softcap, window=sliding_window
    )
    layer: Any = module.layer_idx
    out = forward_pass.attend(layer, query, (key, value), scoring)
    return out.to(query.dtype).transpose(1, 2).contiguous(), None


@dataclass(frozen=True, kw_only=True, slots=True)
class Queries:
    """Some queries, [1, heads, n, dim], with their positions and the first and last of these."""

    states: Tensor
    positions: Tensor
    first: int
    last: int

    def attend_earlier(
        self, keys: KeysValues, start: int, scoring: Scoring
    ) -> PartialAttention | None:
        """Return attention over earlier keys, at positions from `start` on; None if all hide."""
        window, end = scoring.window, keys[0].shape[2]
        # Keys before `near` are too far back for every query, and perhaps more for the last ones.
        near = 0 if window is None else max(0, self.first - window + 1 - start)
        if near >= end:
            return None
        mask = None
        if window is not None and self.last - window >= start + near:
            places = torch.arange(near, end, device=self.states.device) + start
            hidden = places <= self.positions[:, None] - window
            mask = additive_mask(hidden, self.states.dtype)[None, None]
        key, value = (states[:, :, near:] for states in keys)
        return attend(self.states, (key, value), scoring, mask=mask)


@dataclass(frozen=True, kw_only=True, slots=True)
class PrefillPass:
    """A pass over the tokens of a segment from `offset` on; `above` are the segments before it."""

    kernels: Kernels
    segment: SegmentCache
    offset: int
    above: Sequence[SegmentCache]

    def attend(self, layer: int, query: Tensor, fresh: KeysValues, scoring: Scoring) -> Tensor:
        """Attend causally to the fresh tokens themselves, and to all that was computed before."""
        self.segment.write(layer, self.offset, fresh)
        part = _causal(query, fresh, scoring)
        first, n = self.segment.start + self.offset, query.shape[2]
        positions = torch.arange(first, first + n, device=query.device)
        queries = Queries(states=query, positions=positions, first=first, last=first + n - 1)
        earlier = [(segment, segment.length) for segment in self.above]
        for segment, end in (*earlier, (self.segment, self.offset)):
            found = queries.attend_earlier(segment.read(layer, end), segment.start, scoring)
            part = part if found is None else part.merge(found)
        return part.out


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A segment, and which of the packed tokens, [first, last), attend to it.

    `lowest` and `highest` are the first and last of the positions that these tokens have: known
    to the host, since to ask the device in every layer would wait for it each time.
    """

    segment: SegmentCache
    first: int
    last: int
    lowest: int
    highest: int


@dataclass(frozen=True, kw_only=True, slots=True)
class NextTokens:
    """The next tokens of rows from `first_row` of a cache on, packed row after row.

    For each token: `at`, its place among all that the pass computes; its row, counted from
    `first_row`; its slot among the row's own keys; and `turn`, which of its row's tokens it is.
    `index` [rows, longest] finds the tokens of each row among these, the last one again where a row
    has fewer.
    """

    cache: RowCache
    first_row: int
    at: Tensor
    rows: Tensor
    slots: Tensor
    turn: Tensor
    index: Tensor
    n_slots: int
    masks: dict[int | None, Tensor] = field(default_factory=dict)

    def attend(
        self, layer: int, query: Tensor, fresh: KeysValues, scoring: Scoring
    ) -> PartialAttention:
        """Store the keys and values of these tokens; attend to those that each row has alone.

        Queries, keys and values are those of all tokens of the pass; the attention returned,
        out [n, heads, dim] and lse [n, heads], is that of these n tokens.
        """
        key, value = (states[:, :, self.at] for states in fresh)
        self.cache.write(layer, (self.rows + self.first_row, self.slots), (key, value))
        own = self.cache.read(layer, self.first_row, self.n_slots)
        mine = query[0, :, self.at[self.index]].transpose(0, 1)
        found = attend(mine, own, scoring, mask=self._mask(scoring.window, query.dtype))
        return PartialAttention(
            out=found.out[self.rows, :, self.turn].float(), lse=found.lse[self.rows, :, self.turn]
        )

    def _mask(self, window: int | None, dtype: torch.dtype) -> Tensor:
        """Return the mask [rows, 1, longest, slots]: later tokens, and those too far back."""
        if window not in self.masks:
            slots = self.slots[self.index][:, None, :, None]
            behind = slots - torch.arange(self.n_slots, device=slots.device)
            hidden = (behind < 0) | (behind >= (window or self.n_slots))
            self.masks[window] = additive_mask(hidden, dtype)
        return self.masks[window]


@dataclass(frozen=True, kw_only=True, slots=True)
class DecodePass:
    """A pass over the next tokens of many rows, at `positions`; spans of a level do not overlap.

    `parts` are the tokens by the cache that their rows lie in; `back` finds each of the pass's
    tokens where those of the parts stand one after the other.
    """

    kernels: Kernels
    positions: Tensor
    parts: Sequence[NextTokens]
    back: Tensor
    levels: Sequence[Sequence[Span]]

    def attend(self, layer: int, query: Tensor, fresh: KeysValues, scoring: Scoring) -> Tensor:
        """Attend to each row's own tokens, and all rows of a segment at once to the segment."""
        own = [tokens.attend(layer, query, fresh, scoring) for tokens in self.parts]
        part = PartialAttention(
            out=torch.cat([one.out for one in own])[self.back].transpose(0, 1)[None],
            lse=torch.cat([one.lse for one in own])[self.back].T[None],
        )
        for spans in self.levels:  # merged once for all spans of a level: a merge is many kernels
            part = part.merge(self._attend_spans(layer, query, spans, scoring))
        return part.out

    def _attend_spans(
        self, layer: int, query: Tensor, spans: Sequence[Span], scoring: Scoring
    ) -> PartialAttention:
        """Return the attention of each token to the span that it lies in; to none, nothing."""
        parts: list[PartialAttention] = []
        end = 0
        for span in spans:
            keys = span.segment.read(layer, span.segment.length)
            queries = Queries(
                states=query[:, :, span.first : span.last],
                positions=self.positions[span.first : span.last],
                first=span.lowest,
                last=span.highest,
            )
            if span.first > end:
                parts.append(_nothing(query[:, :, end : span.first], keys))
            found = queries.attend_earlier(keys, span.segment.start, scoring)
            parts.append(found or _nothing(queries.states, keys))
            end = span.last
        if end < query.shape[2]:
            parts.append(_nothing(query[:, :, end:], keys))
        if len(parts) == 1:
            return parts[0]
        return PartialAttention(
            out=torch.cat([part.out for part in parts], dim=2),
            lse=torch.cat([part.lse for part in parts], dim=2),
        )


def _nothing(query: Tensor, keys: KeysValues) -> PartialAttention:
    """Return the attention of queries that see none of the keys."""
    out = query.new_zeros(*query.shape[:3], keys[1].shape[-1])
    return PartialAttention(out=out, lse=out.new_full(query.shape[:3], MASKED, dtype=torch.float32))


def _causal(query: Tensor, keys: KeysValues, scoring: Scoring) -> PartialAttention:
    """Return the attention of tokens among themselves, each to those up to itself."""
    n, window = query.shape[2], scoring.window
    if window is None or n <= window:
        return attend(query, keys, scoring, causal=True)
    at = torch.arange(n, device=query.device)
    behind = at[:, None] - at
    mask = additive_mask((behind < 0) | (behind >= window), query.dtype)[None, None]
    return attend(query, keys, scoring, mask=mask)


AttentionInterface.register(ATTENTION, attend_in_pass)
