"""How many requests are in flight."""

from __future__ import annotations

import asyncio
import time

from evalkit.providers.endpoint.throttle import Throttle
from tests.support.coroutines import run_in_thread


async def most_at_once(throttle: Throttle, n: int = 40) -> int:
    """Return how many of some requests were in flight at once."""
    active, most = 0, 0

    async def send() -> None:
        nonlocal active, most
        async with throttle:
            active += 1
            most = max(most, active)
            await asyncio.sleep(0.001)
            active -= 1

    await asyncio.gather(*(send() for _ in range(n)))
    return most


def test_never_more_than_the_ceiling() -> None:
    """And as many as it allows."""
    assert run_in_thread(most_at_once(Throttle(8))) == 8


def test_an_overload_halves_the_limit_once() -> None:
    """Failures of requests that were sent before the cut tell nothing new."""

    async def run() -> int:
        throttle = Throttle(16)
        async with throttle as sent_at:
            for _ in range(5):
                throttle.shrink(sent_at, 0)
        assert throttle.lowest == 8
        return await most_at_once(throttle)

    assert run_in_thread(run()) == 8


def test_the_limit_never_falls_below_one_and_grows_back() -> None:
    """One more for each full round of successes."""

    async def run() -> int:
        throttle = Throttle(4)
        for _ in range(10):
            async with throttle as sent_at:
                throttle.shrink(sent_at, 0)
        assert throttle.lowest == 1
        for _ in range(100):
            throttle.grow()
        return await most_at_once(throttle)

    assert run_in_thread(run()) == 4


def test_a_pause_holds_for_all() -> None:
    """Until the moment that the server named."""

    async def run() -> float:
        throttle = Throttle(4)
        async with throttle as sent_at:
            throttle.shrink(sent_at, 0.2)
        start = time.monotonic()
        async with throttle:
            return time.monotonic() - start

    assert run_in_thread(run()) >= 0.19
