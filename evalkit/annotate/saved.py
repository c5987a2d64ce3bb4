"""Reads the files that pages saved; JSON is YAML, and the reader of YAML knows the lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, get_args

from evalkit.config import document as strict_yaml
from evalkit.config.strict import Strict
from evalkit.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from evalkit.config.document import Document

_COMMANDS = {
    "evalkit preferences 1": "python -m evalkit annotate import RUN FILE…",
    "evalkit references 1": "python -m evalkit annotate unpack FILE…",
}
"""The command that reads a file, by its `format`."""
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
            _require_format(document, kind)
            saved = document.parse(kind)
        except InputError as error:
            problems += error.problems
        else:
            yield file, document, saved


def _require_format(document: Document, kind: type[Strict]) -> None:
    """Raise where a file is of another page, or of none: one problem, not one for each key."""
    (wanted,) = get_args(kind.model_fields["format"].annotation)
    found = document.data.get("format")
    if found == wanted:
        return
    if command := _COMMANDS.get(str(found)):
        what, remedy = "is what another page saved", f"read it with: {command}"
    else:
        what, remedy = "is not a file that the page saved", "give one that it saved"
    raise InputError([document.problem(("format",), what, remedy, code="mismatch")])
