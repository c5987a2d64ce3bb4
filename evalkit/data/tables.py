"""Reads the rows of data sets that others made: a cell is what stands there, its type not guessed.

Hubs and Parquet are read through the `datasets` library, which would make dates and numbers of what
looks like them in a text file.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final, NoReturn

from evalkit.data import encoding
from evalkit.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from evalkit.config.schema import HubData

Row = Mapping[str, Any]


def of_squad(file: Path) -> Iterator[Row]:
    """Yield a row for each question of a file in SQuAD's layout.

    Raises:
        InputError: the file cannot be read, or has another layout.
    """
    text, *_ = encoding.read(file)
    content: Any = _decode(file, text)
    try:
        for entry in content["data"]:
            for paragraph in entry["paragraphs"]:
                for question in paragraph["qas"]:
                    yield {"context": paragraph["context"], **question}
    except (KeyError, TypeError):
        what = "is not in SQuAD's layout: data, paragraphs, context and qas"
        remedy = "convert it; CMRC 2018 also comes so, as squad-style-data"
        raise _unreadable(file, what, remedy) from None


def of_table(file: Path) -> Iterator[Row]:
    """Yield the rows of a JSON Lines, JSON, CSV, TSV or Parquet file; numbers of JSON as written.

    Raises:
        InputError: the file cannot be read, or is not what its ending says.
    """
    reader = _READERS.get(file.suffix.lower())
    if reader is None:
        what, remedy = f"has the ending {file.suffix!r}", f"use {', '.join(_READERS)}"
        raise _unreadable(file, what, remedy)
    return reader(file)


def of_hub(data: HubData) -> Iterator[Row]:
    """Yield the rows of a data set on a hub.

    Raises:
        InputError: it cannot be read.
    """
    try:
        yield from _library_rows(data.hub_dataset, split=data.split, revision=data.revision)
    except ValueError as error:
        raise _unreadable(data.hub_dataset, str(error), "check id and network") from None


def _json_rows(file: Path) -> Iterator[Row]:
    """Yield the objects of a file: one a line, or one list."""
    text, *_ = encoding.read(file)
    rows: Iterable[Any]
    if text.lstrip().startswith("["):
        rows = _decode(file, text)
    else:
        lines = enumerate(text.split("\n"), start=1)  # U+2028 in a string ends no line
        rows = (_decode(file, line, number) for number, line in lines if line.strip())
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            what, remedy = f"row {number} is no object", 'write {"column": …}'
            raise _unreadable(file, what, remedy)
        yield row


def _decode(file: Path, text: str, line: int = 1) -> Any:  # noqa: ANN401 - any JSON
    """Return JSON that begins on a line of a file, its numbers as their text."""
    try:
        value = json.loads(
            text,
            parse_float=str,
            parse_int=str,
            parse_constant=_refuse,
            object_pairs_hook=_unique,
        )
        if "\\u" in text:  # may name half of a surrogate pair, which nothing can write
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        line += error.lineno - 1
        what = f"is not valid ({error.msg} at column {error.colno})"
    except ValueError as error:
        what = f"is not valid ({error})"
    except RecursionError:
        what = "is not valid (nested too deeply)"
    else:
        return value
    raise _unreadable(file, what, "mend it", line=line)


def _refuse(constant: str) -> NoReturn:
    message = f"{constant} is not JSON"
    raise ValueError(message)


def _unique(pairs: list[tuple[str, Any]]) -> Row:
    row = dict(pairs)
    if len(row) < len(pairs):
        names = [name for name, _ in pairs]
        message = f"`{next(n for n in names if names.count(n) > 1)}` stands twice in one object"
        raise ValueError(message)
    return row


def _csv_rows(file: Path, separator: str = ",") -> Iterator[Row]:
    """Yield the rows below the header; a cell with a JSON list of texts holds several."""
    text, *_ = encoding.read(file)
    # An article may be longer than the library expects; the limit is the whole process's.
    csv.field_size_limit(max(len(text), csv.field_size_limit()))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        cells = filter(None, reader)  # without blank lines
        header = next(cells)
        if repeated := [name for name in header if name and header.count(name) > 1]:
            what, remedy = f"column `{repeated[0]}` stands twice", "give each its own name"
            raise _unreadable(file, what, remedy)
        for row in cells:
            if any(row[len(header) :]):
                what, remedy = "has more cells than the header", "quote text with separators"
                raise _unreadable(file, what, remedy, line=reader.line_num)
            cells_of_row = zip_longest(header, row[: len(header)], fillvalue="")
            yield {name: _several(cell) for name, cell in cells_of_row}
    except csv.Error as error:
        what = f"is not valid ({error})"
        raise _unreadable(file, what, "mend it", line=reader.line_num) from None


def _several(cell: str) -> str | list[str]:
    if cell.startswith("[") and cell.endswith("]"):
        with suppress(ValueError, RecursionError):
            found = json.loads(cell)
            if all(isinstance(item, str) for item in found):
                return list(found)
    return cell


def _parquet_rows(file: Path) -> Iterator[Row]:
    if not file.is_file():
        raise _unreadable(file, "cannot be read (no such file)", "check the path")
    try:
        yield from _library_rows("parquet", data_files=str(file), split="train")
    except ValueError as error:
        raise _unreadable(file, f"is not valid ({error})", "mend it") from None


def _library_rows(name: str, **options: str) -> Iterator[Row]:
    """Yield what the library reads, without a copy in its cache.

    Raises:
        ValueError: it cannot read it; with one line that says why.
    """
    from datasets import load_dataset  # noqa: PLC0415 - seconds to import, needed for few runs

    try:
        yield from load_dataset(name, streaming=True, **options)
    except (OSError, ValueError, KeyError, TypeError) as error:  # what its readers raise
        message = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ValueError(message) from error


def _unreadable(name: Path | str, what: str, remedy: str, *, line: int | None = None) -> InputError:
    return InputError([Problem(file=str(name), line=line, what=what, remedy=remedy)])


_READERS: Final[Mapping[str, Callable[[Path], Iterator[Row]]]] = {
    ".jsonl": _json_rows,
    ".json": _json_rows,
    ".csv": _csv_rows,
    ".tsv": partial(_csv_rows, separator="\t"),
    ".parquet": _parquet_rows,
}
