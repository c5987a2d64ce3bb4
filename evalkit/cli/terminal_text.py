"""The door to the terminal: text is never read as markup, and without control sequences."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TextIO

from evalkit.values.visible import visible

if TYPE_CHECKING:
    from rich.text import Text


def say(*lines: object, sep: str = " ", end: str = "\n", file: TextIO | None = None) -> None:
    """Print, as `print` does; the one way to a standard stream, and so to a terminal."""
    print(visible(sep.join(map(str, lines)) + end), end="", file=file or sys.stdout)


def text(words: str) -> Text:
    """Return text that rich prints as it is."""
    from rich.text import Text

    return Text(visible(words))
