"""Reads Parquet, which holds one text a million times in few bytes, in bounded memory and time."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any, Final

from evalkit.config.files import opened
from evalkit.errors import InputError, first_line, missing_extra, refusal, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pyarrow.parquet import ParquetFile

_SMALL: Final = 256 << 20  # bytes that any file may unfold to
_MAX_RATIO: Final = 100  # of unfolded bytes to those of a larger file; Chinese text has about 10
_N_ROWS: Final = 64  # that are unfolded at once


def rows_of_parquet(file: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of a Parquet file, a few of them in memory at once.

    Raises:
        InputError: it cannot be read, is no such file, or unfolds to more than data does; or the
            library is not installed.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - seconds to import, needed for few runs
        from pyarrow.parquet import ParquetFile  # noqa: PLC0415 - as above
    except ModuleNotFoundError:
        raise InputError([missing_extra("hub", "pyarrow", file=str(file))]) from None
    try:
        with opened(file) as handle:
            limit = max(_SMALL, _MAX_RATIO * file.stat().st_size)
            yield from _rows(file, ParquetFile(handle), limit)
    except (pa.ArrowException, ValueError, KeyError, TypeError, OverflowError) as error:
        what = f"is not valid ({first_line(error)})"
        raise refusal(file, "malformed", what, "fix it") from None
    except OSError as error:  # pyarrow raises it for damaged data, without a number
        if error.errno is None:
            what = f"is not valid ({first_line(error)})"
            raise refusal(file, "malformed", what, "fix it") from None
        raise unreadable(file, error) from None


def _rows(file: Path, content: ParquetFile, limit: int) -> Iterator[Mapping[str, Any]]:
    """Yield the rows; of what the file says of itself, only that it is too large is believed."""
    what = f"unfolds to more than {limit >> 20:,} MB, as only repeated text does"
    too_large = refusal(file, "unsafe", what, "write it as JSON Lines")
    groups = range(content.num_row_groups)
    if sum(content.metadata.row_group(i).total_byte_size for i in groups) > limit:
        raise too_large
    n_bytes = 0
    for i in groups:  # each by itself: a batch of several would hold all of them
        for batch in content.iter_batches(_N_ROWS, row_groups=[i]):
            for row in batch.to_pylist():
                n_bytes += _size(row)
                if n_bytes > limit:
                    raise too_large
                yield {name: _or_none(value) for name, value in row.items()}


def _or_none(value: object) -> object:
    """Return a value of a cell; None for NaN, as which pandas writes a number that is missing."""
    return None if isinstance(value, float) and math.isnan(value) else value


def _size(value: object) -> int:
    """Return about how many bytes of memory a plain value takes, its parts included."""
    parts: Any = ()
    if isinstance(value, dict):
        parts = value.values()
    elif isinstance(value, list):
        parts = value
    return sys.getsizeof(value) + sum(map(_size, parts))
