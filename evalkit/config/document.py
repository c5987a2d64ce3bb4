"""Reads a YAML file into a strict model; every problem carries its line and key."""

from __future__ import annotations

import math
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

import yaml

from evalkit.config.files import read_bytes
from evalkit.config.keys import Key, dotted
from evalkit.config.plain_yaml import MAX_EXPANDED, FastLoader, Loader, RefusedError, is_read_alike
from evalkit.config.problems import ValidationProblem
from evalkit.config.validation import MAX_EXPLAINED, more, validate
from evalkit.config.yaml_slips import explain_slips
from evalkit.errors import InputError, Problem, refusal, unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from evalkit.config.validation import Model
    from evalkit.errors import Code

MAX_INTEGER = 2**63 - 1
MAX_CHARACTERS = 1_000_000  # seconds to read; no hand-written file has as many
_NOT_TEXT = re.compile("[\0\ud800-\udfff]")
_REMEDIES = {
    "int": "give a whole number of at most 18 digits",
    "float": "give a finite number",
    "str": "remove the invalid characters",
}
_MERGE = "tag:yaml.org,2002:merge"


class Document:
    """The plain data of one YAML file, and the line of each key."""

    def __init__(self, file: str, text: str) -> None:
        """Parse the text.

        Raises:
            InputError: the text is not a YAML mapping, repeats a key, or expands beyond reason.
        """
        self.file = file
        self.overridden: set[str] = set()
        """The keys, dotted, that the command line has set in `data`."""
        self.data, self._lines = _read(file, text)
        self._text = text

    def line(self, key: Key) -> int | None:
        """Return the line of the key, or of the nearest thing around it that was written."""
        while key and key not in self._lines:
            key = key[:-1]
        return self._lines.get(key)

    def problem(self, key: Key, what: str, remedy: str = "", *, code: Code) -> Problem:
        """Return a problem placed at the key, or at the override that set it."""
        name = dotted(key)
        if any(name == path or name.startswith(f"{path}.") for path in self.overridden):
            return Problem(code=code, file="--set", key=name, what=what, remedy=remedy)
        line = self.line(key)
        return Problem(code=code, file=self.file, line=line, key=name, what=what, remedy=remedy)

    def parse(self, model: type[Model]) -> Model:
        """Return the data as a strict model.

        Raises:
            InputError: with one problem for each value that does not fit, or for each slip of the
                keyboard that is the reason.
        """
        try:
            return _validate(self, model)
        except InputError as error:
            if self.overridden:  # the text alone is not what was read
                raise
            found = explain_slips(
                error.problems,
                self._text,
                lambda text: _validate(Document(self.file, text), model),
            )
        raise InputError(found)


def _validate(document: Document, model: type[Model]) -> Model:
    def problem_at(found: ValidationProblem) -> Problem:
        return document.problem(found.key, found.what, found.remedy, code=found.code)

    return validate(model, document.data, problem_at)


def _read(file: str, text: str) -> tuple[dict[str, Any], Mapping[Key, int]]:
    """Return the plain data of a text, and the line of each key; problems as PyYAML says them.

    Raises:
        InputError: it is not plain YAML.
    """
    if is_read_alike(text):
        fast = _Reader(file, FastLoader)
        with suppress(InputError):
            return fast.read(text), fast.lines
    reader = _Reader(file, Loader)
    return reader.read(text), reader.lines


class _Reader:
    """Reads YAML into plain data; notes the line of each key, and every value that is unusable."""

    def __init__(self, file: str, loader: type[Loader]) -> None:
        self.lines: dict[Key, int] = {(): 1}
        self._file = file
        self._new_loader = loader
        self._n_expanded = 0
        self._problems: list[Problem] = []
        self._n_problems = 0

    def read(self, text: str) -> dict[str, Any]:
        if len(text) > MAX_CHARACTERS:
            self._fail("has more than a million characters", "divide it into several files")
        try:
            self._loader = self._new_loader(text)
        except yaml.reader.ReaderError as error:
            at = text.count("\n", 0, error.position) + 1
            what = f"contains the character U+{error.character:04X}, which YAML does not allow"
            self._fail(what, "remove it", line=at)
        try:
            data = self._root()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            what = " ".join(part for part in (error.problem, error.context) if part)
            line = None if mark is None else mark.line + 1
            self._fail(f"is not valid YAML ({what})", "check indentation and quotes", line=line)
        except yaml.YAMLError as error:
            what = " ".join(str(error).split())
            self._fail(f"is not valid YAML ({what})", "remove such characters")
        except RefusedError as error:
            self._fail(error.what, error.remedy, line=error.line)
        except (ValueError, OverflowError):  # an escape of a character that does not exist
            line = self._loader.get_mark().line + 1
            self._fail("has an escape that is no character", "write the character", line=line)
        except RecursionError:
            self._fail("is nested too deeply, or contains itself", "reduce the nesting")
        finally:
            self._loader.dispose()
        if self._problems:
            others = [problem.in_file(self._file) for problem in more(self._n_problems)]
            raise InputError([*self._problems, *others])
        return data

    def _fail(self, what: str, remedy: str, *, line: int | None = None) -> NoReturn:
        problem = Problem(code="malformed", file=self._file, line=line, what=what, remedy=remedy)
        raise InputError([problem]) from None

    def _note(self, key: Key, what: str, remedy: str, *, line: int, code: Code = "invalid") -> None:
        self._n_problems += 1
        if self._n_problems <= MAX_EXPLAINED:
            found = ValidationProblem(key=key, what=what, remedy=remedy, code=code)
            self._problems.append(found.in_file(self._file, line))

    def _root(self) -> dict[str, Any]:
        node = self._loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            self._fail("is not a mapping", "write `key: value` lines", line=1)
        return self._mapping(node, ())

    def _plain(self, node: yaml.Node, key: Key) -> Any:  # noqa: ANN401 - a YAML value is anything
        self.lines[key] = _line_of(node)
        self._expand(1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, key)
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(item, (*key, i)) for i, item in enumerate(node.value)]
        return self._scalar(node, key)

    def _scalar(self, node: yaml.Node, key: Key) -> object:
        try:
            value: object = self._loader.construct_object(node)
            value = _join_surrogates(value) if isinstance(value, str) else value
            usable = _is_usable(value)
        except (ValueError, KeyError, IndexError, OverflowError):  # a number of thousands of digits
            usable = False
        if usable:
            return value
        kind = node.tag.rpartition(":")[2]
        remedy = _REMEDIES.get(kind, "give text, a number, true or false")
        self._note(key, "cannot be used", remedy, line=_line_of(node))
        return None

    def _mapping(self, node: yaml.MappingNode, key: Key) -> dict[str, Any]:
        self._note_duplicates(node, key)
        plain: dict[str, Any] = {}
        for name_node, value_node in self._merged(node):
            name = _join_surrogates(str(name_node.value))
            plain[name] = self._plain(value_node, (*key, name))
            line = self.lines[(*key, name)] = _line_of(name_node)
            if not _is_usable(name):
                self._note((*key, name), "cannot be a key", _REMEDIES["str"], line=line)
        return plain

    def _merged(self, node: yaml.MappingNode) -> list[tuple[yaml.ScalarNode, yaml.Node]]:
        """Return the pairs of a mapping, after those that it merges; its own come last and win."""
        pairs: list[tuple[yaml.ScalarNode, yaml.Node]] = []
        for name_node, value_node in node.value:
            if name_node.tag == _MERGE:
                given = isinstance(value_node, yaml.SequenceNode)
                for one in reversed(value_node.value) if given else (value_node,):
                    pairs += self._to_merge(one)
        return pairs + [pair for pair in node.value if pair[0].tag != _MERGE]

    def _to_merge(self, node: yaml.Node) -> list[tuple[yaml.ScalarNode, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode) or any(n.tag == _MERGE for n, _ in node.value):
            line = _line_of(node)
            self._fail("can only merge mappings that merge nothing", "write it out", line=line)
        self._expand(len(node.value))
        return list(node.value)

    def _expand(self, n_values: int) -> None:
        self._n_expanded += n_values
        if self._loader.n_aliases and self._n_expanded > MAX_EXPANDED:
            self._fail("expands to more than twenty thousand values", "remove its aliases")

    def _note_duplicates(self, node: yaml.MappingNode, key: Key) -> None:
        seen: set[str] = set()
        for name_node, _ in node.value:
            if not isinstance(name_node, yaml.ScalarNode):
                self._fail("has a key that is not text", "give text", line=_line_of(name_node))
            name = str(name_node.value)
            if name in seen:
                line = _line_of(name_node)
                remedy = "keep one of the two"
                self._note((*key, name), "duplicate key", remedy, line=line, code="duplicate")
            seen.add(name)


def parse_value(text: str) -> Any:  # noqa: ANN401 - a YAML value is anything
    """Return the plain data of one YAML value, such as a number or a list.

    Raises:
        InputError: it is not valid YAML.

    >>> parse_value("[2019-11-08, 3]")
    ['2019-11-08', 3]
    """
    indented = text.replace("\n", "\n  ")
    return Document("value", f"value:\n  {indented}").data["value"]


def read(file: Path) -> Document:
    """Return the document of a UTF-8 file.

    Raises:
        InputError: the file cannot be read, or is not a YAML mapping.
    """
    try:
        text = read_bytes(file).decode("utf-8-sig")
    except OSError as error:
        raise unreadable(file, error) from None
    except UnicodeDecodeError as error:
        what, remedy = f"is not UTF-8 (byte {error.start})", "save as UTF-8"
        raise refusal(file, "not-text", what, remedy) from None
    return _document(str(file), text)


def _document(file: str, text: str) -> Document:
    try:
        return Document(file, text)
    except InputError as error:
        found = explain_slips(error.problems, text, lambda other: Document(file, other))
    raise InputError(found)


def _line_of(node: yaml.Node) -> int:
    line: int = node.start_mark.line + 1
    return line


def _join_surrogates(text: str) -> str:
    r"""Return text whose pairs of surrogates, as JSON escapes them, are the characters meant.

    >>> _join_surrogates("\ud842\udfb7")
    '𠮷'
    """
    if not _NOT_TEXT.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _is_usable(value: object) -> bool:
    """Return whether a value can be written as JSON, and its text used as a file name."""
    if isinstance(value, str):
        return not _NOT_TEXT.search(value)
    if isinstance(value, int):
        return abs(value) <= MAX_INTEGER
    return value is None or (isinstance(value, float) and math.isfinite(value))
