"""The generations of a run: those on disk, and those that were just made."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from evalkit.records import model_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evalkit.records import Generation


class Outputs:
    """What each model has generated, by key; two models of the same weights share nothing."""

    def __init__(self, written: Iterable[Generation], *, read_later: bool = True) -> None:
        """Take over what is on disk; failures are tried again, refusals are not.

        Without a step that reads earlier outputs later, none is held: all do not fit into memory.
        """
        self._read_later = read_later
        self._sound: dict[tuple[str, str], str] = {}
        self._failed: set[tuple[str, str]] = set()
        self.costs: dict[str, float] = defaultdict(float)
        """What each model's generations of this run have cost."""
        for generation in written:
            if generation.finish_reason == "error":
                self._count_cost(generation)
            else:
                self.add(generation)

    def add(self, generation: Generation) -> None:
        """Add a generation; a failure counts as done in this process."""
        self._count_cost(generation)
        place = (model_of(generation.system), generation.key)
        if generation.is_answer:
            self._sound[place] = generation.prediction if self._read_later else ""
        else:
            self._failed.add(place)

    def _count_cost(self, generation: Generation) -> None:
        if not generation.from_cache:
            self.costs[model_of(generation.system)] += generation.cost

    def find(self, model: str, key: str) -> str | None:
        """Return what a model has soundly written for a key; None where there is nothing yet."""
        return self._sound.get((model, key))

    def has_failed(self, model: str, key: str) -> bool:
        """Return whether a model's request has failed in this process, or was ever refused."""
        return (model, key) in self._failed

    def is_done(self, model: str, key: str) -> bool:
        """Return whether a model's request need not be sent again."""
        return (model, key) in self._sound or (model, key) in self._failed
