"""Words for a terminal: nothing in them is taken for markup, and nothing steers the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.values.visible import visible

if TYPE_CHECKING:
    from rich.text import Text


def text(words: str) -> Text:
    """Return words as rich prints them, and never reads them."""
    from rich.text import Text  # noqa: PLC0415 - keeps --help fast

    return Text(visible(words))
