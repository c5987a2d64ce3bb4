"""The base of all models that validate what a user wrote, and the types of their strings."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

from evalkit.config.problems import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from evalkit.config.problems import ValidationProblem

_PathOrName = TypeVar("_PathOrName", Path, str)


class Strict(BaseModel):
    """A mapping whose keys are all known and whose values are not converted."""

    model_config = ConfigDict(
        allow_inf_nan=False,
        extra="forbid",
        frozen=True,
        strict=True,
        use_attribute_docstrings=True,
    )

    @classmethod
    def broken_rules(cls, _data: Mapping[str, object]) -> Iterable[ValidationProblem]:
        """Return the problems of plain data that the types of single values cannot express."""
        return ()


def matching(pattern: str, expected: str) -> tuple[AfterValidator, WithJsonSchema]:
    """Return annotations of a string that must match a pattern; `expected` describes it."""
    remedy = f"give {expected}"

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            message = f"cannot be {shown(value)}; {remedy}"
            raise ValueError(message)
        return value

    schema = {"type": "string", "pattern": f"^(?:{pattern})$", "patternErrorMessage": remedy}
    return AfterValidator(check), WithJsonSchema(schema)


def _encodable(path: _PathOrName) -> _PathOrName:
    """Return a path that the encoding of file names, which is not always UTF-8, can represent."""
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        message = f"cannot be encoded in {sys.getfilesystemencoding()}; set PYTHONUTF8=1"
        raise ValueError(message) from None
    return path


def _expanded(path: Path) -> Path:
    return Path(expand(str(path)))


def expand(path: str) -> str:
    """Return a path with `~` expanded; unchanged where there is no such user."""
    return os.path.expanduser(path)  # noqa: PTH111 - Path's own raises instead


FileName = Annotated[str, Field(min_length=1), AfterValidator(_encodable)]
LETTERS = r"A-Za-z0-9\u3400-\u4dbf\u4e00-\u9fff"
"""What a name begins with: letters and digits that every file system keeps as they are."""
Name = Annotated[
    FileName,
    *matching(
        rf"[{LETTERS}][{LETTERS}._-]{{0,63}}",
        "up to 64 letters, digits, `.`, `_` and `-`, a letter or digit first",
    ),
]
PosixPath = Annotated[
    Path,
    AfterValidator(_encodable),
    AfterValidator(_expanded),
    PlainSerializer(lambda path: path.as_posix(), return_type=str),
]
