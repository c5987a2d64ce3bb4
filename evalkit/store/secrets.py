"""Keeps what is secret out of everything that is written down."""

from __future__ import annotations

import os
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
_SHORTEST: Final = 8  # characters: a shorter value of the environment may be an everyday word
_SHAPES: Final = re.compile(
    r"(?<=://)[^/\s@]+(?=@)"  # user:password@ of an address
    r"|\bhf_[A-Za-z0-9]{34,}\b"  # from here on as services make them, which no path looks like
    r"|\bsk-(?:[A-Za-z0-9]{32,}|(?:ant|or|proj|svcacct|admin)-[A-Za-z0-9_-]{32,})"
    r"|\b(?:gh[oprsu]_[A-Za-z0-9]{36,}|github_pat_\w{40,})"
    r"|\bglpat-[A-Za-z0-9_-]{20,}(?:\.\w{9})?"
    r"|\bxox[a-z]-\d[A-Za-z0-9-]{20,}"
    r"|(?i:(?<=authorization: bearer )\S+|(?<=bearer )[A-Za-z0-9._~+/=-]{20,})"
)


def hide_in_text(text: str) -> str:
    """Return a text without the environment's secrets, and without what is shaped like one."""
    for name, value in os.environ.items():
        if len(value) >= _SHORTEST and looks_secret(name):
            text = text.replace(value, HIDDEN)
    return _SHAPES.sub(HIDDEN, text)


def hide_by_key(value: Any, *, secret: bool = False) -> Any:  # noqa: ANN401 - a config value is anything
    """Return plain data without the values whose keys look secret; counts of tokens are none."""
    if isinstance(value, dict):
        return {
            key: hide_by_key(item, secret=secret or _is_secret(key, item))
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [hide_by_key(item, secret=secret) for item in value]
    if secret and value is not None:
        return HIDDEN
    return hide_in_text(value) if isinstance(value, str) else value


def looks_secret(key: str) -> bool:
    """Tell whether what stands under a name is likely to be a secret."""
    return any(word in key.lower() for word in _WORDS)


def _is_secret(key: str, value: object) -> bool:
    counts = "token" in key.lower() and not isinstance(value, str | list)
    return looks_secret(key) and not counts
