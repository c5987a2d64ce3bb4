"""What of a report could not be made: a part that fails costs that part alone."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from evalkit.errors import EvalkitError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def noting(problems: list[str], part: str) -> Iterator[None]:
    """Add a line to `problems`, with the reason, where the block fails: the rest is made."""
    try:
        yield
    except EvalkitError as error:
        problems.append(f"{part}: {error}")
    except Exception as error:  # noqa: BLE001 - whatever a library raises
        problems.append(f"{part}: {' '.join(f'{type(error).__name__}: {error}'.split())}")
