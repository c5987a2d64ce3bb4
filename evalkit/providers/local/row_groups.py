"""Rows that are decoded, in two caches: one for those short as yet, and one for the others.

Every row of a cache has room for the longest of them, and attention reads that room. Most answers
are short; one cache would give each of them the room that a summary needs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evalkit.providers.local.kv_cache import BLOCK, RowCache

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.providers.local.decoding import Decoding


@dataclass(kw_only=True, slots=True, eq=False)
class RowGroup:
    """Rows that lie in one cache, in its order."""

    rows: list[Decoding] = field(default_factory=list)
    cache: RowCache = field(default_factory=RowCache)

    def keep(self, stay: Sequence[int]) -> None:
        """Keep the rows at these places."""
        if len(stay) < len(self.rows):
            self.rows = [self.rows[at] for at in stay]
            self.cache.resize(stay, 0, self.cache.capacity)

    def add(self, new: Sequence[Decoding]) -> None:
        """Add rows behind the others, with room for the next step of all."""
        n_before = len(self.rows)
        self.rows += new
        longest = max((row.n_slots for row in self.rows), default=0)
        self.cache.resize(range(n_before), len(new), longest)


@dataclass(kw_only=True, slots=True, eq=False)
class RowGroups:
    """The rows that are being decoded; a short one has `BLOCK` tokens of its own at most."""

    short: RowGroup = field(default_factory=RowGroup)
    long: RowGroup = field(default_factory=RowGroup)

    @property
    def groups(self) -> tuple[RowGroup, RowGroup]:
        """Both of them."""
        return self.short, self.long

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return len(self.short.rows) + len(self.long.rows)

    def make_room(self, new: Sequence[Decoding]) -> None:
        """Add new rows behind the others of their kind, and have room for the next step of all."""
        grown = [at for at, row in enumerate(self.short.rows) if row.n_slots > BLOCK]
        moved = [self.short.rows[at] for at in grown]
        n_long = len(self.long.rows)
        self.long.add([*moved, *(row for row in new if row.n_slots > BLOCK)])
        if moved:
            self.long.cache.copy_rows(self.short.cache, grown, n_long)
            self.short.keep([at for at, row in enumerate(self.short.rows) if row.n_slots <= BLOCK])
        self.short.add([row for row in new if row.n_slots <= BLOCK])

    def drop_ended(self) -> None:
        """Keep the rows that go on."""
        for group in self.groups:
            group.keep([at for at, one in enumerate(group.rows) if not one.row.finish])
