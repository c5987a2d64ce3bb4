"""Text for a terminal: never read as markup, and without control sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.values.visible import visible

if TYPE_CHECKING:
    from rich.text import Text


def text(words: str) -> Text:
    """Return text that rich prints as it is."""
    from rich.text import Text

    return Text(visible(words))
