"""The generations of a run by key: those on disk, and those that were just made."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evalkit.records import Generation


class Outputs:
    """What has been generated; a failure counts as done only for the process that saw it."""

    def __init__(self, written: Iterable[Generation]) -> None:
        """Take over what is on disk; an earlier failure is tried again."""
        self._by_key = {g.key: g for g in written if g.finish_reason != "error"}
        self._failed: set[str] = set()

    def add(self, generation: Generation) -> None:
        """Take note of a generation."""
        if generation.finish_reason == "error":
            self._failed.add(generation.key)
        else:
            self._by_key[generation.key] = generation

    def find(self, key: str) -> Generation | None:
        """Return the sound generation of a key; None where there is none."""
        return self._by_key.get(key)

    def has_failed(self, key: str) -> bool:
        """Tell whether the request of a key has failed in this process."""
        return key in self._failed

    def is_done(self, key: str) -> bool:
        """Tell whether the request of a key need not be sent again."""
        return key in self._by_key or key in self._failed
