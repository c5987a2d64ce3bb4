"""The order of requests."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.providers.endpoint.schedule import Schedule, Turn
from evalkit.records import TextRead
from tests.support.coroutines import run_in_thread
from tests.support.endpoints import request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.records import Request


async def taken(schedule: Schedule) -> str:
    """Return what is handed out at once, `wait` where nothing is."""
    try:
        turn = await asyncio.wait_for(schedule.take(), 0.05)
    except TimeoutError:
        return "wait"
    return "end" if turn is None else f"{turn.request.article}{turn.request.example.id}"


def in_order(requests: Sequence[Request]) -> list[Turn]:
    """Return the turns of a single worker."""

    async def run() -> list[Turn]:
        schedule = Schedule(requests)
        turns = []
        while (turn := await schedule.take()) is not None:
            turns.append(turn)
            await schedule.done(turn)
        return turns

    return run_in_thread(run())


def test_the_first_request_of_an_article_goes_alone() -> None:
    """Then all others, before another article begins; nothing waits where nothing is shared."""
    requests = [request(question, article=name) for name in "甲乙" for question in "123"]

    async def run() -> list[str]:
        schedule = Schedule(requests)
        first = await schedule.take()
        assert first is not None
        seen = [first.request.article + first.request.example.id]
        seen += [await taken(schedule), await taken(schedule)]  # 乙1 may go, 甲2 may not
        await schedule.done(first)
        seen += [await taken(schedule) for _ in range(3)]
        return seen

    assert run_in_thread(run()) == ["甲1", "乙1", "wait", "甲2", "甲3", "wait"]


def test_every_request_is_handed_out_once() -> None:
    """By several workers, whatever the order in which they end."""
    requests = [request(str(i), article=str(i % 7)) for i in range(100)]
    seen: list[str] = []

    async def run() -> None:
        schedule = Schedule(requests)

        async def work(pause: float) -> None:
            while (turn := await schedule.take()) is not None:
                await asyncio.sleep(pause)
                seen.append(turn.request.key)
                await schedule.done(turn)

        await asyncio.gather(*(work(i / 10_000) for i in range(8)))

    run_in_thread(run())
    assert sorted(seen) == sorted(each.key for each in requests)


def test_requests_of_one_article_go_to_one_replica() -> None:
    """They have the same number."""
    requests = [request(question, article=name) for question in "12" for name in "甲乙"]
    numbers = {(turn.request.article, turn.article) for turn in in_order(requests)}
    assert numbers == {("甲", 0), ("乙", 1)}


def test_articles_are_told_apart_by_their_ids() -> None:
    """No text is looked at: these are nowhere to be found."""
    requests = [
        replace(request(question), read=TextRead(article=name))
        for question in "12"
        for name in "甲乙"
    ]
    numbers = [(turn.request.read.article, turn.article) for turn in in_order(requests)]
    assert numbers == [("甲", 0), ("甲", 0), ("乙", 1), ("乙", 1)]


def test_after_a_stop_nothing_is_handed_out() -> None:
    """Workers that wait are released once the running ones have ended."""

    async def run() -> list[str]:
        schedule = Schedule([request(question) for question in "123"])
        turn = await schedule.take()
        assert turn is not None
        waiting = asyncio.create_task(schedule.take())
        await schedule.stop()
        await schedule.done(turn)
        return [str(await waiting), await taken(schedule)]

    assert run_in_thread(run()) == ["None", "end"]
