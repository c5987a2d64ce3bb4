"""One prompt while it is answered, and the rule that ends an answer."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from evalkit.providers.local.prefix import Ids
    from evalkit.records import FinishReason


@dataclass(kw_only=True, slots=True, eq=False)
class Row:
    """One prompt and what has been written for it; `new` holds no end token.

    `latency_s` counts from when the row was begun: a path does so before it reads for the row.
    """

    prompt: Ids
    max_new_tokens: int
    new: list[int] = field(default_factory=list)
    finish: FinishReason | None = None
    n_computed: int = 0
    begun: float = 0.0

    def begin(self) -> None:
        """Start the row's clock."""
        self.begun = time.perf_counter()

    @property
    def latency_s(self) -> float:
        """Seconds since the row was begun."""
        return time.perf_counter() - self.begun


@dataclass(frozen=True, kw_only=True, slots=True)
class Ending:
    """When an answer ends: at the model's own end tokens, a stop string, or its room."""

    eos_ids: frozenset[int]
    stop: tuple[str, ...]
    decode: Callable[[Sequence[int]], str]

    def accept(self, row: Row, token: int) -> bool:
        """Add one token to a row and return whether the row goes on."""
        if token in self.eos_ids:
            row.finish = "stop"
            return False
        row.new.append(token)
        if self.stop and self._stops(row.new):
            row.finish = "stop"
        elif len(row.new) >= row.max_new_tokens:
            row.finish = "length"
        return row.finish is None

    def text(self, row: Row) -> str:
        """Return what was written, cut before the first stop string."""
        text = self.decode(row.new)
        cuts = [at for at in map(text.find, self.stop) if at >= 0]
        return text[: min(cuts, default=len(text))]

    def _stops(self, new: Sequence[int]) -> bool:
        # A new stop string ends in the last token, and a token may hold a single byte of it.
        reach = 4 * max(map(len, self.stop)) + 4
        tail = self.decode(new[-reach:])
        return any(stop in tail for stop in self.stop)


class Path(Protocol):
    """A way to run a model over rows: all give the same token ids in float32."""

    @property
    def name(self) -> str:
        """The name that the manifest records: `shared`, `repeated` or `plain`."""
        ...

    def run(self, rows: Sequence[Row], ending: Ending, n_rows: int) -> Iterator[Row]:
        """Yield each row as it ends, `n_rows` decoded together at most."""
        ...
