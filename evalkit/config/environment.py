"""What the environment decides, not the config of a run."""

from __future__ import annotations

import os
from pathlib import Path

from evalkit.errors import InputError, Problem


def cache_folder() -> Path:
    """Return the user's cache folder: `$EVALKIT_CACHE`, else evalkit's folder in the usual one.

    Raises:
        InputError: it is not set, and the user has no home folder.
    """
    if folder := os.environ.get("EVALKIT_CACHE"):
        return Path(folder)
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "evalkit"
    except RuntimeError:  # no HOME, and the system does not know this user
        what, remedy = "is not set, and this user has no home folder", "name a folder for the cache"
        problem = Problem(code="missing", file="EVALKIT_CACHE", what=what, remedy=remedy)
        raise InputError([problem]) from None
