"""One prompt while it is answered, and when its answer ends."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from torch import Tensor

    from evalkit.providers.local.prefix import Ids
    from evalkit.records import FinishReason


NO_TOKEN = -1
"""Instead of a token where the logits are not finite: what would be chosen of them is noise."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoppingCriteria:
    """When an answer ends: at an end token, a stop string, or its length."""

    max_new_tokens: int
    eos_ids: frozenset[int]
    decode: Callable[[Sequence[int]], str]
    stop: tuple[str, ...] = ()

    def text(self, new: Sequence[int]) -> str:
        """Return what was written, up to the first stop string."""
        text = self.decode(new)
        cuts = [at for at in map(text.find, self.stop) if at >= 0]
        return text[: min(cuts, default=len(text))]

    def ends_in_stop(self, new: Sequence[int]) -> bool:
        """Return whether the last token completed a stop string."""
        if not self.stop:
            return False
        # A token may hold a single byte of a character.
        reach = 4 * max(map(len, self.stop)) + 4
        tail = self.decode(new[-reach:])
        return any(stop in tail for stop in self.stop)


class Draws(Protocol):
    """What chooses the tokens of a row that is not decoded greedily."""

    def draw(self, logits: Tensor) -> int:
        """Return one token id, from logits [vocabulary]."""
        ...


@dataclass(kw_only=True, slots=True, eq=False)
class Row:
    """One prompt and what has been written for it; `new` holds no end token.

    `sampler` draws its tokens; None decodes greedily. `seconds` counts from when the row was
    begun: a path does so before it computes anything for the row.
    """

    prompt: Ids
    stopping: StoppingCriteria
    sampler: Draws | None = None
    new: list[int] = field(default_factory=list)
    finish: FinishReason | None = None
    n_computed: int = 0
    begun: float = 0.0

    def begin(self) -> None:
        """Start the row's clock."""
        self.begun = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Seconds since the row was begun."""
        return time.perf_counter() - self.begun

    @property
    def text(self) -> str:
        """What was written, up to the first stop string."""
        return self.stopping.text(self.new)

    def accept(self, token: int) -> bool:
        """Add one token and return whether the row goes on; without a token the row has failed."""
        if token == NO_TOKEN:
            self.finish = "error"
            return False
        if token in self.stopping.eos_ids:
            self.finish = "stop"
            return False
        self.new.append(token)
        if self.stopping.ends_in_stop(self.new):
            self.finish = "stop"
        elif len(self.new) >= self.stopping.max_new_tokens:
            self.finish = "length"
        return self.finish is None


class Batch(Protocol):
    """Rows that are run together, and that others can join."""

    def add(self, rows: Sequence[Row]) -> None:
        """Have rows wait; what they share among themselves is going to be computed once."""
        ...

    def results(self, n_rows: int, *, finish: bool) -> Iterator[Row]:
        """Yield each row as it ends, `n_rows` decoded together at most.

        Without `finish` this may end while some are decoded: there is room for others to join.
        """
        ...


class Path(Protocol):
    """A way to run a model over rows: all give the same token ids in float32."""

    @property
    def name(self) -> str:
        """The name that the manifest records: `shared`, `repeated` or `plain`."""
        ...

    @property
    def attention(self) -> str:
        """What computes attention: kernels by name, or an implementation of the library's."""
        ...

    def run(self, rows: Sequence[Row], n_rows: int) -> Iterator[Row]:
        """Yield each row as it ends, `n_rows` decoded together at most."""
        ...

    def batch(self) -> Batch:
        """Return a batch without any rows as yet."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class WholeBatch:
    """A batch of a path on which rows cannot join others: all that wait are run to their ends."""

    path: Path
    waiting: list[Row] = field(default_factory=list)

    def add(self, rows: Sequence[Row]) -> None:
        """Have rows wait."""
        self.waiting.extend(rows)

    def results(self, n_rows: int, *, finish: bool) -> Iterator[Row]:  # noqa: ARG002 - always
        """Yield each row as it ends, `n_rows` decoded together at most."""
        rows = self.waiting.copy()
        self.waiting.clear()
        yield from self.path.run(rows, n_rows)


class RunsToTheEnd:
    """A path on which rows cannot join others."""

    __slots__ = ()

    def batch(self: Path) -> WholeBatch:
        """Return a batch whose rows are run to their ends."""
        return WholeBatch(path=self)
