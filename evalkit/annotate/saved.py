"""Reads the files that pages saved; JSON is YAML, and the reader of YAML knows the lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from evalkit.config import document as strict_yaml
from evalkit.config.strict import Strict
from evalkit.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from evalkit.config.document import Document

Saved = TypeVar("Saved", bound=Strict)


def read_saved(
    files: Iterable[Path], kind: type[Saved], problems: list[Problem]
) -> Iterator[tuple[Path, Document, Saved]]:
    """Yield each file that a page saved, as its text with lines and as what it holds.

    Args:
        files: in the order in which they are read.
        kind: what they hold.
        problems: those of a file that holds something else are added to it.
    """
    for file in files:
        try:
            document = strict_yaml.read(file)
            saved = document.parse(kind)
        except InputError as error:
            problems += error.problems
        else:
            yield file, document, saved
