"""Reads a YAML file into a strict model; every problem carries its line and key."""

from __future__ import annotations

import json
import math
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    WithJsonSchema,
)

from evalkit.config.validation import mismatches, shown
from evalkit.errors import InputError, Problem

if TYPE_CHECKING:
    from evalkit.errors import Code

Key = tuple[str | int, ...]
MAX_INTEGER = 2**63 - 1
_USABLE = {
    "int": "give a whole number of at most 18 digits",
    "float": "give a finite number",
    "str": "remove what is not a character",
}
_UNFIT = re.compile("[\0\ud800-\udfff]")
MAX_NODES = 1_000_000  # an alias bomb unfolds to more; no hand-written file does


class Strict(BaseModel):
    """A mapping of which every key is known and no value is converted."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True
    )


Model = TypeVar("Model", bound=Strict)
_Spelt = TypeVar("_Spelt", Path, str)


def fitting(pattern: str, wanted: str) -> tuple[AfterValidator, WithJsonSchema]:
    """Annotate a string that must match a pattern; `wanted` is what a person is told to give."""
    remedy = f"give {wanted}"

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            message = f"cannot be {shown(value)}; {remedy}"
            raise ValueError(message)
        return value

    schema = {"type": "string", "pattern": f"^(?:{pattern})$", "patternErrorMessage": remedy}
    return AfterValidator(check), WithJsonSchema(schema)


def _spelt(path: _Spelt) -> _Spelt:
    """Return a path that can be spelt in this system's encoding, which is not always UTF-8."""
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        message = f"cannot be spelt in {sys.getfilesystemencoding()}; set PYTHONUTF8=1"
        raise ValueError(message) from None
    return path


FileName = Annotated[str, Field(min_length=1), AfterValidator(_spelt)]
PosixPath = Annotated[
    Path, AfterValidator(_spelt), PlainSerializer(lambda path: path.as_posix(), return_type=str)
]


class _Loader(yaml.SafeLoader):
    """SafeLoader that leaves dates as the text that was written."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class Document:
    """The plain data of one YAML file, and the line on which each key stands."""

    def __init__(self, file: str, text: str) -> None:
        """Parse the text.

        Raises:
            InputError: the text is no YAML mapping, repeats a key, or unfolds beyond reason.
        """
        self.file = file
        self.lines: dict[Key, int] = {(): 1}
        self.overridden: set[str] = set()
        self._problems: list[Problem] = []
        try:
            self._loader = _Loader(text)
        except yaml.reader.ReaderError as error:
            what = f"holds the character U+{error.character:04X}, which YAML does not allow"
            self._fail(what, "remove it", line=text.count("\n", 0, error.position) + 1)
        try:
            node = self._loader.get_single_node()
            if not isinstance(node, yaml.MappingNode):
                self._fail("is not a mapping", "write `key: value` lines", line=1)
            self.data: dict[str, Any] = self._mapping(node, ())
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            what = " ".join(part for part in (error.problem, error.context) if part)
            line = None if mark is None else mark.line + 1
            self._fail(f"is not valid YAML ({what})", "check indent and quotes", line=line)
        except yaml.YAMLError as error:
            what = " ".join(str(error).split())
            self._fail(f"is not valid YAML ({what})", "remove such characters")
        except RecursionError:
            what = "is nested too deeply, or contains itself"
            self._fail(what, "write it flat")
        finally:
            self._loader.dispose()
        if self._problems:
            raise InputError(self._problems)

    def _fail(self, what: str, remedy: str, *, line: int | None = None) -> NoReturn:
        problem = Problem(code="malformed", file=self.file, line=line, what=what, remedy=remedy)
        raise InputError([problem]) from None

    def _plain(self, node: yaml.Node, key: Key) -> Any:  # noqa: ANN401 - a YAML value is anything
        self.lines[key] = node.start_mark.line + 1
        if len(self.lines) > MAX_NODES:
            self._fail("unfolds to more than a million values", "remove its aliases")
        if not node.tag.startswith("tag:yaml.org,2002:") or "python" in node.tag:
            line = node.start_mark.line + 1
            self._fail(f"carries the tag {node.tag!r}", "write a plain value", line=line)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, key)
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(item, (*key, i)) for i, item in enumerate(node.value)]
        return self._scalar(node, key)

    def _scalar(self, node: yaml.Node, key: Key) -> object:
        try:
            value: object = self._loader.construct_object(node)
            usable = _is_usable(value)
        except (ValueError, KeyError):  # such as a number of thousands of digits, or `!!bool 9`
            usable = False
        if usable:
            return value
        kind = node.tag.rpartition(":")[2]
        remedy = _USABLE.get(kind, "give text, a number, true or false")
        self._problems.append(self.problem(key, "cannot be used", remedy, code="invalid"))
        return None

    def _mapping(self, node: yaml.MappingNode, key: Key) -> dict[str, Any]:
        self._note_repeated(node, key)
        self._loader.flatten_mapping(node)
        plain: dict[str, Any] = {}
        for name_node, value_node in node.value:
            name = str(name_node.value)
            plain[name] = self._plain(value_node, (*key, name))
            self.lines[(*key, name)] = name_node.start_mark.line + 1
            if not _is_usable(name):
                self._problems.append(
                    self.problem(
                        (*key, name), "is not a valid key", _USABLE["str"], code="malformed"
                    )
                )
        return plain

    def _note_repeated(self, node: yaml.MappingNode, key: Key) -> None:
        seen: set[str] = set()
        for name_node, _ in node.value:
            name = str(name_node.value)
            if name in seen:
                self._problems.append(
                    Problem(
                        code="duplicate",
                        file=self.file,
                        line=name_node.start_mark.line + 1,
                        key=dotted((*key, name)),
                        what="duplicate key",
                        remedy="keep one of the two",
                    )
                )
            seen.add(name)

    def line(self, key: Key) -> int | None:
        """Return the line of the key, or of the nearest thing around it that was written."""
        while key and key not in self.lines:
            key = key[:-1]
        return self.lines.get(key)

    def problem(self, key: Key, what: str, remedy: str = "", *, code: Code) -> Problem:
        """Return a problem placed at the key, or at the override that set it."""
        name = dotted(key)
        if any(name == path or name.startswith(f"{path}.") for path in self.overridden):
            return Problem(code=code, file="--set", key=name, what=what, remedy=remedy)
        return Problem(
            code=code, file=self.file, line=self.line(key), key=name, what=what, remedy=remedy
        )

    def parse(self, model: type[Model]) -> Model:
        """Return the data as a strict model.

        Raises:
            InputError: with one problem for each value that does not fit.
        """
        try:
            # JSON mode takes a list for a tuple and a string for a path, and nothing else loosely
            return model.model_validate_json(json.dumps(self.data), strict=True)
        except ValidationError as error:
            found = mismatches(model, error)
            raise InputError(
                [self.problem(m.place, m.what, m.remedy, code=m.code) for m in found]
            ) from None


def parse_value(text: str) -> Any:  # noqa: ANN401 - a YAML value is anything
    """Return the plain data of one YAML value, such as a number or a list.

    Raises:
        InputError: it is no sound YAML.

    >>> parse_value("[2019-11-08, 3]")
    ['2019-11-08', 3]
    """
    indented = text.replace("\n", "\n  ")
    return Document("value", f"value:\n  {indented}").data["value"]


def dotted(key: Key) -> str:
    """Return `models.0.device` for `("models", 0, "device")`.

    >>> dotted(("models", 0, "device"))
    'models.0.device'
    """
    return ".".join(str(part) for part in key)


def read(file: Path) -> Document:
    """Return the document of a UTF-8 file.

    Raises:
        InputError: the file cannot be read, or is no YAML mapping.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
        problem = Problem(code="unreadable", file=str(file), what=what, remedy="check the path")
        raise InputError([problem]) from None
    except UnicodeDecodeError as error:
        what = f"is not UTF-8 (byte {error.start})"
        problem = Problem(code="not-text", file=str(file), what=what, remedy="save as UTF-8")
        raise InputError([problem]) from None
    return Document(str(file), text)


def _is_usable(value: object) -> bool:
    """Tell whether a value can be written as JSON, and its text named a file."""
    if isinstance(value, str):
        return not _UNFIT.search(value)
    if isinstance(value, int):
        return abs(value) <= MAX_INTEGER
    return value is None or (isinstance(value, float) and math.isfinite(value))
