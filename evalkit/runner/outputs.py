"""The generations of a run: those on disk, and those that were just made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.records import model_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evalkit.records import Generation


class Outputs:
    """What each model has generated, by key; two models of the same weights share nothing."""

    def __init__(self, written: Iterable[Generation]) -> None:
        """Take over what is on disk; what failed earlier is tried again."""
        self._sound: dict[tuple[str, str], Generation] = {}
        self._failed: set[tuple[str, str]] = set()
        for generation in written:
            if generation.finish_reason != "error":
                self.add(generation)

    def add(self, generation: Generation) -> None:
        """Add a generation; a failure counts as done in this process."""
        place = (model_of(generation.system), generation.key)
        if generation.finish_reason == "error":
            self._failed.add(place)
        else:
            self._sound[place] = generation

    def find(self, model: str, key: str) -> Generation | None:
        """Return a model's sound generation of a key; None where there is none."""
        return self._sound.get((model, key))

    def has_failed(self, model: str, key: str) -> bool:
        """Return whether a model's request has failed in this process."""
        return (model, key) in self._failed

    def is_done(self, model: str, key: str) -> bool:
        """Return whether a model's request need not be sent again."""
        return (model, key) in self._sound or (model, key) in self._failed
