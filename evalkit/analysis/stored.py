"""The generations of a run where they are: on the disk, each read when it is looked at."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING

from evalkit.records import Generation, Place, model_of
from evalkit.store.jsonl import RandomAccess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from evalkit.records import PlannedRequest


class StoredGenerations(Mapping[Place, Generation]):
    """The generation of each request that has one, by system, example id and number of the sample.

    Only their places in the file are held: the texts of a large run do not fit into memory. The
    file stays open, so that what replaces it changes nothing here. Requests of one model with one
    key share one generation; of several attempts the latest counts.
    """

    def __init__(
        self,
        file: Path,
        requests: Iterable[PlannedRequest],
        prepare: Callable[[Generation], Generation],
        names: Mapping[str, str],
    ) -> None:
        """Find the generations of requests.

        Args:
            file: generations.jsonl.
            requests: what was asked.
            prepare: what is done to each generation that is read.
            names: what systems are called here, by their names in the file, where these differ.

        Raises:
            StoreError: it cannot be read, or a line is no generation.
        """
        self._file = RandomAccess(file, Generation)
        weakref.finalize(self, self._file.close)
        self._prepare = prepare
        by_key = {(model_of(g.system), g.key): at for at, g in self._file.records()}
        self._at: dict[Place, int] = {
            (names.get(r.system, r.system), r.example, r.sample): at
            for r in requests
            if (at := by_key.get((model_of(r.system), r.key))) is not None
        }

    def __getitem__(self, place: Place) -> Generation:
        """Read a generation."""
        return self._prepare(self._file.read(self._at[place]))

    def __iter__(self) -> Iterator[Place]:
        """Yield the places, in the order of the requests."""
        return iter(self._at)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._at)

    def __contains__(self, place: object) -> bool:
        """Return whether a request has a generation, without reading it."""
        return place in self._at


class GenerationsOfRuns(Mapping[Place, Generation]):
    """The generations of several mappings as one; of two at one place the later counts."""

    def __init__(self, *parts: Mapping[Place, Generation]) -> None:
        """Join mappings, of which none is copied."""
        self._parts = parts

    def __getitem__(self, place: Place) -> Generation:
        """Return a generation."""
        for part in reversed(self._parts):
            if place in part:
                return part[place]
        raise KeyError(place)

    def __iter__(self) -> Iterator[Place]:
        """Yield the places, those of the first mapping first."""
        return iter(dict.fromkeys(chain(*self._parts)))

    def __len__(self) -> int:
        """Return how many there are."""
        return sum(1 for _ in self)
