"""Append-only and atomic files of typed records, one JSON object per line."""

from __future__ import annotations

import errno
import json
import os
import re
from contextlib import suppress
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from evalkit.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from types import TracebackType
    from typing import Self

Record = TypeVar("Record")
_BREAKING = re.compile("[\x85\u2028\u2029]")  # other programs end a line there
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_HALVES = re.compile("[\ud800-\udfff]")


def line(record: Any) -> str:  # noqa: ANN401 - any dataclass
    """Return a record as one line of JSON, Chinese readable."""
    # not `asdict`, which copies every token of a long prediction before it is written
    text = json.dumps(record, default=_fields, ensure_ascii=False, allow_nan=False)
    escaped = _BREAKING.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
    return _whole(escaped) + "\n"


def write(file: Path, text: str) -> None:
    """Replace a file through a temporary one, synced and renamed: nobody ever sees half of it.

    Raises:
        StoreError: the disk is full, or the folder cannot be written.
    """
    temporary = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as handle:
            handle.write(_whole(text))
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(file)
        sync_folder(file.parent)
    except OSError as error:
        with suppress(OSError):  # nothing may be deleted either where nothing may be written
            temporary.unlink()
        raise _cannot_write(file, error) from error


def write_all(file: Path, records: Iterable[object]) -> None:
    """Replace a file with records, one per line."""
    write(file, "".join(line(record) for record in records))


def read_all(file: Path, kind: type[Record]) -> list[Record]:
    """Return the records of a file, in order; none where it does not exist.

    A last line without its end was torn by a crash: it is skipped, never parsed.

    Raises:
        StoreError: the file cannot be read, or any other line is not such a record.
    """
    adapter = TypeAdapter(kind)
    try:
        *whole, _torn = file.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    except OSError as error:
        message = f"{file}: cannot be read ({error.strerror})"
        raise StoreError(message) from None
    found: list[Record] = []
    for number, data in enumerate(whole, start=1):
        try:
            found.append(adapter.validate_json(data))
        except ValidationError as error:
            first = error.errors()[0]
            message = (
                f"{file}:{number}: is not a {kind.__name__} ({first['msg']}); "
                f"delete that line and run again; only that record is made again"
            )
            raise StoreError(message) from None
    return found


class Appender:
    """A file that grows by whole records, each on disk before `append` returns."""

    def __init__(self, file: Path) -> None:
        """Open the file, dropping a torn last line.

        Raises:
            StoreError: it cannot be written.
        """
        self._file = file
        try:
            self._handle = file.open("ab+", buffering=0)
            self._handle.seek(0)
            self._handle.truncate(self._handle.read().rfind(b"\n") + 1)
            sync_folder(file.parent)
        except OSError as error:
            raise _cannot_write(file, error) from error

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
            os.fsync(self._handle.fileno())
        except OSError as error:
            self._handle.truncate(end)
            raise _cannot_write(self._file, error) from error

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


def _whole(text: str) -> str:
    """Return a text with half surrogate pairs, which UTF-8 cannot hold, marked as such."""
    return _HALVES.sub("\ufffd", text)


def _cannot_write(file: Path, error: OSError) -> StoreError:
    remedy = "free space and run again" if error.errno in _FULL else "fix that and run again"
    return StoreError(f"{file}: cannot be written ({error.strerror}); {remedy}")


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable.

    Windows does that itself, and opens no folder.
    """
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
