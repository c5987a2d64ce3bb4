"""Reads the rows of public data sets: a cell is its text, types are not guessed.

Hubs are read through the `datasets` library, which would make dates and numbers of what looks like
them in a text file.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping
from functools import partial
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Any, Final

from evalkit.data import encoding
from evalkit.data.parquet import rows_of_parquet
from evalkit.data.strict_json import NotJsonError, decode, encodable
from evalkit.errors import InputError, Problem, missing_extra, refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from pathlib import Path

    from evalkit.config.sources import HubData
    from evalkit.config.strict import Strict

Row = Mapping[str, Any]


ARTICLE_ID = "context_id"
"""The column of `of_squad` that holds the id of the paragraph, where it has one."""


def of_squad(file: Path) -> Iterator[Row]:
    """Yield a row for each question of a file in SQuAD's layout, or CMRC 2018's own.

    Raises:
        InputError: the file cannot be read, or has another layout.
    """
    content = read_json(file)
    try:
        original = isinstance(content, list) and content
        yield from _cmrc_rows(content) if original else _squad_rows(content)
    except (KeyError, TypeError):
        what = "is not in SQuAD's layout: data, paragraphs, context and qas"
        raise refusal(file, "malformed", what, "convert it, or read it as a `table`") from None


def _squad_rows(content: Any) -> Iterator[Row]:  # noqa: ANN401 - whatever the file holds
    for entry in content["data"]:
        for paragraph in entry["paragraphs"]:
            for question in paragraph["qas"]:
                id_ = paragraph.get("id")
                yield {"context": paragraph["context"], ARTICLE_ID: id_, **question}


def _cmrc_rows(content: list[Any]) -> Iterator[Row]:
    for article in content:
        for question in article["qas"]:
            yield {
                "context": article["context_text"],
                ARTICLE_ID: article["context_id"],
                "id": question["query_id"],
                "question": question["query_text"],
                "answers": question["answers"],
            }


def read_json(file: Path) -> Any:  # noqa: ANN401 - any JSON
    """Return the value of a JSON file; numbers are given as their text.

    Raises:
        InputError: the file cannot be read, or is not JSON.
    """
    text, _ = encoding.read(file)
    return _decode(file, text)


def of_table(file: Path) -> Iterator[Row]:
    """Yield the rows of a JSON Lines, JSON, CSV, TSV or Parquet file; numbers of JSON as written.

    Raises:
        InputError: the file cannot be read, or is not what its suffix says.
    """
    reader = _READERS.get(file.suffix.lower())
    if reader is None:
        what, remedy = f"has the ending {file.suffix!r}", f"use {', '.join(_READERS)}"
        raise refusal(file, "invalid", what, remedy)
    return reader(file)


def of_hub(data: HubData) -> Iterator[Row]:
    """Yield the rows of a data set on a hub.

    Raises:
        InputError: it cannot be read.
    """
    try:
        yield from _library_rows(
            data.hub_dataset, name=data.config, split=data.split, revision=data.revision
        )
    except ValueError as error:
        what = str(error)
        remedy = "set `config`" if "onfig name is missing" in what else "check id and network"
        raise refusal(data.hub_dataset, "unreadable", what, remedy) from None


def missing_columns(name: str, columns: Strict, seen: Collection[str]) -> list[Problem]:
    """Return a problem for each column that no row has; none of a source without rows."""
    wanted = columns.model_dump(exclude_none=True).items()
    return [
        Problem(
            code="missing",
            file=name,
            key=f"columns.{key}",
            what=f"has no column `{column}`",
            remedy=(
                f"rename one of {', '.join(islice(seen, _N_LISTED))}, "
                "or in a config name it under `columns`"
            ),
        )
        for key, column in wanted
        if seen and column not in seen
    ]


def _json_rows(file: Path) -> Iterator[Row]:
    """Yield the rows of a file: an object per line, one list, one object, or a table of pandas."""
    text, _ = encoding.read(file)
    rows: Iterable[Any]
    if _is_one_value(text):
        whole = _decode(file, text)
        rows = whole if isinstance(whole, list) else _rows_of_object(file, whole)
    else:
        lines = enumerate(text.split("\n"), start=1)  # U+2028 in a string does not end a line
        rows = (_decode(file, line, number) for number, line in lines if line.strip())
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            what, remedy = f"row {number} is not an object", 'write {"column": …}'
            raise refusal(file, "malformed", what, remedy)
        yield row


def _is_one_value(text: str) -> bool:
    """Return whether a JSON text is one value, and not an object per line."""
    stripped = text.lstrip()
    first, _, rest = stripped.partition("\n")
    if stripped.startswith("[") or not rest.strip():
        return True
    try:
        decode(first)
    except NotJsonError:
        return stripped.startswith("{") and rest.rstrip().endswith("}") and first.strip() == "{"
    return False


def rows_of_pandas(found: Mapping[str, Any]) -> list[Any] | None:
    """Return the rows of a table that pandas has written as JSON; None of any other object.

    Known are all orientations that name the columns.
    """
    match found:
        case {"columns": [*names], "data": [*rows]} if all(isinstance(row, list) for row in rows):
            return [dict(zip(map(str, names), row, strict=False)) for row in rows]
        case {"schema": {}, "data": [*rows]}:
            return rows
    values = list(found.values())
    if not values or not all(isinstance(value, dict) for value in values):
        return None
    if all(value and all(map(str.isdigit, value)) for value in values):
        return [{name: cells.get(i) for name, cells in found.items()} for i in values[0]]
    return values if all(map(str.isdigit, found)) else None


def _rows_of_object(file: Path, found: Any) -> list[Any]:  # noqa: ANN401 - whatever the file holds
    """Return the rows of one JSON value: of what pandas writes, or itself.

    Raises:
        InputError: it may as well be one row as a table by columns.
    """
    if not isinstance(found, dict):
        return [found]
    if (rows := rows_of_pandas(found)) is not None:
        return rows
    match found:
        case {"data": [{"paragraphs": _}, *_]}:
            what, remedy = "is in SQuAD's layout, and no table", f"read it as `squad: {file.name}`"
            raise refusal(file, "malformed", what, remedy)
    lengths = {len(value) if isinstance(value, list) else 0 for value in found.values()}
    if len(found) > 1 and len(lengths) == 1 and (n := lengths.pop()) > 1:
        what = f"holds lists of {n} values, which may be one row or {n}"
        raise refusal(file, "malformed", what, 'write a list of rows: [{"column": …}, …]')
    return [found]


def _decode(file: Path, text: str, line: int = 1) -> Any:  # noqa: ANN401 - any JSON
    """Return JSON that begins on a line of a file, its numbers as their text."""
    try:
        value = decode(text)
    except NotJsonError as error:
        line += error.line - 1
        raise refusal(file, error.code, error.what, error.remedy or "fix it", line=line) from None
    if "\\u" in text and not encodable(json.dumps(value, ensure_ascii=False)):
        what, remedy = "holds half of a surrogate pair", "write the character itself"
        raise refusal(file, "not-text", what, remedy, line=line)
    return value


def _csv_rows(file: Path, separator: str = ",") -> Iterator[Row]:
    """Yield the rows below the header; a cell that a short row lacks is empty."""
    text, _ = encoding.read(file)
    # An article may be longer than the library expects; the limit is the whole process's.
    csv.field_size_limit(max(len(text), csv.field_size_limit()))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        cells = filter(None, reader)  # without blank lines
        header = next(cells)
        _require_separator(file, header, separator)
        if repeated := [name for name, n in Counter(filter(None, header)).items() if n > 1]:
            what, remedy = f"duplicate column `{repeated[0]}`", "give each its own name"
            raise refusal(file, "duplicate", what, remedy)
        for row in cells:
            if any(row[len(header) :]):
                what, remedy = "has more cells than the header", "quote text with separators"
                raise refusal(file, "malformed", what, remedy, line=reader.line_num)
            yield dict(zip_longest(header, row[: len(header)], fillvalue=""))
    except csv.Error as error:
        what = f"is not valid ({error})"
        raise refusal(file, "malformed", what, "fix it", line=reader.line_num) from None


def _require_separator(file: Path, header: list[str], separator: str) -> None:
    """Raise where the only name of a header holds what separates names in other programs.

    Raises:
        InputError: it does.
    """
    names = {",": "commas", "\t": "tabs", ";": "semicolons"}
    used = [name for mark, name in names.items() if mark != separator and mark in header[0]]
    if len(header) == 1 and used:
        what = f"has its columns separated by {used[0]}, not by {names[separator]}"
        raise refusal(file, "malformed", what, "save it as .csv with commas, or as .tsv with tabs")


def _library_rows(path: str, **options: str | None) -> Iterator[Row]:
    """Yield what the library reads, without a copy in its cache.

    Raises:
        InputError: the library is not installed.
        ValueError: it cannot read it; with one line that says why.
    """
    try:
        from datasets import load_dataset  # noqa: PLC0415 - seconds to import, needed for few runs
    except ModuleNotFoundError:
        raise InputError([missing_extra("hub", "datasets", file=path)]) from None
    try:
        yield from load_dataset(path, streaming=True, **options)
    except (OSError, ValueError, KeyError, TypeError) as error:  # what its readers raise
        message = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ValueError(message) from error


_N_LISTED = 8  # columns in a message
_READERS: Final[Mapping[str, Callable[[Path], Iterator[Row]]]] = {
    ".jsonl": _json_rows,
    ".json": _json_rows,
    ".csv": _csv_rows,
    ".tsv": partial(_csv_rows, separator="\t"),
    ".parquet": rows_of_parquet,
}
