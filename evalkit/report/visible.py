"""Text from models and articles, made safe to look at."""

from __future__ import annotations

import re

_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def visible(text: str) -> str:
    r"""Return text in which control characters and those that turn or hide text can be seen.

    Line feeds and tabs stay as they are.

    >>> visible("答案\x1b[31m红\u202e")
    '答案␛[31m红[U+202E]'
    """
    return _HIDDEN.sub(lambda match: _name(ord(match[0])), text)


def _name(code: int) -> str:
    return chr(0x2400 + code) if code < ord(" ") else f"[U+{code:04X}]"
