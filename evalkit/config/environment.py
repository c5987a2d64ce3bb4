"""What the environment decides, not the config of a run."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.config.strict import expand
from evalkit.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME = "EVALKIT_CACHE"
_SECRET = "EVALKIT_CACHE_KEY"  # noqa: S105 - its name


def cache_folder() -> Path:
    """Return the user's cache folder: `$EVALKIT_CACHE`, else evalkit's folder in the usual one.

    Raises:
        InputError: it is not set, and the user has no home folder; or it is no path.
    """
    if folder := os.environ.get(_NAME):
        if any("\ud800" <= char <= "\udfff" for char in folder):  # bytes that Python could not read
            what, remedy = "is not UTF-8", "name a folder whose path is"
            raise InputError([Problem(code="invalid", file=_NAME, what=what, remedy=remedy)])
        return Path(expand(folder))
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "evalkit"
    except RuntimeError:  # no HOME, and the system does not know this user
        what = "is not set, and this user has no home folder"
        remedy = "set it to a folder for the cache"
        problem = Problem(code="missing", file=_NAME, what=what, remedy=remedy)
        raise InputError([problem]) from None


def cache_secret() -> bytes:
    """Return what `$EVALKIT_CACHE_KEY` holds: the secret that signs generations in the cache."""
    return os.fsencode(os.environ.get(_SECRET, ""))


@contextmanager
def some_home() -> Iterator[None]:
    """Have a home folder inside: NLTK asks for it when imported, and writes nothing."""
    try:
        Path.home()
    except RuntimeError:  # as above
        os.environ["HOME"] = os.curdir
        try:
            yield
        finally:
            del os.environ["HOME"]
    else:
        yield
