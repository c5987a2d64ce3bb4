"""Keeps very long rows apart where a model turns positions differently beyond some length.

With `dynamic` and `longrope` RoPE the frequencies depend on the longest sequence of a pass, so keys
computed at one length may not be mixed with those of another. Up to the limit nothing changes; rows
that can pass it are run alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.providers.local.rows import RunsToTheEnd

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from transformers import PreTrainedConfig

    from evalkit.providers.local.rows import Path, Row


@dataclass(frozen=True, kw_only=True, slots=True)
class ByLengthPath(RunsToTheEnd):
    """Runs rows of up to `limit` tokens on one path and longer ones on the other."""

    limit: int
    short: Path
    long: Path

    @property
    def name(self) -> str:
        """The name of the path that is usually taken."""
        return self.short.name

    @property
    def attention(self) -> str:
        """What computes attention on that path."""
        return self.short.attention

    def run(self, rows: Sequence[Row], n_rows: int) -> Iterator[Row]:
        """Yield each row as it ends, `n_rows` decoded together at most."""
        fitting = [row for row in rows if self._fits(row)]
        longer = [row for row in rows if not self._fits(row)]
        if fitting:
            yield from self.short.run(fitting, n_rows)
        if longer:
            yield from self.long.run(longer, n_rows)

    def _fits(self, row: Row) -> bool:
        return len(row.prompt) + row.stopping.max_new_tokens <= self.limit


def length_limit(config: PreTrainedConfig) -> int | None:
    """Return the length beyond which the model's frequencies change; None if they never do."""
    text = config.get_text_config()
    rope = getattr(text, "rope_parameters", None) or {}
    kinds = [rope, *(kind for kind in rope.values() if isinstance(kind, dict))]
    limits = [
        int(kind.get("original_max_position_embeddings", text.max_position_embeddings))
        for kind in kinds
        if kind.get("rope_type") in ("dynamic", "longrope")
    ]
    return min(limits, default=None)
