"""Prints on the terminal: text is never read as markup, and has no control sequences."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TextIO

from evalkit.language import localise
from evalkit.values.visible import visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text


def say(*lines: object, sep: str = " ", end: str = "\n", file: TextIO | None = None) -> None:
    """Print a message, in the language in use."""
    put(localise(sep.join(map(str, lines))), end=end, file=file)


def put(data: object, *, end: str = "\n", file: TextIO | None = None) -> None:
    """Print data as it is; the one way to a standard stream, and so to a terminal."""
    print(visible(f"{data}{end}"), end="", file=file or sys.stdout)


def text(words: str) -> Text:
    """Return text that rich prints as it is."""
    from rich.text import Text

    return Text(visible(words))


def show_line(console: Console, words: str, style: str = "") -> None:
    """Print a message on a console, in the language in use, on one line however long."""
    console.print(text(localise(words)), style=style, soft_wrap=True)
