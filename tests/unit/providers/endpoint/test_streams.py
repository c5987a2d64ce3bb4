"""Bodies in every shape that servers and proxies give them."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import served
from tests.support.endpoints import ask, request
from tests.support.served import answer, events, in_turn, raw, serving, status

if TYPE_CHECKING:
    from evalkit.records import Generation
    from tests.support.served import Reaction

ANSWER = answer("武汉")
EVENTS = [
    {"choices": [{"delta": {"content": "武"}}]},
    {"choices": [{"delta": {"content": "汉"}, "finish_reason": "stop"}]},
]
STREAM = "".join(f"data: {json.dumps(each, ensure_ascii=False)}\n\n" for each in EVENTS).encode()
WHOLE = json.dumps({
    "choices": [{"message": {"content": "武汉"}, "finish_reason": "stop"}]
}).encode()  # fmt: skip
EVENT_STREAM = "Content-Type: text/event-stream"
ONCE: dict[str, Any] = {"silence_s": 0.4, "retry_for_s": 0.0}


def outcome(*reactions: Reaction, **changes: Any) -> Generation:  # noqa: ANN401 - keys of the config
    """Return what becomes of one request that is sent once."""
    with serving(in_turn(*reactions)) as server:
        (generation,) = ask(server, 1, **(ONCE | changes))
        return generation


@pytest.mark.parametrize(
    "reaction",
    [
        served.stream(*[STREAM[i : i + 1] for i in range(len(STREAM))]),
        served.stream(STREAM.replace(b"\n\n", b"\n")),
        served.stream(STREAM.replace(b"\n", b"\r\n")),
        served.stream(b"\xef\xbb\xbf" + STREAM),
        served.stream(b"\n\n: hello\nevent: message\nid: 1\n" + STREAM),
        served.stream(STREAM.rstrip()),
        served.stream(STREAM + b"data: [DONE]\n\n"),
        served.stream(STREAM + b"data:[DONE]"),
        served.stream(STREAM.replace(b"data: ", b"data:")),
        raw("", b"HTTP/1.1 200 OK\r\n\r\n" + STREAM),
        raw("Content-Type: application/json", STREAM),
        raw("Content-Type: text/plain", WHOLE),
        raw("Content-Type: application/json", b"\n\n\n", WHOLE),
        raw(f"{EVENT_STREAM}\r\nContent-Encoding: gzip", gzip.compress(STREAM)),
    ],
)
def test_a_stream_is_read_however_it_is_cut(reaction: Reaction) -> None:
    """Inside a character, without blank lines or an end, with a byte-order mark, under any type."""
    assert outcome(reaction).text == "武汉"


def test_a_page_of_a_proxy_is_no_answer() -> None:
    """It may be gone the next time; what else is neither events nor JSON is an error at once."""
    page = status(200, "<html><title>Please log in</title></html>")
    assert outcome(page, ANSWER, retry_for_s=5.0).text == "武汉"
    found = outcome(page)
    assert (found.finish_reason, found.text) == ("error", "")
    assert "Please log in" in found.error
    words = outcome(status(200, "upstream connect error"), ANSWER, retry_for_s=5.0)
    assert (words.finish_reason, words.attempts) == ("error", 1)
    assert "upstream connect error" in words.error


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "gzip,deflate"])
def test_what_may_grow_without_bound_is_not_decompressed(coding: str) -> None:
    """Nothing compressed was asked for; gzip alone grows a thousandfold at most."""
    twice = gzip.compress(gzip.compress(STREAM))
    found = outcome(raw(f"{EVENT_STREAM}\r\nContent-Encoding: {coding}", twice))
    assert found.error == f"the reply is compressed as `{coding}`, which was not asked for"


def test_a_bomb_of_gzip_ends_at_the_size_of_a_reply() -> None:
    """Three hundred megabytes in three hundred kilobytes."""
    press = zlib.compressobj(wbits=31)
    bomb = press.compress(b"data: " + b" " * 300_000_000) + press.flush()
    found = outcome(raw(f"{EVENT_STREAM}\r\nContent-Encoding: gzip", bomb), silence_s=5.0)
    assert "larger than" in found.error


@pytest.mark.parametrize(
    "reaction",
    [
        served.stream(
            *[b'data: {"choices": [{"delta": {"content": ""}}]}\n\n'] * 100, pause_s=0.05
        ),
        served.stream(*[b'data: {"choices": []}\n\n'] * 100, pause_s=0.05),
        raw("", *[bytes([each]) for each in b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100], pause_s=0.05),
        raw("Content-Length: 999999", b"{", *[b" "] * 100, pause_s=0.05),
    ],
)
def test_bytes_that_say_nothing_are_given_up(reaction: Reaction) -> None:
    """Empty events, empty choices, a head and a body without end: all keep a connection open."""
    assert "nothing but blanks" in outcome(reaction).error


def test_only_the_first_choice_is_the_answer() -> None:
    """Events of several choices come mixed."""
    mixed = events(
        {"choices": [{"index": 0, "delta": {"content": "武"}}]},
        {"choices": [{"index": 1, "delta": {"content": "错"}}]},
        {"choices": [{"index": 0, "delta": {"content": "汉"}, "finish_reason": "stop"}]},
    )
    assert outcome(mixed).text == "武汉"


def test_an_error_after_some_tokens_has_the_say() -> None:
    """Under HTTP 200: a filter leaves a text without prediction, an outage leaves nothing."""
    begun = {"choices": [{"delta": {"content": "武"}}]}
    filtered = {"error": {"code": "data_inspection_failed", "message": "inappropriate content"}}
    found = outcome(events(begun, filtered))
    assert (found.finish_reason, found.text, found.prediction) == ("refused", "武", "")
    broken = events(begun, {"error": {"message": "CUDA error", "code": 500}})
    assert outcome(broken, ANSWER, retry_for_s=5.0).text == "武汉"
    assert outcome(broken).text == ""


def test_a_refusal_in_a_field_of_its_own_is_a_refusal() -> None:
    """Not an empty answer that ended well."""
    said = events({"choices": [{"delta": {"refusal": "我不能"}, "finish_reason": "stop"}]})
    found = outcome(said)
    assert (found.finish_reason, found.text, found.prediction) == ("refused", "我不能", "")


def test_a_prompt_that_utf_8_cannot_encode_fails_alone() -> None:
    """One question with half a surrogate pair; the others are asked."""
    with serving(in_turn(ANSWER)) as server:
        odd, sound = ask(server, [request("问\ud800"), request("好")])
    assert (odd.finish_reason, sound.text) == ("error", "武汉")
    assert "surrogate" in odd.error
