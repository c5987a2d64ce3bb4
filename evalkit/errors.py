"""Everything evalkit raises on purpose.

EvalkitError                exit code 1
├── InputError              exit code 2: something the user wrote can be mended; lists every problem
├── StoreError              the run folder cannot be written, or holds another run
│   ├── LockedError         another process is writing into it
│   └── DamagedError        the cache is no cache any more
├── WeightsError            weights cannot be fetched, or are not what they claim to be
├── ModelLoadError          weights are sound but this machine or library cannot run them
└── OutOfMemoryError        a batch did not fit; the caller may try a smaller one
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class EvalkitError(Exception):
    """Base of all errors that evalkit raises on purpose; its text is meant for the user."""

    exit_code = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing wrong in one place of something a user wrote."""

    file: str
    what: str
    remedy: str = ""
    line: int | None = None
    key: str = ""

    def __str__(self) -> str:
        """Render as `<file>:<line>: <key>: <what is wrong>; <what to do>`."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        key = f" {self.key}:" if self.key else ""
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{place}:{key} {self.what}{remedy}"


class InputError(EvalkitError):
    """What the user wrote has problems: all of them, one a line."""

    exit_code = 2

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep every problem found; their lines joined are the message."""
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class StoreError(EvalkitError):
    """The run folder cannot be written, or holds another run."""


class LockedError(StoreError):
    """Another process is writing into the run folder, or the cache."""


class DamagedError(StoreError):
    """The cache is no cache any more, and can only be deleted."""


class WeightsError(EvalkitError):
    """Weights cannot be fetched, or are not what they claim to be."""


class ModelLoadError(EvalkitError):
    """Weights are sound, but this machine or library cannot run them."""

    def __init__(self, message: str, key: str = "") -> None:
        """Keep the key of the model's config that is to blame, where one is."""
        super().__init__(message)
        self.key = key


class OutOfMemoryError(EvalkitError):
    """A batch did not fit into memory; a smaller one may."""
