"""The repeated path: shared prefixes are computed once, their cache copied for each batch.

For models whose cache is more than keys and values (linear attention, hybrids). Only prompts with
as many tokens of their own are put together, so no token is ever padding, which a recurrent state
could not undo.
"""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from transformers import DynamicCache

from evalkit.providers.local.prefix import build_tree
from evalkit.providers.local.rows import RunsToTheEnd
from evalkit.providers.local.sampling import next_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor
    from transformers import PreTrainedModel

    from evalkit.providers.local.prefix import Leaf, PrefixTree, Segment
    from evalkit.providers.local.rows import Row


@dataclass(frozen=True, kw_only=True, slots=True)
class RepeatedPath(RunsToTheEnd):
    """Runs a model with its own attention, named by `attention`, and copies of its own cache."""

    model: PreTrainedModel
    attention: str
    chunk: int
    name: str = "repeated"

    def run(self, rows: Sequence[Row], n_rows: int) -> Iterator[Row]:
        """Yield each row as it ends, `n_rows` decoded together at most."""
        self.model.set_attn_implementation(self.attention)
        tree = build_tree([row.prompt for row in rows])
        scheduler = _Scheduler(model=self.model, chunk=self.chunk, tree=tree)
        for batch in scheduler.batches(n_rows):
            members = [rows[leaf.prompt] for leaf in batch]
            for member, leaf in zip(members, batch, strict=True):
                member.n_computed = leaf.n_computed
                member.begin()
            cache = scheduler.cache(batch)
            ids = torch.tensor([leaf.ids for leaf in batch], device=self.model.device)
            while members:
                tokens = next_tokens(members, scheduler.forward(ids, cache)[:, -1])
                stay = [at for at, row in enumerate(members) if row.accept(tokens[at])]
                yield from (row for row in members if row.finish)
                if 0 < len(stay) < len(members):
                    cache.reorder_cache(torch.tensor(stay, device=self.model.device))
                members = [members[at] for at in stay]
                ids = torch.tensor([[tokens[at]] for at in stay], device=self.model.device)


@dataclass(kw_only=True, eq=False)
class _Scheduler:
    """One call's state: the caches of the segments computed so far."""

    model: PreTrainedModel
    chunk: int
    tree: PrefixTree
    caches: dict[Segment, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.users = Counter(segment for leaf in self.tree.leaves for segment in leaf.path)

    def batches(self, n_rows: int) -> Iterator[list[Leaf]]:
        """Yield leaves that end the same path with as many tokens, `n_rows` of them at most."""
        groups: dict[tuple[tuple[Segment, ...], int], list[Leaf]] = {}
        for leaf in self.tree.leaves:
            groups.setdefault((leaf.path, len(leaf.ids)), []).append(leaf)
        for group in groups.values():
            for first in range(0, len(group), n_rows):
                yield group[first : first + n_rows]

    @torch.inference_mode()
    def cache(self, batch: Sequence[Leaf]) -> Any:  # noqa: ANN401 - transformers' Cache is untyped
        """Return the cache of the path that the leaves end, a copy for each of them."""
        path = batch[0].path
        for segment in path:
            if segment not in self.caches:
                self.caches[segment] = self._prefill(segment)
        cache = copy.deepcopy(self.caches[path[-1]]) if path else self._empty()
        if path and len(batch) > 1:
            cache.reorder_cache(torch.zeros(len(batch), dtype=torch.long, device=self.model.device))
        for leaf in batch:
            self.users.subtract(leaf.path)
        for segment in [segment for segment in self.caches if not self.users[segment]]:
            del self.caches[segment]
        return cache

    @torch.inference_mode()
    def forward(self, ids: Tensor, cache: Any) -> Tensor:  # noqa: ANN401 - as above
        """Compute ids [rows, n] after what the cache holds, and return the logits of the last."""
        output: Any = self.model(
            input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1
        )
        logits: Tensor = output.logits
        return logits

    def _prefill(self, segment: Segment) -> Any:  # noqa: ANN401 - as above
        """Return the cache of a segment and all before it."""
        above = segment.above
        cache = copy.deepcopy(self.caches[above[-1]]) if above else self._empty()
        ids = torch.tensor([segment.ids], device=self.model.device)
        for first in range(0, ids.shape[1], self.chunk):
            self.forward(ids[:, first : first + self.chunk], cache)
        return cache

    def _empty(self) -> Any:  # noqa: ANN401 - as above
        return DynamicCache(config=self.model.config)
