"""The shared path: each shared run of tokens is computed once; all its rows attend to one copy.

Rows are decoded together, also those of several articles, since a step takes hardly longer for a
dozen rows than for one: it is bound by reading the weights. A row that ends leaves at once; when
few are left, the next article is computed and its rows join.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

import torch

from evalkit.providers.local import machine
from evalkit.providers.local.decode_step import step_of
from evalkit.providers.local.decoding import Decoding
from evalkit.providers.local.forward import ATTENTION, DecodePass, PrefillPass, Span
from evalkit.providers.local.kv_cache import SegmentCache
from evalkit.providers.local.prefix import build_tree
from evalkit.providers.local.row_groups import RowGroups
from evalkit.providers.local.sampling import next_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor
    from transformers import PreTrainedModel

    from evalkit.providers.local.attention_kernels import Kernels
    from evalkit.providers.local.forward import ForwardPass
    from evalkit.providers.local.prefix import Leaf, Segment
    from evalkit.providers.local.rows import Row


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedPath:
    """Runs a model with the prefix of each article kept once.

    `chunk` tokens are computed at once, so that memory stays flat on long articles. Guesses fill
    what rows leave free of a step of `guess_width`. With `full_width` rows the next article waits.
    `kernels` compute attention.
    """

    model: PreTrainedModel
    chunk: int
    kernels: Kernels
    guess_width: int = 32
    full_width: int = 32
    name: str = "shared"

    @property
    def attention(self) -> str:
        """The kernels that have computed attention."""
        return ", ".join(sorted(self.kernels.used))

    def run(self, rows: Sequence[Row], n_rows: int) -> Iterator[Row]:
        """Yield each row as it ends, `n_rows` decoded together at most."""
        batch = self.batch()
        batch.add(rows)
        yield from batch.results(n_rows, finish=True)

    def batch(self) -> SharedBatch:
        """Return a batch that rows of further articles can join while others are decoded."""
        return SharedBatch(path=self)


@dataclass(kw_only=True, eq=False)
class SharedBatch:
    """Segments computed, rows being decoded, rows waiting."""

    path: SharedPath
    groups: RowGroups = field(default_factory=RowGroups)
    segments: dict[Segment, SegmentCache] = field(default_factory=dict)
    users: Counter[Segment] = field(default_factory=Counter)
    active: list[Decoding] = field(default_factory=list)
    waiting: deque[tuple[Row, Leaf]] = field(default_factory=deque)

    def add(self, rows: Sequence[Row]) -> None:
        """Have rows wait; what they share among themselves is going to be computed once."""
        for leaf in build_tree([row.prompt for row in rows]).leaves:
            rows[leaf.prompt].n_computed = leaf.n_computed
            self.waiting.append((rows[leaf.prompt], leaf))
            self.users.update(leaf.path)

    def results(self, n_rows: int, *, finish: bool) -> Iterator[Row]:
        """Yield each row as it ends: all of them, or until a further article has room."""
        self.path.model.set_attn_implementation(ATTENTION)
        full_width = min(n_rows, self.path.full_width)
        while self.waiting or len(self.active) >= (1 if finish else full_width):
            n_before = len(self.active)
            yield from self._advance(n_before if self._admit(n_rows) else 0)

    def _admit(self, n_rows: int) -> int:
        """Admit waiting rows, behind the active ones, and return how many."""
        n_admitted = n_tokens = 0
        while self.waiting and len(self.active) < n_rows and n_tokens < self.path.chunk:
            row, leaf = self.waiting[0]
            missing = [segment for segment in leaf.path if segment not in self.segments]
            if missing and (n_admitted or len(self.active) >= self.path.full_width):
                break
            row.begin()
            for segment in missing:
                self._prefill(segment)
            self.waiting.popleft()
            self.active.append(Decoding(row=row, leaf=leaf, ahead=leaf.ids))
            n_admitted += 1
            n_tokens += len(leaf.ids)
        return n_admitted

    @torch.inference_mode()
    def _prefill(self, segment: Segment) -> None:
        """Compute one segment, chunk by chunk."""
        cache = SegmentCache(start=segment.start, length=len(segment.ids))
        above = [self.segments[other] for other in segment.above]
        device = self.path.model.device
        for offset in range(0, cache.length, self.path.chunk):
            ids = torch.tensor(segment.ids[offset : offset + self.path.chunk], device=device)
            first = segment.start + offset
            positions = torch.arange(first, first + len(ids), device=device)
            prefill = PrefillPass(
                kernels=self.path.kernels, segment=cache, offset=offset, above=above
            )
            self._forward(ids, positions, prefill, keep=1)
        self.segments[segment] = cache
        self._release_freed()

    @torch.inference_mode()
    def _advance(self, first: int) -> list[Row]:
        """Compute the next tokens of the rows from `first` on; return the rows that ended."""
        members = self.active[first:]
        if first == 0 and (most := self.path.guess_width // len(members) - 1) > 0:
            for member in members:
                member.guess(most)
        capacity = self.groups.long.cache.capacity
        self.groups.make_room(self.active[self.groups.n_rows :])
        if self.groups.long.cache.capacity > capacity:
            self._release_freed()
        step = step_of(members, self.groups, self.path.model.device)
        decode = DecodePass(
            kernels=self.path.kernels,
            positions=step.positions,
            parts=step.parts,
            back=step.back,
            levels=self._levels(members),
        )
        logits = self._forward(step.ids, step.positions, decode, keep=step.keep)
        n_layers = self.path.model.config.get_text_config().num_hidden_layers
        if any(len(part.cache.layers) < n_layers for part in step.parts):
            message = "some layers keep a state without attention"
            raise NotImplementedError(message)
        asked = [member.row for member in members for _ in range(member.n_guessed + 1)]
        written = iter(next_tokens(asked, logits))
        for member in members:
            member.accept(list(islice(written, member.n_guessed + 1)))
        return self._leave()

    def _release_freed(self) -> None:
        """Give back what reading a segment took, or the shorter tensors of a cache that grew."""
        if self.path.model.device.type == "cpu":
            machine.release_freed()

    def _leave(self) -> list[Row]:
        """Drop ended rows, and the segments that only they used."""
        ended = [member for member in self.active if member.row.finish]
        if ended:
            self.groups.drop_ended()
            self.active = [member for member in self.active if not member.row.finish]
        for member in ended:
            self.users.subtract(member.leaf.path)
        for segment in [segment for segment in self.segments if not self.users[segment]]:
            del self.segments[segment], self.users[segment]
        return [member.row for member in ended]

    def _levels(self, members: Sequence[Decoding]) -> list[list[Span]]:
        """Return the segments that members attend to, by level of the tree, outermost first."""
        levels: list[list[Span]] = []
        depth = max(len(member.leaf.path) for member in members)
        for level in range(depth):
            spans: list[Span] = []
            last = 0
            for path, group in groupby(members, key=lambda member: member.leaf.path[: level + 1]):
                these = list(group)
                first, last = last, last + sum(len(member.ahead) for member in these)
                if len(path) > level:
                    spans.append(
                        Span(
                            segment=self.segments[path[level]],
                            first=first,
                            last=last,
                            lowest=min(member.position for member in these),
                            highest=max(m.position + len(m.ahead) - 1 for m in these),
                        )
                    )
            levels.append(spans)
        return levels

    def _forward(
        self, ids: Tensor, positions: Tensor, forward_pass: ForwardPass, *, keep: Tensor | int
    ) -> Tensor:
        """Run the model over one packed sequence and return the logits at the places to keep.

        A number keeps that many at the end.
        """
        output: Any = self.path.model(
            input_ids=ids[None],
            position_ids=positions[None],
            logits_to_keep=keep,
            use_cache=False,
            forward_pass=forward_pass,
        )
        logits: Tensor = output.logits[0]
        return logits
