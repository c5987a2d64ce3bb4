"""Append-only and atomic files of typed records, one JSON object per line."""

from __future__ import annotations

import json
import os
import re
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from evalkit.config.files import read_bytes
from evalkit.errors import StoreError
from evalkit.store.files import (
    cannot_write,
    encode,
    require_own,
    sync,
    sync_folder,
    write,
    write_bytes,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from types import TracebackType
    from typing import Self

Record = TypeVar("Record")
_BREAKING = re.compile("[\x85\u2028\u2029]")  # other programs end a line there


def line(record: Any) -> str:  # noqa: ANN401 - any dataclass
    """Return a record as one line of JSON, Chinese readable."""
    # not `asdict`, which copies every token of a long prediction before it is written
    text = json.dumps(record, default=_fields, ensure_ascii=False, allow_nan=False)
    escaped = _BREAKING.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
    return encode(escaped).decode() + "\n"


def text_of(records: Iterable[object]) -> str:
    """Return records as text, one per line."""
    return "".join(line(record) for record in records)


def write_all(file: Path, records: Iterable[object]) -> None:
    """Replace a file with records, one per line."""
    write(file, text_of(records))


def read_all(file: Path, kind: type[Record]) -> list[Record]:
    """Return the records of a file, in order; none where it does not exist.

    A last line without its end was torn by a crash: it is skipped, never parsed.

    Raises:
        StoreError: the file cannot be read, or any other line is not such a record.
    """
    return parse(read(file), kind, file)


def parse(data: bytes, kind: type[Record], file: Path) -> list[Record]:
    """Return the records that the bytes of a file hold, as `read_all` does."""
    adapter = TypeAdapter(kind)
    *whole, _torn = data.split(b"\n")
    found: list[Record] = []
    for number, row in enumerate(whole, start=1):
        try:
            found.append(adapter.validate_json(row))
        except ValidationError as error:
            reason = error.errors()[0]["msg"]
            message = f"{file}:{number}: is not a {kind.__name__} ({reason}); run the config again"
            raise StoreError(message) from None
    return found


def set_damaged_aside(file: Path, kind: type[object]) -> int:
    """Move what is not a record from a file to `<name>.damaged` beside it; return how many lines.

    A torn last line is left to the appender.

    Raises:
        StoreError: one of the two cannot be read or written.
    """
    adapter = TypeAdapter(kind)
    *whole, torn = read(file).split(b"\n")
    sound: list[bytes] = []
    damaged: list[bytes] = []
    for row in whole:
        try:
            adapter.validate_json(row)
        except ValidationError:
            damaged.append(row)
        else:
            sound.append(row)
    if damaged:
        aside = file.with_name(f"{file.name}.damaged")
        require_own(aside)
        write_bytes(aside, b"".join(row + b"\n" for row in (*read(aside).splitlines(), *damaged)))
        write_bytes(file, b"".join(row + b"\n" for row in sound) + torn)
    return len(damaged)


def read(file: Path) -> bytes:
    """Return the bytes of a file; none where it does not exist."""
    try:
        return read_bytes(file)
    except FileNotFoundError:
        return b""
    except OSError as error:
        message = f"{file}: cannot be read ({error.strerror})"
        raise StoreError(message) from None


class Appender:
    """A file that grows by whole records, each on disk before `append` returns."""

    def __init__(self, file: Path) -> None:
        """Open the file, dropping a torn last line.

        Raises:
            StoreError: it cannot be written.
        """
        require_own(file)
        self._file = file
        try:
            self._handle = file.open("ab+", buffering=0)
            self._handle.seek(0)
            self._handle.truncate(self._handle.read().rfind(b"\n") + 1)
            sync_folder(file.parent)
        except OSError as error:
            raise cannot_write(file, error) from error

    def append(self, record: object) -> None:
        """Write one record and sync it.

        Raises:
            StoreError: the disk is full, or the file cannot be written.
        """
        end = self._handle.seek(0, os.SEEK_END)
        left = line(record).encode()
        try:
            while left:  # a full disk takes a part first, and refuses the rest
                left = left[self._handle.write(left) :]
            sync(self._handle.fileno())
        except OSError as error:
            self._handle.truncate(end)
            raise cannot_write(self._file, error) from error

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._handle.close()


def _fields(record: Any) -> dict[str, Any]:  # noqa: ANN401 - any dataclass
    return {field.name: getattr(record, field.name) for field in fields(record)}
