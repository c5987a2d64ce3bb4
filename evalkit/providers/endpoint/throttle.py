"""How many requests are in flight: fewer when the server is overloaded, more when it copes."""

from __future__ import annotations

import asyncio
import time
from typing import Final

_SHRINK: Final = 0.5


class Throttle:
    """A limit on requests in flight: halved on overload, one more after each full round.

    The rule is that of TCP (additive increase, multiplicative decrease: Chiu and Jain 1989). A
    burst of failures of one round counts once.
    """

    def __init__(self, ceiling: int) -> None:
        """Begin at the ceiling."""
        self._ceiling = ceiling
        self._limit = float(ceiling)
        self._n_active = 0
        self._changed = asyncio.Condition()
        self._shrunk_at = 0.0
        self._resumes_at = 0.0
        self.lowest = ceiling
        """The lowest limit so far."""

    async def __aenter__(self) -> float:
        """Wait for a place; return when it was taken."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._n_active < int(self._limit))
            self._n_active += 1
        while (wait_s := self._resumes_at - time.monotonic()) > 0:  # noqa: ASYNC110 - it may grow
            await asyncio.sleep(wait_s)
        return time.monotonic()

    async def __aexit__(self, *_: object) -> None:
        """Give the place back."""
        async with self._changed:
            self._n_active -= 1
            self._changed.notify_all()

    def grow(self) -> None:
        """Count a success."""
        self._limit = min(float(self._ceiling), self._limit + 1 / self._limit)

    def shrink(self, sent_at: float, pause_s: float) -> None:
        """Count an overload of a request, and send nothing for as long as the server asks.

        Args:
            sent_at: when the request took its place; one sent before the last cut is no news.
            pause_s: 0 where the server asks for no pause.
        """
        now = time.monotonic()
        self._resumes_at = max(self._resumes_at, now + pause_s)
        if sent_at >= self._shrunk_at:
            self._limit = max(1.0, self._limit * _SHRINK)
            self._shrunk_at = now
            self.lowest = min(self.lowest, int(self._limit))
