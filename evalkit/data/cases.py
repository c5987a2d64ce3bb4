"""Reads the predictions of other programs with their references, one JSON object per line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from evalkit.data.strict_json import NotJsonError, decode, describe, encodable
from evalkit.errors import InputError, Problem, refusal, suggestion
from evalkit.records import Case, Kind, QuestionType

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from evalkit.errors import Code

_BOM = b"\xef\xbb\xbf"
_TYPES = get_args(QuestionType)
_REQUIRED: dict[Kind, tuple[str, ...]] = {
    "summary": ("id", "prediction", "references"),
    "answer": ("id", "prediction", "references", "question"),
}


def read(file: Path, kind: Kind, *, with_article: bool = False) -> list[Case]:
    """Return the cases of a JSON Lines file in UTF-8, in order.

    A line holds `id`, `prediction`, `references` and, for answers, `question`; `type`, `unit`,
    `ordered` and `article` (which `with_article` demands) may follow. Other keys, blank
    lines and a line whose only key is `_meta` are ignored.

    Raises:
        InputError: with every problem of the file.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
        raise refusal(file, "unreadable", what, "check the path") from None
    required = (*_REQUIRED[kind], "article") if with_article else _REQUIRED[kind]
    reader = _Reader(str(file), required)
    # Not splitlines: a line separator inside a JSON string does not end a line.
    lines = data.removeprefix(_BOM).split(b"\n")
    cases = [case for n, line in enumerate(lines, 1) for case in reader.case(n, line)]
    if not cases and not reader.problems:
        what, remedy = "holds no prediction", "add one per line"
        reader.problems.append(Problem(code="empty", file=str(file), what=what, remedy=remedy))
    if reader.problems:
        raise InputError(reader.problems)
    return cases


class _Reader:
    """Reads line by line and collects the problems."""

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
                self._add("missing", "is missing", "add it", key=key)
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

    def _add(self, code: Code, what: str, remedy: str, *, key: str = "") -> None:
        self.problems.append(
            Problem(code=code, file=self.file, line=self._line, key=key, what=what, remedy=remedy)
        )

    def _parse(self, line: bytes) -> dict[str, Any]:
        try:
            text = line.decode()
            fields = decode(text) if text.strip() else None
        except UnicodeDecodeError:
            self._add("not-text", "is not UTF-8", "save the file as UTF-8")
        except NotJsonError as error:
            remedy = error.remedy or "write one object per line"
            self._add(error.code, error.what, remedy, key=error.key)
        else:
            if isinstance(fields, dict) and fields:
                return fields
            if isinstance(fields, dict):
                self._add("empty", "is an empty object", "give it an id")
            elif text.strip():
                what = f"is {describe(fields)}, not an object"
                self._add("invalid", what, 'write {"id": …}')
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
                self._add("empty", "is empty", "give the text that the summary is of", key=key)
        elif key == "references":
            self._check_references(value)
        elif key == "type" and value is not None and value not in _TYPES:
            remedy = suggestion(str(value), _TYPES, f"write one of {', '.join(_TYPES)}")
            self._add("invalid", f"{value!r} is not a question type", remedy, key=key)
        elif key == "ordered" and not (value is None or isinstance(value, bool)):
            what = f"is {describe(value)}, not true or false"
            self._add("invalid", what, "write true or false", key=key)

    def _check_text(self, key: str, value: object) -> None:
        if not isinstance(value, str):
            self._add("invalid", f"is {describe(value)}, not a string", "put it in quotes", key=key)
        elif not encodable(value):
            what = "holds half of a surrogate pair"
            self._add("not-text", what, "write the character itself", key=key)

    def _check_id(self, value: str) -> None:
        if not value:
            self._add("empty", "is empty", "give each line an id of its own", key="id")
        elif value in self._line_of:
            what = f"duplicate id `{value}`, first on line {self._line_of[value]}"
            self._add("duplicate", what, "give each line an id of its own", key="id")
        else:
            self._line_of[value] = self._line

    def _check_references(self, value: object) -> None:
        key = "references"
        if not isinstance(value, list):
            self._add("invalid", f"is {describe(value)}, not a list", 'write ["…"]', key=key)
        elif not value:
            self._add("empty", "is empty", "add at least one reference", key=key)
        else:
            for i, reference in enumerate(value):
                self._check_text(f"{key}.{i}", reference)
