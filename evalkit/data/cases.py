"""Reads predictions that another program made: one JSON object a line."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, get_args

from evalkit.errors import InputError, Problem
from evalkit.records import Case, QuestionType, Task

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BOM = b"\xef\xbb\xbf"
_TYPES = get_args(QuestionType)
_REQUIRED: dict[Task, tuple[str, ...]] = {
    "summary": ("id", "prediction", "references"),
    "answer": ("id", "prediction", "references", "question"),
}


def read(file: Path, task: Task, *, with_article: bool = False) -> list[Case]:
    """Return the cases of a JSON Lines file in UTF-8, in order.

    A line holds `id`, `prediction`, `references` and, for answers, `question`; `type`, `unit`,
    `ordered` and `article` (which `with_article` demands) may follow. Other keys are left alone,
    and so are blank lines and a line of which `_meta` is the only key.

    Raises:
        InputError: with every problem of the file.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
        raise InputError([Problem(file=str(file), what=what, remedy="check the path")]) from None
    required = (*_REQUIRED[task], "article") if with_article else _REQUIRED[task]
    reader = _Reader(str(file), required)
    # Not splitlines: a line separator inside a JSON string ends no line.
    lines = data.removeprefix(_BOM).split(b"\n")
    cases = [case for n, line in enumerate(lines, 1) for case in reader.case(n, line)]
    if not cases and not reader.problems:
        problem = Problem(file=str(file), what="holds no prediction", remedy="add one a line")
        reader.problems.append(problem)
    if reader.problems:
        raise InputError(reader.problems)
    return cases


class _Reader:
    """Reads line by line and gathers what is wrong."""

    def __init__(self, file: str, required: tuple[str, ...]) -> None:
        self.file = file
        self.required = required
        self.problems: list[Problem] = []
        self._line_of: dict[str, int] = {}
        self._line = 0

    def case(self, number: int, line: bytes) -> Iterator[Case]:
        """Yield the case of a line, or nothing."""
        self._line = number
        n_problems = len(self.problems)
        fields = self._parse(line)
        if not fields or list(fields) == ["_meta"]:
            return
        for key in self.required:
            if key not in fields:
                self._wrong(key, "is missing", "add it")
        for key, value in fields.items():
            self._check(key, value)
        if len(self.problems) == n_problems:
            yield Case(
                id=fields["id"],
                prediction=fields["prediction"],
                references=tuple(fields["references"]),
                question=fields.get("question") or "",
                type=fields.get("type"),
                unit=fields.get("unit"),
                ordered=bool(fields.get("ordered")),
                article=fields.get("article") or "",
            )

    def _wrong(self, key: str, what: str, remedy: str) -> None:
        self.problems.append(
            Problem(file=self.file, line=self._line, key=key, what=what, remedy=remedy)
        )

    def _parse(self, line: bytes) -> dict[str, Any]:
        try:
            text = line.decode()
        except UnicodeDecodeError:
            self._wrong("", "is not UTF-8", "save the file as UTF-8")
            return {}
        if not text.strip():
            return {}
        try:
            fields = json.loads(text, parse_constant=_refuse, object_pairs_hook=_unique)
        except _NotJsonError as error:
            self._wrong(error.key, error.what, error.remedy)
        except json.JSONDecodeError as error:
            what = f"is not JSON ({error.msg} at column {error.colno})"
            self._wrong("", what, "write one object a line")
        except (RecursionError, ValueError):
            self._wrong("", "is nested too deeply or holds too long a number", "write it simpler")
        else:
            if isinstance(fields, dict):
                if not fields:
                    self._wrong("", "is an empty object", "give it an id")
                return fields
            self._wrong("", f"is {_name(fields)}, not an object", 'write {"id": …}')
        return {}

    def _check(self, key: str, value: object) -> None:
        """Note what is wrong with one value; keys that no metric reads may hold anything."""
        if key in {"id", "prediction", "question", "article", "unit"}:
            optional = key not in self.required
            if not (optional and value is None):
                self._check_text(key, value)
            if key == "id" and isinstance(value, str):
                self._check_id(value)
            if key == "article" and not optional and isinstance(value, str) and not value.strip():
                self._wrong(key, "is empty", "give the text that the summary is of")
        elif key == "references":
            self._check_references(value)
        elif key == "type" and value is not None and value not in _TYPES:
            near = get_close_matches(str(value), _TYPES, n=1)
            remedy = f"did you mean `{near[0]}`?" if near else f"write one of {', '.join(_TYPES)}"
            self._wrong(key, f"{value!r} is no question type", remedy)
        elif key == "ordered" and not (value is None or isinstance(value, bool)):
            self._wrong(key, f"is {_name(value)}, not true or false", "write true or false")

    def _check_text(self, key: str, value: object) -> None:
        if not isinstance(value, str):
            self._wrong(key, f"is {_name(value)}, not a string", "put it in quotes")
        elif not _is_whole(value):
            self._wrong(key, "holds half of a surrogate pair", "write the character itself")

    def _check_id(self, value: str) -> None:
        if not value:
            self._wrong("id", "is empty", "give each line an id of its own")
        elif value in self._line_of:
            what = f"`{value}` stands in line {self._line_of[value]} too"
            self._wrong("id", what, "give each line an id of its own")
        else:
            self._line_of[value] = self._line

    def _check_references(self, value: object) -> None:
        if not isinstance(value, list):
            self._wrong("references", f"is {_name(value)}, not a list", 'write ["…"]')
        elif not value:
            self._wrong("references", "is empty", "add at least one reference")
        else:
            for i, reference in enumerate(value):
                self._check_text(f"references.{i}", reference)


class _NotJsonError(Exception):
    """What Python's parser lets pass, and this format does not."""

    def __init__(self, what: str, remedy: str, *, key: str = "") -> None:
        super().__init__(what)
        self.key, self.what, self.remedy = key, what, remedy


def _refuse(constant: str) -> None:
    what = f"holds {constant}, which is not JSON"
    raise _NotJsonError(what, "write a number or null")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        what = "stands twice in one object"
        raise _NotJsonError(what, "keep one of the two", key=repeated)
    return fields


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _name(value: object) -> str:
    if value is None:
        return "null"
    names = {bool: "true or false", str: "a string", list: "a list", dict: "an object"}
    return names.get(type(value), "a number")
