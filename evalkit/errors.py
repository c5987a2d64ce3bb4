"""The errors that evalkit raises on purpose, and the problems that they report.

EvalkitError
├── InputError              what the user wrote is wrong: every problem of it
├── StoreError              the run folder cannot be written or read, or holds another run
│   ├── LockedError         another process is writing into it
│   └── DamagedError        the generation cache is not an SQLite file any more
├── ProviderError           a provider cannot answer anything; the others still can
│   ├── WeightsError        weights cannot be fetched, or are not what they claim to be
│   └── ModelLoadError      weights are sound but this machine or library cannot run them
├── OutOfMemoryError        a batch did not fit; the caller may try a smaller one
└── WorkerLostError         a worker is gone; the caller may give its work to another
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from difflib import get_close_matches
from importlib.metadata import PackageNotFoundError, requires
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

Code = Literal[
    "changed",  # not what it was when the run was made
    "conflict",  # two settings that exclude each other
    "duplicate",  # a key, name or id that is given twice
    "empty",  # nothing where something is needed
    "few",  # fewer references than a telling result needs
    "incomparable",  # runs that may not be compared
    "invalid",  # a value that is not allowed here
    "malformed",  # not the format that it claims to be: YAML, JSON, CSV, a template
    "mismatch",  # two files that do not belong together
    "missing",  # a key, column or file that is needed
    "missing-extra",  # an optional dependency that is not installed
    "not-text",  # bytes in no known encoding
    "outdated",  # a run of an earlier version, to be upgraded first
    "rule",  # a rule for references that is broken
    "unfinished",  # a run that has no results yet
    "unknown",  # a key, name or id that nothing has
    "unreadable",  # a file or folder that cannot be read
    "unsafe",  # a path or a right that is refused
    "unusable",  # weights, devices or folders that exist and cannot be used
    "unwritable",  # a file or folder that cannot be written
]
"""The kind of a problem; stable, for programs and tests."""

_N_NAMED: Final = 3  # of many names in a message
_N_ALIKE: Final = 5  # problems of one kind in a message
_ROW: Final = re.compile(r":row \d+$")
_VARYING: Final = re.compile(r"`[^`]*`|'[^']*'|\d+(?:,\d+)*")  # names and numbers of one problem


class EvalkitError(Exception):
    """Base of all errors that evalkit raises on purpose; its text is meant for the user."""

    exit_code = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing wrong in one place of something a user wrote.

    `extra` is the optional part of evalkit that is not installed, for `missing-extra`.
    """

    code: Code
    file: str
    what: str
    remedy: str = ""
    line: int | None = None
    key: str = ""
    extra: str = ""

    def __str__(self) -> str:
        """Render as `<file>:<line>: <key>: <what is wrong>; <what to do>`."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        text = ": ".join(filter(None, (place, self.key, self.what)))
        return f"{text}; {self.remedy}" if self.remedy else text


def suggestion(word: str, known: Collection[str], otherwise: str | None = None) -> str:
    """Return the remedy for an unknown word: the known one most like it.

    Where none is like it, the remedy is `otherwise`, or to choose from all.

    >>> suggestion("rogue2", ["em", "rouge2"])
    'did you mean `rouge2`?'
    >>> suggestion("bleu", ["em", "f1"])
    'choose from em, f1'
    """
    near = get_close_matches(word, known, n=1)
    if near:
        return f"did you mean `{near[0]}`?"
    return f"choose from {', '.join(known)}" if otherwise is None else otherwise


def first_few(names: Sequence[str]) -> str:
    """Return names for a message: the first three, and how many more there are.

    >>> first_few(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    shown, n_more = ", ".join(names[:_N_NAMED]), len(names) - _N_NAMED
    return f"{shown} and {n_more} more" if n_more > 0 else shown


def first_line(error: BaseException) -> str:
    """Return the first line of an exception's text, or its class where it has none."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def missing_extra(extra: str, package: str, *, file: str = "", key: str = "") -> Problem:
    """Return the problem that an optional package is not installed, and how to install it."""
    return Problem(
        code="missing-extra",
        file=file,
        key=key,
        what=f"needs the package `{package}`, which is not installed",
        remedy=_install(extra),
        extra=extra,
    )


def _install(extras: str) -> str:
    """Name the packages, never evalkit: an index may hold another project of its name."""
    if packages := _packages(extras.split(",")):
        return f"run `python -m pip install {' '.join(packages)}`"
    return f"run `pip install -e '.[{extras}]'` in evalkit's repository"


def _packages(extras: list[str]) -> list[str]:
    """Return what extras require, each in quotes; nothing where evalkit runs uninstalled."""
    try:
        lines = requires("evalkit") or []
    except PackageNotFoundError:
        return []
    found: dict[str, None] = {}
    for extra in extras:  # grows by the extras that others require
        for package, _, marker in (line.partition(";") for line in lines):
            if not re.search(rf"""extra == ["']{extra}["']""", marker):
                continue
            if own := re.fullmatch(r"evalkit\[([\w,]+)\]", package.strip()):
                extras += [name for name in own[1].split(",") if name not in extras]
            else:
                found[f'"{package.strip()}"'] = None
    return list(found)


class InputError(EvalkitError):
    """What the user wrote has problems, one per line.

    `problems` are all of them. The message shows five of a kind, and counts the others.
    """

    exit_code = 2

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep every problem found.

        Where several optional parts are missing, each line has the one command that installs all.
        """
        extras = ",".join(dict.fromkeys(found.extra for found in problems if found.extra))
        self.problems = tuple(
            replace(found, remedy=_install(extras)) if found.extra else found for found in problems
        )
        super().__init__("\n".join(lines_of(self.problems)))


def lines_of(problems: Sequence[Problem]) -> Iterator[str]:
    """Yield a line for each problem; of those alike the first five, then how many there are."""
    n_alike = Counter(map(_kind, problems))
    n_shown: Counter[Problem] = Counter()
    for problem in problems:
        kind = _kind(problem)
        n_shown[kind] += 1
        if n_shown[kind] <= _N_ALIKE:
            yield str(problem)
        if n_shown[kind] == _N_ALIKE < n_alike[kind]:
            yield f"{kind.file}: {n_alike[kind] - _N_ALIKE:,} more like these"


def _kind(problem: Problem) -> Problem:
    """Return a problem without what tells it from others of its kind: place, names, numbers."""
    return Problem(
        code=problem.code,
        file=_ROW.sub("", problem.file),
        key=_VARYING.sub("", problem.key),
        what=_VARYING.sub("", problem.what),
    )


def refusal(
    file: Path | str, code: Code, what: str, remedy: str = "", *, line: int | None = None
) -> InputError:
    """Return the error of one problem."""
    return InputError([Problem(code=code, file=str(file), line=line, what=what, remedy=remedy)])


def unreadable(file: Path, error: OSError) -> InputError:
    """Return the error of a file that the system does not let be read."""
    return refusal(file, "unreadable", f"cannot be read ({error.strerror})", "check the path")


class StoreError(EvalkitError):
    """The run folder cannot be written or read, or holds another run."""


class LockedError(StoreError):
    """Another process is writing into the run folder, or the cache."""


class DamagedError(StoreError):
    """The generation cache is not an SQLite file any more, and can only be deleted."""


class ProviderError(EvalkitError):
    """A provider cannot answer anything; the others still can."""

    def __init__(self, message: str, key: str = "") -> None:
        """Keep the key of the model's config that is to blame, where one is."""
        super().__init__(message)
        self.key = key


class WeightsError(ProviderError):
    """Weights cannot be fetched, or are not what they claim to be."""

    def __init__(self, message: str, key: str = "weights") -> None:
        """Blame the weights."""
        super().__init__(message, key)


class ModelLoadError(ProviderError):
    """Weights are sound, but this machine or library cannot run them."""


class OutOfMemoryError(EvalkitError):
    """A batch did not fit into memory; a smaller one may."""


class WorkerLostError(EvalkitError):
    """A worker is gone, with what it was doing; another one may do it."""
