"""How long a session waits, how much it reads, and how much it sends at once."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING

import pytest

from evalkit.errors import ProviderError
from tests.support import served
from tests.support.endpoints import ask, opened, outcome, request
from tests.support.served import answer, failure, in_turn, serving, status

if TYPE_CHECKING:
    from tests.support.served import Reaction

ANSWER = answer("武汉")


def test_a_hung_server_is_given_up_after_its_silence() -> None:
    """Not after the minute for which it hangs."""
    start = time.monotonic()
    found, _ = outcome(served.hang, silence_s=0.4, retry_for_s=0.0)
    assert found.error == "nothing arrived for 0.4 s"
    assert time.monotonic() - start < 30


def test_a_slow_server_is_not_silent() -> None:
    """Pieces that come a little apart, for longer in all than the silence allowed."""
    words = [{"choices": [{"delta": {"content": word}}]} for word in "一二三四五六七八九十"]
    end = {"choices": [{"delta": {}, "finish_reason": "stop"}]}
    pieces = [f"data: {json.dumps(event)}\n\n".encode() for event in (*words, end)]
    found, _ = outcome(served.stream(*pieces, pause_s=0.2), silence_s=1.5)
    assert found.text == "一二三四五六七八九十"


def test_blanks_keep_a_request_alive() -> None:
    """Services send them while a request waits for its turn."""
    event = {"choices": [{"delta": {"content": "武汉"}, "finish_reason": "stop"}]}
    pieces = [b": keep-alive\n\n", b"\n"] * 5 + [f"data: {json.dumps(event)}\n\n".encode()]
    assert outcome(served.stream(*pieces, pause_s=0.2), silence_s=1.5)[0].text == "武汉"


def test_nothing_but_blanks_is_given_up() -> None:
    """After `silence_s` and `retry_for_s` together; after twice the first where that is longer."""
    blanks = served.stream(*[b": keep-alive\n\n"] * 100, pause_s=0.05)
    found, _ = outcome(blanks, silence_s=1.0, retry_for_s=0.0)
    assert "nothing but blanks" in found.error


def test_a_body_without_end_is_not_read_to_its_end() -> None:
    """A hundred megabytes, as a stream and as one body."""
    line = b"data: " + b"x" * 1_000_000
    start = time.monotonic()
    for fault in (served.stream(*[line] * 100), status(200, b"{" + b" " * 100_000_000)):
        found, _ = outcome(fault)
        assert "larger than" in found.error
    assert time.monotonic() - start < 30


def test_retry_after_is_obeyed() -> None:
    """Nothing is sent before the moment that the server names."""
    times: list[float] = []

    def script(asked: served.Asked) -> Reaction:
        times.append(time.monotonic())
        return failure(429, "rate_limit", Retry_After="0.5") if asked.n == 0 else ANSWER

    with serving(script) as server:
        assert [each.text for each in ask(server, 1)] == ["武汉"]
    assert times[1] - times[0] >= 0.5


@pytest.mark.parametrize("header", ["86400", "1e9", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_wait_that_is_longer_than_the_config_allows_stops_the_model(header: str) -> None:
    """At once, for all requests: those that wait for their turn do not wait for that moment."""
    start = time.monotonic()
    script = in_turn(ANSWER, failure(429, "rate_limit", "later", Retry_After=header), ANSWER)
    with serving(script) as server, pytest.raises(ProviderError) as error:
        ask(server, 50, retry_for_s=60.0)
    assert "HTTP 429: later; it asks to wait for" in str(error.value)
    assert "`retry_for_s`" in str(error.value)
    assert time.monotonic() - start < 30


def test_what_waits_for_its_turn_is_not_sent_after_a_stop() -> None:
    """An overloaded server holds back half of the requests; then it refuses the key."""
    refusal = served.after(0.1, failure(401, "invalid_api_key"))
    script = in_turn(ANSWER, *[failure(429, "rate_limit")] * 8, refusal)
    with serving(script) as server, pytest.raises(ProviderError):
        ask(server, 100, concurrency=32)
    assert len(server.asked) <= 1 + 8 + 16 + 8  # those in flight, at the limit before and after


def test_retrying_ends() -> None:
    """After `retry_for_s`, with the last reason and the number of attempts."""
    found, n_asked = outcome(failure(503, 503, "busy"), retry_for_s=0.2)
    assert (found.finish_reason, found.attempts) == ("error", n_asked)
    assert n_asked > 2
    assert found.error == "HTTP 503: busy"


def test_an_overloaded_server_gets_fewer_requests_at_once() -> None:
    """Where it refuses more than four at once, all are answered in the end."""

    def script(_asked: served.Asked) -> Reaction:
        busy = server.n_at_once > 4
        return failure(429, "rate_limit") if busy else served.after(0.01, ANSWER)

    with serving(script) as server, opened(server, concurrency=32).session([]) as session:
        found = list(session.generate([request(f"问{i}") for i in range(100)]))
        facts = session.facts
    assert {generation.text for generation in found} == {"武汉"}
    assert facts["lowest_concurrency"] in range(1, 32)
    assert facts["n_retries"]


def test_a_hundred_streams_at_once() -> None:
    """After the first of the article, which goes alone; none ends before all have begun."""
    all_there = asyncio.Event()

    def script(asked: served.Asked) -> Reaction:
        async def react(writer: asyncio.StreamWriter) -> None:
            if server.n_at_once == 100:
                all_there.set()
            if asked.n:
                await all_there.wait()
            await ANSWER(writer)

        return react

    with serving(script) as server:
        found = ask(server, 101, concurrency=100, silence_s=60.0)
        assert {generation.text for generation in found} == {"武汉"}
        assert server.most_at_once == 100
