"""Shows control characters and invisible ones by name, for HTML and Markdown."""

from __future__ import annotations

from evalkit.values.visible import UNSEEN


def show_hidden(text: str) -> str:
    r"""Return text in which control characters and those that reorder or hide text have a symbol.

    Line feeds and tabs stay as they are. A terminal gets escapes instead: `evalkit.values.visible`.

    >>> show_hidden("答案\x1b[31m红\u202e")
    '答案␛[31m红[U+202E]'
    """
    return UNSEEN.sub(lambda match: _name(ord(match[0])), text)


def _name(code: int) -> str:
    return chr(0x2400 + code) if code < ord(" ") else f"[U+{code:04X}]"
