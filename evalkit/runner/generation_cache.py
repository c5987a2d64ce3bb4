"""The generation cache that all runs share: a convenience, never a reason to fail."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.errors import StoreError
from evalkit.store.cache import Cache
from evalkit.store.log import warn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from evalkit.interfaces import Progress
    from evalkit.records import Generation, Request


class GenerationCache:
    """What other runs generated; empty as soon as the cache fails."""

    def __init__(self, file: Path | None, progress: Progress, *, secret: bytes = b"") -> None:
        """Open the cache in a file, if one is wanted; failures are reported to `progress`.

        `secret` signs its entries, as in `Cache`.
        """
        self._progress = progress
        self._cache: Cache | None = None
        if file is not None:
            with self._trouble():
                self._cache = Cache(file, secret=secret)
                self._cache.trim()

    def find(self, requests: Sequence[Request]) -> dict[str, Generation]:
        """Return the generations of those requests that are there, by key."""
        found: Mapping[str, Generation] = {}
        if self._cache is not None:
            with self._trouble():
                found = self._cache.find(request.key for request in requests)
        return {
            request.key: replace(
                found[request.key],
                system=request.system,
                example=request.example.id,
                sample=request.decoding.sample,
                n_article_tokens_dropped=request.n_article_tokens_dropped,
                template_sha256=request.template_sha256,
            )
            for request in requests
            if request.key in found
        }

    def keep(self, generation: Generation) -> None:
        """Keep an answer for other runs."""
        if self._cache is not None and generation.is_answer:
            with self._trouble():
                self._cache.add(generation)

    def close(self) -> None:
        """Drop what exceeds the cache's size, and close it."""
        if self._cache is not None:
            with self._trouble():
                self._cache.trim()
        self._give_up()

    def _give_up(self) -> None:
        if self._cache is not None:
            self._cache.close()
        self._cache = None

    @contextmanager
    def _trouble(self) -> Iterator[None]:
        try:
            yield
        except StoreError as error:
            self._give_up()
            warn("cache off", reason=error)
            self._progress.say(f"continuing without the cache: {error}")
