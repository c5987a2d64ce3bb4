"""What the errors of servers and services mean."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.providers.endpoint.failures import Kind, RequestFailed, failure_in, failure_of_status
from evalkit.providers.endpoint.replies import ReplyBuilder
from tests.support.paths import ROOT

RECORDED = ROOT / "tests/golden/served/errors.jsonl"
"""Bodies as servers and services send them, with the page that documents each, or its server."""


def recorded() -> list[tuple[Kind, int, object]]:
    """Return the kind, the status and the body of every recorded error."""
    rows = map(json.loads, RECORDED.read_text(encoding="utf-8").splitlines())
    return [(row["kind"], row["status"], row["body"]) for row in rows]


@pytest.mark.parametrize(("kind", "status", "body"), recorded())
def test_every_known_error_has_its_kind(kind: Kind, status: int, body: object) -> None:
    """By code, by message, else by status; what is unknown is an error of the one request."""
    content = body if isinstance(body, str) else json.dumps(body)
    failure = failure_of_status(status, content.encode(), {})
    assert (failure.kind, failure.status) == (kind, status)
    assert failure.reason.startswith(f"HTTP {status}: ")
    assert "\n" not in failure.reason


@pytest.mark.parametrize(
    ("kind", "event"),
    [
        ("retry", {"error": "out of memory"}),  # transformers serve, in the middle of a stream
        ("retry", {"error": {"message": "insufficient_system_resource"}}),
        ("refused", {"error": {"code": "1301", "message": "敏感内容"}}),
        ("stop", {"error": {"code": 401, "message": "no such key"}}),
        ("error", {"error": {"code": 400, "message": "bad request"}}),
        ("retry", {"error_code": 336100, "error_msg": "Service temporarily unavailable"}),
        ("too_long", {"object": "error", "message": "maximum context length", "code": 400}),
        ("retry", {"code": "InternalError", "message": "x", "request_id": "7"}),
    ],
)
def test_an_error_in_a_body_of_http_200_is_no_answer(kind: Kind, event: dict[str, object]) -> None:
    """Wherever it stands; it may pass where nothing else is known of it."""
    failure = failure_in(event)
    assert failure is not None
    assert failure.kind == kind


def test_an_answer_is_no_error() -> None:
    """Nor is one that names a code of its own beside its choices."""
    assert failure_in({"choices": [{"delta": {}}], "error": None}) is None
    assert failure_in({"choices": [], "code": 0, "message": "ok"}) is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("1.5", 1.5), ("-3", 0), ("soon", 0), ("", 0), ("nan", 0), ("inf", 0)],
)
def test_retry_after_is_a_number_of_seconds(header: str, seconds: float) -> None:
    """What is no number asks for nothing."""
    assert failure_of_status(429, b"", {"retry-after": header}).wait_s == seconds


def test_retry_after_is_also_a_date() -> None:
    """As HTTP allows."""
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert 28 < failure_of_status(429, b"", {"retry-after": date}).wait_s <= 30


@pytest.mark.parametrize(
    "date",
    [
        "Fri, 31 Dec 9999 23:59:59 -1200",
        "Mon, 01 Jan 0001 00:00:00 +1200",
        "Fri, 31 Dec 99999 23:59:59 GMT",
        "Wed, 21 Oct 2015 07:28:00 GMT",
        "Wed, 21 Oct 2015 07:28:00 -0000",
    ],
)
def test_a_date_that_no_calendar_has_or_that_is_over_asks_for_nothing(date: str) -> None:
    """And breaks nothing."""
    assert failure_of_status(429, b"", {"retry-after": date}).wait_s == 0


@given(st.text(max_size=60))
def test_any_retry_after_is_read(header: str) -> None:
    """A header is data: it is a number of seconds, or none."""
    assert failure_of_status(429, b"", {"retry-after": header}).wait_s >= 0


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("error", "code", "type", "message", "choices", "delta", "content", "index"),
                    *("finish_reason", "usage", "prompt_tokens", "reasoning", "object", "detail"),
                    *("refusal", "prompt_tokens_details", "cached_tokens", "timings", "model"),
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(json_values)
@settings(max_examples=300)
def test_any_json_is_an_answer_or_a_failure(value: object) -> None:
    """Whatever a server sends, as an event or as the body of an error."""
    builder = ReplyBuilder()
    with suppress(RequestFailed):
        builder.add(value)
        builder.reply()
    failure = failure_of_status(400, json.dumps(value).encode(), {})
    assert failure.reason
    assert len(failure.reason) < 350


def test_numbers_of_any_size_count_nothing() -> None:
    """An error code of ten thousand digits, and as many tokens."""
    body = b'{"error": {"code": ' + b"9" * 10_000 + b', "message": "odd"}}'
    assert failure_of_status(400, body, {}).kind == "error"
    builder = ReplyBuilder()
    event = {"choices": [{"delta": {}, "finish_reason": "stop"}]}
    builder.add(event | {"usage": {"prompt_tokens": 10**10_000, "completion_tokens": 1}})
    assert builder.reply().usage.n_prompt is None


def test_a_redirect_is_named_and_stops() -> None:
    """A user may name the new address; evalkit sends its key nowhere else."""
    failure = failure_of_status(301, b"", {"location": "https://elsewhere/v1"})
    assert failure.kind == "stop"
    assert "https://elsewhere/v1" in failure.reason


def test_a_long_message_is_shortened() -> None:
    """A page of HTML is not a reason."""
    assert len(failure_of_status(500, b"x" * 5000, {}).reason) < 350
