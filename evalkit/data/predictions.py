"""Reads predictions of other programs: a row for each, or one JSON object `{id: prediction}`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from evalkit.data import tables
from evalkit.data.strict_json import describe
from evalkit.errors import InputError, Problem, refusal

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.config.schema import PredictionColumns
    from evalkit.data.tables import Row
    from evalkit.errors import Code


def read_predictions(file: Path, columns: PredictionColumns) -> dict[str, str]:
    """Return the predictions of a file by id, in order; an empty prediction is one.

    Args:
        file: JSON Lines, CSV, TSV or Parquet with a row for each prediction, or JSON with a list of
            such rows or one object `{id: prediction}`. Numbers in JSON stay as they are written.
        columns: which columns hold id and prediction; ignored for `{id: prediction}`.

    Raises:
        InputError: with every problem of the file.
    """
    by_id = read_by_id(file)
    if by_id is not None:
        return _of_object(file, by_id)
    reader = _Reader(str(file), columns)
    for row in tables.of_table(file):
        reader.add(row)
    if missing := tables.missing_columns(str(file), columns, reader.columns_seen):
        raise InputError(missing)
    if not reader.n_rows:
        raise refusal(file, "empty", "has no rows", "give it at least one prediction")
    if reader.problems:
        raise InputError(reader.problems)
    return reader.predictions


def _of_object(file: Path, by_id: Mapping[str, Any]) -> dict[str, str]:
    """Return the predictions of one object, whose problems are named by their ids."""
    problems = [
        Problem(
            code="invalid",
            file=str(file),
            key=id_,
            what=f"is {describe(value)}, not text",
            remedy="give text, or leave it out",
        )
        for id_, value in by_id.items()
        if _is_no_text(value)
    ]
    if "" in by_id:
        problems += refusal(file, "empty", "has an empty id", "give it an id").problems
    if problems:
        raise InputError(problems)
    if not by_id:
        raise refusal(file, "empty", "holds no prediction", "give it at least one prediction")
    return {id_: str(value) for id_, value in by_id.items()}


def read_by_id(file: Path) -> Mapping[str, Any] | None:
    """Return what a file of JSON holds as `{id: prediction}`; None where a file has rows.

    Raises:
        InputError: it cannot be read, or is not JSON.
    """
    if file.suffix.lower() != ".json":
        return None
    found = tables.read_json(file)
    is_by_id = isinstance(found, Mapping) and tables.rows_of_pandas(found) is None
    return found if is_by_id else None


class _Reader:
    """Collects predictions and problems, row by row."""

    def __init__(self, file: str, columns: PredictionColumns) -> None:
        self.predictions: dict[str, str] = {}
        self.problems: list[Problem] = []
        self.columns_seen: dict[str, None] = {}
        self.n_rows = 0
        self._file = file
        self._columns = columns
        self._row_of: dict[str, int] = {}

    def add(self, row: Row) -> None:
        """Keep the prediction of a row, or its problems."""
        self.n_rows += 1
        self.columns_seen |= dict.fromkeys(row)
        id_ = self._text(row, self._columns.id)
        prediction = self._text(row, self._columns.prediction)
        if id_ is None or prediction is None:
            return
        if not id_:
            self._report("empty", "is empty", "give each row the id of an example")
        elif id_ in self._row_of:
            what = f"duplicate id `{id_}`, first in row {self._row_of[id_]}"
            self._report("duplicate", what, "keep one of the two")
        else:
            self._row_of[id_] = self.n_rows
            self.predictions[id_] = prediction

    def _text(self, row: Row, column: str) -> str | None:
        """Return the text of a cell, or None if it has none."""
        value: Any = row.get(column)
        if column not in row:
            self._report("missing", "is missing", "add it, or leave out the row", column)
        elif _is_no_text(value):
            remedy = "give text, or leave out the row"
            self._report("invalid", f"is {describe(value)}, not text", remedy, column)
        else:
            return str(value)
        return None

    def _report(self, code: Code, what: str, remedy: str, column: str = "") -> None:
        place = f"{self._file}:row {self.n_rows}"
        key = column or self._columns.id
        self.problems.append(Problem(code=code, file=place, key=key, what=what, remedy=remedy))


def _is_no_text(value: object) -> bool:
    holds_several = isinstance(value, Iterable) and not isinstance(value, str)
    return value is None or isinstance(value, bool) or holds_several
