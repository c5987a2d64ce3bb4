"""Which tokens of a set of prompts are computed once for several of them.

Prompts that begin alike form a tree: what all prompts share (system turn, few-shot examples), what
those about one article share (the article), what those of one template share, and at the leaves
what each has alone. Only token ids are compared, never strings: tokens merge where two texts meet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

Ids: TypeAlias = tuple[int, ...]

# A segment costs every layer of every step one more attention call: below this many tokens saved,
# computing them again is cheaper.
_MIN_SAVED = 64
# What a single prompt has alone is computed in a batch with others, unless it is as long as an
# article.
_MAX_OWN = 512


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Segment:
    """A run of tokens computed once; `above` are the segments before it, outermost first."""

    ids: Ids
    start: int
    above: tuple[Segment, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaf:
    """The end of one prompt: the tokens that it has alone, at least one.

    `path` are the segments before them, outermost first; `n_computed` counts the tokens that
    are computed for this prompt: its own, and those of each segment of which it is the first user.
    """

    prompt: int
    ids: Ids
    path: tuple[Segment, ...]
    n_computed: int


@dataclass(frozen=True, kw_only=True)
class PrefixTree:
    """Segments and leaves in the order of computation: users of one segment are adjacent."""

    segments: tuple[Segment, ...]
    leaves: tuple[Leaf, ...]

    @cached_property
    def n_prompt_tokens(self) -> int:
        """Tokens of all prompts together."""
        return sum(
            len(leaf.ids) + sum(len(segment.ids) for segment in leaf.path) for leaf in self.leaves
        )

    @cached_property
    def n_computed_tokens(self) -> int:
        """Tokens that have to be computed."""
        return sum(leaf.n_computed for leaf in self.leaves)


def build_tree(prompts: Sequence[Ids]) -> PrefixTree:
    """Return what to compute, each shared run of tokens once.

    Raises:
        ValueError: a prompt is empty.
    """
    if not all(prompts):
        message = "an empty prompt has no last token to continue from"
        raise ValueError(message)
    builder = _Builder(prompts=prompts)
    for members in _split(prompts, range(len(prompts)), 0):
        builder.grow(members, 0, ())
    return PrefixTree(segments=tuple(builder.segments), leaves=tuple(builder.leaves))


@dataclass(kw_only=True)
class _Builder:
    """The tree while it grows."""

    prompts: Sequence[Ids]
    segments: list[Segment] = field(default_factory=list)
    leaves: list[Leaf] = field(default_factory=list)
    used: set[Segment] = field(default_factory=set)

    def grow(self, members: Sequence[int], start: int, path: tuple[Segment, ...]) -> None:
        """Add prompts that agree on all tokens before `start`, which `path` covers."""
        if len(members) == 1:
            self._end(members[0], start, path)
            return
        end = self._agreement(members)
        if (len(members) - 1) * (end - start) >= _MIN_SAVED:
            path = self._extend(members[0], (start, end), path)
            start = end
        branches = _split(self.prompts, members, end)
        if len(branches) == 1:  # one prompt is the beginning of the others
            branches = [[member] for member in members]
        for branch in branches:
            self.grow(branch, start, path)

    def _agreement(self, members: Sequence[int]) -> int:
        """Return how many first tokens all members share, leaving each at least one."""
        prompts = [self.prompts[member] for member in members]
        low, high = min(prompts), max(prompts)  # all others lie between the two
        limit = min(map(len, prompts)) - 1
        return next((at for at in range(limit) if low[at] != high[at]), limit)

    def _extend(
        self, member: int, bounds: tuple[int, int], path: tuple[Segment, ...]
    ) -> tuple[Segment, ...]:
        """Add a segment below `path` and return the path that ends with it."""
        start, end = bounds
        segment = Segment(ids=self.prompts[member][start:end], start=start, above=path)
        self.segments.append(segment)
        return (*path, segment)

    def _end(self, member: int, start: int, path: tuple[Segment, ...]) -> None:
        """Add the leaf of one prompt."""
        last = len(self.prompts[member]) - 1
        if last - start >= _MAX_OWN:
            path = self._extend(member, (start, last), path)
            start = last
        fresh = set(path) - self.used
        self.used |= fresh
        ids = self.prompts[member][start:]
        n_computed = len(ids) + sum(len(segment.ids) for segment in fresh)
        self.leaves.append(Leaf(prompt=member, ids=ids, path=path, n_computed=n_computed))


def _split(prompts: Sequence[Ids], members: Sequence[int], at: int) -> list[list[int]]:
    """Return the members grouped by their token at one place, in order of first appearance."""
    groups: dict[int, list[int]] = {}
    for member in members:
        groups.setdefault(prompts[member][at], []).append(member)
    return list(groups.values())
