"""Keeps secrets out of everything that is written down: by the key of a value, or by its shape.

Nothing is compared with the environment: a variable such as TOKENIZED_DATA holds a plain path.
"""

from __future__ import annotations

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
    return _SHAPES.sub(HIDDEN, text)


def hide_by_key(value: Any, *, secret: bool = False) -> Any:  # noqa: ANN401 - a config value is anything
    """Return plain data without the values whose keys look secret; counts of tokens are kept."""
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


def _is_secret(key: str, value: object) -> bool:
    counts = "token" in key.lower() and not isinstance(value, str | list)
    return not counts and any(word in key.lower() for word in _WORDS)
