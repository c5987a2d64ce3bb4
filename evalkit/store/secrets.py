"""Keeps secrets out of everything that is written down: by the key of a value, or by its shape.

Nothing is compared with the environment: a variable such as TOKENIZED_DATA holds a plain path.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any, Final

HIDDEN: Final = "(hidden)"
_WORDS: Final = (
    "token",
    "secret",
    "passw",
    "api_key",
    "apikey",
    "access_key",
    "private_key",
    "credential",
    "authorization",
    "cookie",
)
_FREE_FORM: Final = {"chat_template_kwargs", "extra_body", "extra_headers", "headers"}
_CLEAR: Final = {
    "enable_thinking",
    "language",
    "mode",
    "model",
    "reasoning",
    "reasoning_effort",
    "role",
    "thinking",
    "type",
}
_SECRET_PARTS: Final = {
    *("auth", "authentication", "bearer", "cookie", "credential", "key", "pass", "passwd", "pat"),
    *("jwt", "otp", "password", "pin", "pwd", "sas", "secret", "session", "sid", "sig"),
    "signature",
}
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")  # of a key, as in api_key, apiKey, API-Key
_QUERY: Final = re.compile(r"(?<=[?&])([^\s?&#=]+)=([^\s?&#]+)")
_SHAPES: Final = re.compile(
    r"(?<=://)[^/\s@]+(?=@)"  # user:password@ of an address
    r"|\bhf_[A-Za-z0-9]{34,}\b"  # from here on as services make them; no path looks like these
    r"|\bsk-(?:[A-Za-z0-9]{32,}|(?:ant|or|proj|svcacct|admin)-[A-Za-z0-9_-]{32,})"
    r"|\b(?:gh[oprsu]_[A-Za-z0-9]{36,}|github_pat_\w{40,})"
    r"|\bglpat-[A-Za-z0-9_-]{20,}(?:\.\w{9})?"
    r"|\bxox[a-z]-\d[A-Za-z0-9-]{20,}"
    r"|(?i:(?<=authorization: bearer )\S+|(?<=bearer )[A-Za-z0-9._~+/=-]{20,})"
)


def hide_in_text(text: str) -> str:
    """Return a text without what is shaped like a secret."""
    return _QUERY.sub(_parameter, _SHAPES.sub(HIDDEN, text))


def _parameter(found: re.Match[str]) -> str:
    """Return a parameter of an address, without its value where its name looks secret."""
    name, value = found.groups()
    return f"{name}={HIDDEN if _is_secret(name, value) or _may_be_secret(name) else value}"


def hide_by_key(value: Any) -> Any:  # noqa: ANN401 - a config value is anything
    """Return plain data without the values whose keys look secret; counts of tokens are kept.

    What a user passes on to a template or a server, under names that nobody knows here, is hidden
    behind its hash, but for switches, numbers and the values of well-known keys.
    """
    return _hide(value, secret=False, free=False)


def _hide(value: Any, *, secret: bool, free: bool) -> Any:  # noqa: ANN401 - as above
    if isinstance(value, dict):
        return {
            key: _hide(
                item,
                secret=secret or _is_secret(key, item) or (free and _may_be_secret(key)),
                free=(free or key in _FREE_FORM) and not _is_clear(key, item),
            )
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_hide(item, secret=secret, free=free) for item in value]
    if secret and value is not None:
        return HIDDEN
    if isinstance(value, str):
        return _hash(value) if free else hide_in_text(value)
    return value


def _hash(value: str) -> str:
    return f"(hidden, sha256 {hashlib.sha256(value.encode(errors='replace')).hexdigest()[:12]})"


def _is_secret(key: str, value: object) -> bool:
    counts = "token" in key.lower() and not isinstance(value, str | list)
    return not counts and any(word in key.lower() for word in _WORDS)


def _may_be_secret(key: str) -> bool:
    return not _SECRET_PARTS.isdisjoint(word.lower() for word in _WORD.findall(key))


def _is_clear(key: str, value: object) -> bool:
    """Return whether a free value is recorded as it is; what is below it has keys of its own."""
    return key in _CLEAR and not isinstance(value, dict | list)
