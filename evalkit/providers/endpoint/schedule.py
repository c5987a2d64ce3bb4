"""The order of requests: the first of an article alone, then the rest of it.

Servers keep the keys and values of a prefix that they have read; requests sent together would all
read the article.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evalkit.records import Request, TextRead


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """A request whose turn it is; those of one `article` go to the same replica."""

    request: Request
    article: int


class Schedule:
    """Hands out requests to several workers of one event loop."""

    def __init__(self, requests: Iterable[Request]) -> None:
        """Sort the requests by system and by what they read, in order of appearance."""
        groups: dict[tuple[str, TextRead], deque[Request]] = {}
        for request in requests:
            groups.setdefault((request.system, request.read), deque()).append(request)
        self._rest = dict(enumerate(groups.values()))
        self._ready: deque[Turn] = deque()
        self._n_running = 0
        self._changed = asyncio.Condition()
        self._unbegun = deque(self._rest)

    async def take(self) -> Turn | None:
        """Return the next request, waiting where it depends on another; None after the last."""
        async with self._changed:
            await self._changed.wait_for(
                lambda: self._ready or self._unbegun or not self._n_running
            )
            if not self._ready and self._unbegun:
                article = self._unbegun.popleft()
                self._ready.append(Turn(request=self._rest[article].popleft(), article=article))
            if not self._ready:
                return None
            self._n_running += 1
            return self._ready.popleft()

    async def done(self, turn: Turn) -> None:
        """Release what waited for a request."""
        async with self._changed:
            self._n_running -= 1
            for request in self._rest.pop(turn.article, ()):
                self._ready.append(Turn(request=request, article=turn.article))
            self._changed.notify_all()

    async def stop(self) -> None:
        """Hand out nothing more."""
        async with self._changed:
            self._rest.clear()
            self._ready.clear()
            self._unbegun.clear()
            self._changed.notify_all()
