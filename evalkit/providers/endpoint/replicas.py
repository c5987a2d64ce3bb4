"""Which of several equal servers is asked: each article has its own, while that one answers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_REST_S: Final = 60.0


class Replicas:
    """Equal servers, of which one that fails is left alone for a minute while others answer."""

    def __init__(self, addresses: Sequence[str]) -> None:
        """Take all of them for sound."""
        self._addresses = addresses
        self._rests_until = dict.fromkeys(addresses, 0.0)

    def choose(self, number: int) -> str:
        """Return the address for a number, or the next one whose server has not failed lately."""
        n, now = len(self._addresses), time.monotonic()
        order = [self._addresses[(number + i) % n] for i in range(n)]
        return next((each for each in order if self._rests_until[each] <= now), order[0])

    def rest(self, address: str) -> None:
        """Leave a server alone for a while."""
        self._rests_until[address] = time.monotonic() + _REST_S
