"""Reads the predictions of other programs together with their references, a row for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, get_args

from evalkit.data import encoding, tables
from evalkit.data.predictions import read_by_id
from evalkit.data.strict_json import NotJsonError, decode, describe, encodable
from evalkit.errors import InputError, Problem, refusal, suggestion
from evalkit.records import Case, Kind, QuestionType

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from evalkit.data.tables import Row
    from evalkit.errors import Code

_TYPES: Final = get_args(QuestionType)
_TEXTS: Final = {"id", "prediction", "question", "article", "unit"}
_OF_CELLS_ALONE: Final = {".csv", ".tsv"}
_REMEDIES: Final = {
    "references": "add it, or name the data set that has it with --data",
    "question": "add it, or name the data set that has it with --data",
    "article": "add it, or name the data set that has it with --data",
}
_FLAGS: Final = {"true": True, "false": False}


def read(
    file: Path, kind: Kind, *, with_article: bool = False, with_references: bool = True
) -> list[Case]:
    """Return the cases of a JSON Lines, JSON, CSV, TSV or Parquet file, in order.

    A row holds `id`, `prediction`, `references` (unless not `with_references`) and, for answers,
    `question`; `type`, `unit`, `ordered` and `article` (which `with_article` demands) may follow.
    Numbers are kept as they are written. In CSV and TSV an empty cell is no value, and one that
    begins with `[` is a list in JSON. Other columns, blank lines and a row whose only key is
    `_meta` are ignored.

    Raises:
        InputError: with every problem of the file.
    """
    needed = {
        "id": True,
        "prediction": True,
        "references": with_references,
        "question": kind == "answer",
        "article": with_article,
    }
    reader = _Reader(file, tuple(key for key, is_needed in needed.items() if is_needed))
    cases = [case for row in reader.rows() for case in reader.case(row)]
    if reader.problems:
        raise InputError(reader.problems)
    if not cases:
        raise refusal(file, "empty", "holds no prediction", "add one per row")
    return cases


class _Reader:
    """Reads row by row and collects the problems."""

    def __init__(self, file: Path, required: tuple[str, ...]) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._suffix = file.suffix.lower()
        self._required = required
        self._row: int | None = None
        self._line: int | None = None
        self._first_place: dict[str, str] = {}

    def rows(self) -> Iterator[Row]:
        """Yield the rows of the file.

        Raises:
            InputError: it is no table, or holds nothing but `{id: prediction}`.
        """
        if self._suffix == ".jsonl":
            yield from self._rows_of_lines()
            return
        if read_by_id(self._file) is not None:
            what = "holds predictions by id, without references"
            remedy = "name the data set that has them with --data"
            raise refusal(self._file, "missing", what, remedy)
        for number, row in enumerate(tables.of_table(self._file), start=1):
            self._row = number
            if self._suffix in _OF_CELLS_ALONE:
                yield self._read_cells(row)
            else:
                yield {key: _number_as_text(value) for key, value in row.items()}

    def _rows_of_lines(self) -> Iterator[Row]:
        """Yield the objects of lines; one that holds something else is a problem of its own."""
        text, _ = encoding.read(self._file)
        # Not splitlines: a line separator inside a JSON string does not end a line.
        for number, line in enumerate(text.split("\n"), start=1):
            self._line = number
            if (row := self._parse(line)) is not None and list(row) != ["_meta"]:
                yield row

    def _parse(self, line: str) -> Row | None:
        if not line.strip():
            return None
        try:
            row = decode(line)
        except NotJsonError as error:
            remedy = error.remedy or "write one object per line"
            self._add(error.code, error.what, remedy, key=error.key)
            return None
        if not isinstance(row, dict):
            self._add("invalid", f"is {describe(row)}, not an object", 'write {"id": …}')
        elif not row:
            self._add("empty", "is an empty object", "give it an id")
        else:
            return row
        return None

    def _read_cells(self, cells: Row) -> Row:
        """Return a row whose cells are all text with lists and flags in place of theirs."""
        row: dict[str, Any] = {
            key: cell for key, cell in cells.items() if cell or key in {"id", "prediction"}
        }
        if "references" in row:
            row["references"] = self._read_list(row["references"])
        if "ordered" in row:
            row["ordered"] = _FLAGS.get(row["ordered"].lower(), row["ordered"])
        return row

    def _read_list(self, cell: str) -> object:
        """Return the list that a cell holds as JSON, or its text as the only item of one."""
        if not cell.lstrip().startswith("["):
            return [cell]
        try:
            return decode(cell)
        except NotJsonError as error:
            remedy = 'write a list as JSON: ["60辆", "60台"]'
            self._add(error.code, error.what, remedy, key="references")
            return [cell]

    def case(self, row: Row) -> Iterator[Case]:
        """Yield the case of a row, or nothing where it has problems."""
        n_problems = len(self.problems)
        for key in self._required:
            if key not in row:
                self._add("missing", "is missing", _REMEDIES.get(key, "add it"), key=key)
        for key, value in row.items():
            self._check(key, value)
        if len(self.problems) == n_problems:
            yield Case(
                id=row["id"],
                prediction=row["prediction"],
                references=tuple(row.get("references") or ()),
                question=row.get("question") or "",
                type=row.get("type"),
                unit=row.get("unit"),
                ordered=bool(row.get("ordered")),
                article=row.get("article") or "",
            )

    def _add(self, code: Code, what: str, remedy: str, *, key: str = "") -> None:
        file = str(self._file) if self._row is None else f"{self._file}:row {self._row}"
        self.problems.append(
            Problem(code=code, file=file, line=self._line, key=key, what=what, remedy=remedy)
        )

    def _check(self, key: str, value: object) -> None:
        """Note what is wrong with one value; keys that no metric reads may hold anything."""
        optional = key not in self._required
        if optional and value is None:
            return
        if key in _TEXTS:
            self._check_text(key, value)
            if key == "id" and isinstance(value, str):
                self._check_id(value)
            if key == "article" and not optional and isinstance(value, str) and not value.strip():
                self._add("empty", "is empty", "give the text that the summary is of", key=key)
        elif key == "references":
            self._check_references(value)
        elif key == "type" and value not in _TYPES:
            remedy = suggestion(str(value), _TYPES, f"write one of {', '.join(_TYPES)}")
            self._add("invalid", f"{value!r} is not a question type", remedy, key=key)
        elif key == "ordered" and not isinstance(value, bool):
            what = f"is {describe(value)}, not true or false"
            self._add("invalid", what, "write true or false", key=key)

    def _check_text(self, key: str, value: object) -> None:
        if not isinstance(value, str):
            self._add("invalid", f"is {describe(value)}, not text", "write text", key=key)
        elif not encodable(value):
            what = "holds half of a surrogate pair"
            self._add("not-text", what, "write the character itself", key=key)

    def _check_id(self, value: str) -> None:
        place = f"row {self._row}" if self._line is None else f"line {self._line}"
        if not value:
            self._add("empty", "is empty", "give each row an id of its own", key="id")
        elif value in self._first_place:
            what = f"duplicate id `{value}`, first on {self._first_place[value]}"
            self._add("duplicate", what, "give each row an id of its own", key="id")
        else:
            self._first_place[value] = place

    def _check_references(self, value: object) -> None:
        key = "references"
        if not isinstance(value, list):
            self._add("invalid", f"is {describe(value)}, not a list", 'write ["…"]', key=key)
        elif not value and key in self._required:
            self._add("empty", "is empty", "add at least one reference", key=key)
        else:
            for i, reference in enumerate(value):
                self._check_text(f"{key}.{i}", reference)
                if isinstance(reference, str) and not reference.strip():
                    self._add("empty", "is empty", "give it text", key=f"{key}.{i}")


def _number_as_text(value: object) -> object:
    """Return a number, as Parquet has it, as its text; anything else as it is."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else value
