"""Append-only and atomic files of typed records, one JSON object per line."""

from __future__ import annotations

import json
import os
import re
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import fields
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from evalkit.config.files import opened
from evalkit.errors import StoreError
from evalkit.store.files import (
    cannot_write,
    encode,
    require_own,
    sync,
    sync_folder,
    write_bytes,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from io import FileIO
    from pathlib import Path
    from typing import IO, Self

Record = TypeVar("Record")
_LEAST_WORK_S = 0.1
_BLOCK = 1 << 16  # bytes
_BREAKING = re.compile("[\x85\u2028\u2029]")  # other programs end a line there


def line(record: Any) -> str:  # noqa: ANN401 - any dataclass
    """Return a record as one line of JSON, Chinese readable."""
    # not `asdict`, which copies every token of a long prediction before it is written
    text = json.dumps(record, default=_fields, ensure_ascii=False, allow_nan=False)
    escaped = _BREAKING.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
    return encode(escaped).decode() + "\n"


def write_all(file: Path, records: Iterable[object]) -> None:
    """Replace a file with records, one per line."""
    write_bytes(file, (line(record).encode() for record in records))


def read_all(file: Path, kind: type[Record]) -> list[Record]:
    """Return the records of a file, as `read_each` yields them."""
    return list(read_each(file, kind))


def read_each(file: Path, kind: type[Record]) -> Iterator[Record]:
    """Yield the records of a file, in order; none where it does not exist.

    A last line without its end was torn by a crash: it is skipped, never parsed.

    Raises:
        StoreError: the file cannot be read, or any other line is not such a record.
    """
    parse = partial(_parse, file, TypeAdapter(kind), kind.__name__)
    for number, row in enumerate(lines(file), start=1):
        if row.endswith(b"\n"):
            yield parse(row, f"{number}")


class RandomAccess(Generic[Record]):
    """A file of records that stays open: what replaces it changes nothing here."""

    def __init__(self, file: Path, kind: type[Record]) -> None:
        """Open the file; one that does not exist holds no records.

        Raises:
            StoreError: it cannot be read.
        """
        self._file = file
        self._parse = partial(_parse, file, TypeAdapter(kind), kind.__name__)
        self._opened = ExitStack()
        self._handle: IO[bytes] = BytesIO()
        with _readable(file), suppress(FileNotFoundError):
            self._handle = self._opened.enter_context(opened(file))

    def records(self) -> Iterator[tuple[int, Record]]:
        """Yield all records, each with its place in the file.

        Raises:
            StoreError: the file cannot be read, or a line is not such a record.
        """
        at = 0
        with _readable(self._file):
            self._handle.seek(0)
            for number, row in enumerate(self._handle, start=1):
                if row.endswith(b"\n"):
                    yield at, self._parse(row, f"{number}")
                at += len(row)

    def read(self, at: int) -> Record:
        """Return the record at a place that `records` named.

        Raises:
            StoreError: the file cannot be read, or has been changed.
        """
        with _readable(self._file):
            self._handle.seek(at)
            return self._parse(self._handle.readline(), f"byte {at}")

    def close(self) -> None:
        """Close the file."""
        self._opened.close()


def _parse(file: Path, adapter: TypeAdapter[Record], kind: str, row: bytes, place: str) -> Record:
    try:
        return adapter.validate_json(row)
    except ValidationError as error:
        reason = error.errors()[0]["msg"]
        message = f"{file}:{place}: is not a {kind} ({reason}); run the config again"
        raise StoreError(message) from None


@contextmanager
def _readable(file: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        message = f"{file}: cannot be read ({error.strerror})"
        raise StoreError(message) from None


def set_damaged_aside(file: Path, kind: type[object]) -> int:
    """Move what is not a record from a file to `<name>.damaged` beside it; return how many lines.

    A torn last line is left to the appender.

    Raises:
        StoreError: one of the two cannot be read or written.
    """
    is_damaged = partial(_is_damaged, TypeAdapter(kind))
    if n_damaged := sum(map(is_damaged, lines(file))):
        aside = file.with_name(f"{file.name}.damaged")
        require_own(aside)
        write_bytes(aside, [*lines(aside), *filter(is_damaged, lines(file))])
        write_bytes(file, (row for row in lines(file) if not is_damaged(row)))
    return n_damaged


def _is_damaged(adapter: TypeAdapter[object], row: bytes) -> bool:
    if not row.endswith(b"\n"):
        return False
    try:
        adapter.validate_json(row)
    except ValidationError:
        return True
    return False


def lines(file: Path) -> Iterator[bytes]:
    """Yield the lines of a file, each with its end; none where it does not exist.

    Raises:
        StoreError: the file cannot be read.
    """
    with suppress(FileNotFoundError), _readable(file), opened(file) as handle:
        yield from handle


class Appender:
    """A file that grows by whole records, which outlive the process when `append` returns.

    A power cut can take what costs less to make again than to force onto the disk: records are
    synced in groups of up to a tenth of a second's work.
    """

    def __init__(self, file: Path) -> None:
        """Open the file, dropping a torn last line.

        Raises:
            StoreError: it cannot be written.
        """
        require_own(file)
        self._file = file
        self._unsynced_s = 0.0
        try:
            with ExitStack() as opened_here:
                self._handle = opened_here.enter_context(file.open("ab+", buffering=0))
                self._handle.truncate(_end_of_last_line(self._handle))
                sync_folder(file.parent)
                opened_here.pop_all()
        except OSError as error:
            raise cannot_write(file, error) from error

    def append(self, record: object, cost_s: float) -> None:
        """Write one record.

        Args:
            record: what is written.
            cost_s: the seconds that it takes to make it again.

        Raises:
            StoreError: the disk is full, or the file cannot be written.
        """
        end = self._handle.seek(0, os.SEEK_END)
        left = line(record).encode()
        try:
            while left:  # a full disk takes a part first, and refuses the rest
                left = left[self._handle.write(left) :]
            self._unsynced_s += cost_s
            if self._unsynced_s >= _LEAST_WORK_S:
                sync(self._handle.fileno())
                self._unsynced_s = 0.0
        except OSError as error:
            self._handle.truncate(end)
            raise cannot_write(self._file, error) from error

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(self, *_: object) -> None:
        """Sync and close the file."""
        with suppress(OSError):  # what was written is in the file; only a power cut could take it
            sync(self._handle.fileno())
        self._handle.close()


def _end_of_last_line(handle: FileIO) -> int:
    """Return where the last whole line of a file ends, reading no more than it takes."""
    end = handle.seek(0, os.SEEK_END)
    while end:
        start = max(0, end - _BLOCK)
        handle.seek(start)
        if (found := handle.read(end - start).rfind(b"\n")) >= 0:
            return start + found + 1
        end = start
    return 0


def _fields(record: Any) -> dict[str, Any]:  # noqa: ANN401 - any dataclass
    return {field.name: getattr(record, field.name) for field in fields(record)}
