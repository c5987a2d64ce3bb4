"""Which files in a folder are a run's own: by their exact names, never by what they resemble."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from evalkit.config.files import opened
from evalkit.errors import InputError, Problem, StoreError, first_few, refusal
from evalkit.store.files import lowest_existing, require_own, unwritable, unwritable_folder

if TYPE_CHECKING:
    from pathlib import Path

REPORTS: Final = ("summary.csv", "examples.csv", "report.html", "report.md")
"""What people read; no other file is made of them."""
PREFERENCES: Final = ("preferences.html", "preferences-key.json", "preferences.json")
"""The page on which people judge outputs, which systems wrote these, and what people said."""
RESULTS: Final = ("scores.jsonl", "details.jsonl", "summary.json")
"""The files that are made of a run's generations, and of which reports are made."""
WRITTEN_BY_RUN: Final = (
    *("articles.jsonl", "examples.jsonl", "prompts.jsonl", "requests.jsonl", "generations.jsonl"),
)
"""The files that a run writes before it scores."""
BOUND: Final = (*WRITTEN_BY_RUN, *RESULTS)
"""The files whose digests the manifest of a finished run holds."""
REPLACED: Final = (*BOUND, *REPORTS, *PREFERENCES, "manifest.json")
"""The files that are written as a whole."""
SWITCH: Final = ".switch"
"""The folder of new files that are whole and take their places; see `store/switch.py`."""
DRAFT: Final = ".switch.part"
"""The same folder before."""
LOCK: Final = ".lock"
APPENDED: Final = ("generations.jsonl", "log.jsonl")
"""The files that grow in place."""
_ALL: Final = (*REPLACED, "generations.jsonl.damaged", "log.jsonl", LOCK)
_BEGINNINGS: Final = {
    "generations.jsonl": re.compile(rb'\{"key": "[^"]*", "system": "'),
    "log.jsonl": re.compile(rb'\{"time": "[^"]*", "level": "[^"]*", "event": "'),
}
"""How the files begin that tell a run whose manifest is lost from a folder of other things."""
_N_BEGINNING: Final = 1000  # bytes
_LEFTOVER: Final = re.compile(rf"\.({'|'.join(map(re.escape, _ALL))})\.\d+\.part")


def holds_results(file: Path) -> bool:
    """Return whether a file is one of a run, without which the run cannot be read or scored."""
    return file.name in {*BOUND, "manifest.json"} and (file.parent / "manifest.json").is_file()


def unusable_output(file: Path, option: str) -> Problem | None:
    """Return why a command may not, or cannot, write to the file that an option names."""
    if holds_results(file):
        what, remedy = "is a file of a run", "name another"
        return Problem(code="conflict", file=option, what=what, remedy=remedy)
    return unwritable(file)


def is_leftover(file: Path) -> bool:
    """Return whether a process that was killed has left a file half-written."""
    return bool(_LEFTOVER.fullmatch(file.name)) and file.is_file()


def foreign(folder: Path) -> list[str]:
    """Return the names in a folder that no run wrote, sorted.

    Raises:
        OSError: the folder cannot be read.
    """
    return sorted(file.name for file in folder.iterdir() if not _is_own(file))


def _is_own(file: Path) -> bool:
    if file.is_dir():
        return file.name in {SWITCH, DRAFT} and not foreign(file)
    return file.name in _ALL or is_leftover(file)


def _is_begun(file: Path) -> bool:
    """Return whether a file may be all that a run, killed at its first moment, has left."""
    return file.name == LOCK or is_leftover(file)


def _begins_like_a_run(folder: Path, name: str) -> bool:
    try:
        with opened(folder / name) as handle:
            return bool(_BEGINNINGS[name].match(handle.read(_N_BEGINNING)))
    except OSError:
        return False


def require_run_or_nothing(folder: Path) -> None:
    """Raise where a run cannot be written: other things are there, or nothing can be.

    Without a manifest there has to be what every run begins with, or nothing at all: else a
    summary.csv that somebody else wrote would be taken for a result.

    Raises:
        InputError: the folder holds others' files, or cannot be made or written.
        StoreError: a file of the run is a link, or something else that may not be replaced.
    """
    above = lowest_existing(folder)
    if not above.is_dir():
        what, remedy = "is a file, and a run needs a folder", "set another `name` or `output`"
        raise refusal(above, "unusable", what, remedy)
    is_run = (folder / "manifest.json").is_file()
    remedy = "make it writable, or copy the run elsewhere" if is_run else "set another `output`"
    if problem := unwritable_folder(folder, remedy):
        raise InputError([problem])
    try:
        names = {found.name for found in folder.iterdir()} if folder.is_dir() else set()
        other = foreign(folder) if names else []
    except OSError as error:
        message = f"{folder}: cannot be read ({error.strerror}); choose another output"
        raise StoreError(message) from error
    if "manifest.json" not in names:
        if not any(map(partial(_begins_like_a_run, folder), _BEGINNINGS)):
            other = sorted(name for name in names if not _is_begun(folder / name))
        if other:
            what = f"holds no run, but other things such as {first_few(other)}"
            raise refusal(folder, "unsafe", what, "set another `name` or `output`")
    for name in _ALL:
        require_own(folder / name, folder_allowed=name in REPORTS)


def delete(folder: Path) -> list[str]:
    """Delete the files of a run but its lock.

    The manifest goes last: until then the run can be deleted again.

    Returns:
        The names of what no run wrote, which stays with the folder.

    Raises:
        OSError: something cannot be deleted.
    """
    kept = foreign(folder)
    for inner in (SWITCH, DRAFT):
        empty(folder / inner)
    last = ("manifest.json",)
    leftovers = [file.name for file in folder.iterdir() if is_leftover(file)]
    for name in (
        *RESULTS,
        *REPORTS,
        *leftovers,
        *(name for name in _ALL if name not in {*last, LOCK}),
        *last,
    ):
        if name not in kept:
            (folder / name).unlink(missing_ok=True)
    return kept


def empty(folder: Path) -> None:
    """Delete a folder of files that were being written; nothing where there is none.

    Raises:
        OSError: it cannot be deleted, as it holds something else.
    """
    if folder.is_dir() and not folder.is_symlink():
        for file in folder.iterdir():
            if file.name in REPLACED or is_leftover(file):
                file.unlink()
        folder.rmdir()
