"""Makes a text harmless to look at: what would steer a terminal, or hide text, is shown."""

from __future__ import annotations

import re
from typing import Final

_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Control characters but tab and newline, half surrogate pairs, and what reorders or hides text."""


def visible(text: str) -> str:
    r"""Return a text in which nothing moves a cursor, changes a colour or turns the line round.

    Such characters become `\u001b` and the like, which inside a JSON string is the same character.

    >>> visible("襄阳\x1b[31m红\u202e反")
    '襄阳\\u001b[31m红\\u202e反'
    """
    return _UNSEEN.sub(lambda found: _escape(ord(found.group())), text)


def show_hidden(text: str) -> str:
    r"""Return the same for HTML and Markdown: such characters have a symbol that a reader knows.

    >>> show_hidden("答案\x1b[31m红\u202e")
    '答案␛[31m红[U+202E]'
    """
    return _UNSEEN.sub(lambda found: _name(ord(found.group())), text)


def _name(code: int) -> str:
    return chr(0x2400 + code) if code < ord(" ") else f"[U+{code:04X}]"


def _escape(code: int) -> str:
    if code <= 0xFFFF:  # noqa: PLR2004 - the last code that four digits can tell
        return f"\\u{code:04x}"
    above = code - 0x10000
    return f"\\u{0xD800 + (above >> 10):04x}\\u{0xDC00 + (above & 0x3FF):04x}"
