"""What the failure of a request means: whether it may pass, and whether any request can succeed.

Servers agree neither on status nor on shape. Codes and messages are those of vLLM, SGLang,
llama.cpp, LMDeploy, Ollama and of the documented error lists of DashScope, DeepSeek, Moonshot and
Zhipu. What matches nothing is an error of that request: never an answer, and not sent again.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from math import isfinite
from typing import TYPE_CHECKING, Final, Literal

from pydantic_core import from_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.providers.endpoint.reply import Reply

Kind = Literal["retry", "stop", "too_long", "refused", "error"]
"""`retry`: it may pass. `stop`: no request can succeed. `too_long`: this one cannot be asked.
`refused`: a content filter. `error`: this one failed."""
_LONGEST: Final = 300  # characters of a server's message that are kept


class RequestFailed(Exception):  # noqa: N818 - what happened, not an error of this program
    """A request without an answer.

    `status` is that of HTTP, 0 where there was none; `wait_s` how long the server asks to wait;
    `reply` what it had written before.
    """

    def __init__(self, *, kind: Kind, reason: str, reply: Reply | None = None) -> None:
        """Keep the kind, and the reason on one line."""
        self.kind: Kind = kind
        self.reason = " ".join(reason.split())
        self.reply = reply
        self.status = 0
        self.wait_s = 0.0
        super().__init__()

    def __str__(self) -> str:
        """Return the reason, from which the key may have been removed since."""
        return self.reason


@dataclass(frozen=True, kw_only=True, slots=True)
class _Rule:
    """A kind of failure, by codes in lower case and by what its message says."""

    kind: Kind
    codes: frozenset[str]
    message: re.Pattern[str]


_RULES: Final = (
    _Rule(
        kind="refused",
        codes=frozenset({
            "1301", "content_filter", "content_policy_violation", "data_inspection_failed",
            "datainspectionfailed", "responsibleaipolicyviolation", "sensitive",
        }),
        message=re.compile(
            r"content exists risk|considered high risk|inappropriate content|敏感内容"
        ),
    ),
    _Rule(
        kind="too_long",
        codes=frozenset({
            "1261", "context_length_exceeded", "exceed_context_size_error",
            "string_above_max_length", "model_context_window_exceeded",
        }),
        message=re.compile(
            r"maximum context length|model's context length|available context size"
            r"|exceeds the maximum allowed length|range of input length|exceeded model token limit"
            r"|input token length too long|prompt is too long|input length .{0,40}exceed|超长"
        ),
    ),
    _Rule(
        kind="stop",
        codes=frozenset({
            "1000", "1001", "1002", "1003", "1004", "1110", "1111", "1112", "1113", "1121",
            "1211", "1220", "1221", "1222", "1304", "1308", "1309", "1310", "1311",
            "access_denied", "accessdenied", "accessdenied.unpurchased",
            "allocationquota.freetieronly", "arrearage", "exceeded_current_quota_error",
            "incorrect_api_key_error", "insufficient_quota", "invalid_api_key",
            "invalid_authentication_error", "invalidapikey", "model_not_found",
            "permission_denied_error",
        }),
        message=re.compile(
            r"insufficient (?:account )?balance|account is in good standing|arrearage|欠费"
            r"|free (?:allocated )?quota|exceeded your current quota|余额不足"
        ),
    ),
    _Rule(
        kind="retry",
        codes=frozenset({
            "1120", "1230", "1234", "1302", "1303", "1305", "1312", "engine_overloaded_error",
            "insufficient_system_resource", "internal_server_error", "overloaded_error",
            "rate_limit_exceeded", "rate_limit_reached_error", "server_error", "unavailable_error",
        }),
        message=re.compile(r"overloaded|rate limit|try again later|loading model"),
    ),
)  # fmt: skip
"""In order: the first that matches counts. A filter may answer 403, an empty account 429."""

_MAY_PASS: Final = {
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.CONFLICT,
    HTTPStatus.TOO_EARLY,
    HTTPStatus.TOO_MANY_REQUESTS,
}
_HOPELESS: Final = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.PAYMENT_REQUIRED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
}


def failure_of_status(status: int, body: bytes, headers: Mapping[str, str]) -> RequestFailed:
    """Return what an HTTP status that is not 200 means, with the body that explains it."""
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        place = shortened(headers.get("location", "another address"))
        reason = f"HTTP {status}: redirects to {place}, which is not followed"
        return RequestFailed(
            kind="stop", reason=f"{reason}; name that address in `endpoint` if it is right"
        )
    codes, message = _explained(body)
    kind = _by_rule(codes, message) or _by_status(status)
    failure = RequestFailed(kind=kind, reason=f"HTTP {status}: {message or _phrase(status)}")
    failure.status = status
    failure.wait_s = _seconds(headers.get("retry-after", ""))
    return failure


def failure_in(data: Mapping[str, object]) -> RequestFailed | None:
    """Return the failure that a body or an event of HTTP 200 reports; None where it reports none.

    Of an unknown kind, it may pass: the server had accepted the request.
    """
    reports = data.get("error") or data.get("error_code") or data.get("object") == "error"
    if not reports and ("choices" in data or not {"code", "message"} <= data.keys()):
        return None
    codes, message = _codes_and_message(data)
    numbers = [int(code) for code in codes if code.isdecimal() and len(code) == 3]  # noqa: PLR2004 - an HTTP status
    kind = _by_rule(codes, message) or (_by_status(numbers[0]) if numbers else "retry")
    return RequestFailed(
        kind=kind, reason=f"HTTP 200 with an error: {message or 'no reason given'}"
    )


def _by_rule(codes: set[str], message: str) -> Kind | None:
    said = message.lower()
    for rule in _RULES:
        if codes & rule.codes or rule.message.search(said):
            return rule.kind
    return None


def _by_status(status: int) -> Kind:
    if status in _MAY_PASS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "retry"
    if status in _HOPELESS:
        return "stop"
    return "too_long" if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else "error"


def _explained(body: bytes) -> tuple[set[str], str]:
    try:
        data = from_json(body)
    except ValueError:
        return set(), shortened(body.decode("utf-8", "replace"))
    return _codes_and_message(data) if isinstance(data, dict) else (set(), shortened(str(data)))


def _codes_and_message(data: Mapping[str, object]) -> tuple[set[str], str]:
    """Return the codes of an error in lower case, and its message.

    The fields stand below `error` or at the top; `error` and `detail` may be the message itself.
    """
    error = data.get("error")
    fields = error if isinstance(error, dict) else data
    codes = {str(fields.get(key, "")).lower() for key in ("code", "type", "error_code")} - {""}
    said = [fields.get(key) for key in ("message", "error_msg", "detail", "msg")] + [error]
    message = next((each for each in said if each), "")
    text = message if isinstance(message, str) else json.dumps(message, ensure_ascii=False)
    return codes, shortened(text)


def shortened(text: str) -> str:
    """Return a server's words on one line, of a length that fits into a message."""
    plain = " ".join(text.split())
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}…"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "no reason given"


def _seconds(retry_after: str) -> float:
    """Return the seconds that a Retry-After header asks for: a number of them, or a date."""
    try:
        found = float(retry_after)
    except ValueError:
        try:
            moment = parsedate_to_datetime(retry_after).astimezone(UTC)
        except (ValueError, OverflowError):
            return 0.0
        found = (moment - datetime.now(UTC)).total_seconds()
    return max(0.0, found) if isfinite(found) else 0.0
