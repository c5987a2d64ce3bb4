"""What the errors of servers and services mean."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from evalkit.providers.endpoint.failures import Kind, failure_in, failure_of_status
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


def test_a_redirect_is_named_and_stops() -> None:
    """A user may name the new address; evalkit sends its key nowhere else."""
    failure = failure_of_status(301, b"", {"location": "https://elsewhere/v1"})
    assert failure.kind == "stop"
    assert "https://elsewhere/v1" in failure.reason


def test_a_long_message_is_shortened() -> None:
    """A page of HTML is not a reason."""
    assert len(failure_of_status(500, b"x" * 5000, {}).reason) < 350
