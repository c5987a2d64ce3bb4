"""Makes a config from a YAML file, or from plain data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from evalkit.config.document import Document, read
from evalkit.config.overrides import anchor_paths, override
from evalkit.config.schema import Config
from evalkit.config.validation import validate
from evalkit.errors import InputError, refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


CONFIG: Final = "config.yaml"
"""What `init` calls the config of a folder."""


def load(file: Path, overrides: Sequence[str] = ()) -> tuple[Config, Document]:
    """Return the config of a file, changed by overrides such as `models.0.device=cpu`.

    Relative paths of the file start from its folder, those of overrides from the current one. The
    document knows where each value was written, for problems that are found later.

    Raises:
        InputError: with every problem of the file and the overrides.
    """
    if (inner := file / CONFIG).is_file():
        raise refusal(file, "unreadable", "is a folder", f"did you mean `{inner}`?")
    document = read(file)
    anchor_paths(document.data, file.parent)
    problems = [problem for text in overrides for problem in override(document, text)]
    if problems:
        raise InputError(problems)
    anchor_paths(document.data, Path())  # those of overrides: the shell leaves the `~` of `key=~/x`
    return document.parse(Config), document


def parse(data: Mapping[str, object], *, file: str = "config") -> Config:
    """Return the config of plain data, such as a manifest holds; `file` is what problems name.

    Raises:
        InputError: with every problem of the data, each with its key.
    """
    return validate(Config, data, lambda problem: problem.in_file(file))
