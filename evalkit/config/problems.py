"""A value that does not fit, and the words for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from evalkit.config.keys import dotted
from evalkit.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.config.keys import Key
    from evalkit.errors import Code

_MAX_SHOWN = 40  # characters of a wrong value: it has to fit on one line of a screen


@dataclass(frozen=True, kw_only=True, slots=True)
class ValidationProblem:
    """A value that does not fit: its key, what is wrong with it and what to do."""

    key: Key
    what: str
    remedy: str
    code: Code

    def in_file(self, file: str, line: int | None = None) -> Problem:
        """Return it as a problem of a file."""
        key = dotted(self.key)
        return Problem(
            code=self.code, file=file, line=line, key=key, what=self.what, remedy=self.remedy
        )


def shown(value: object) -> str:
    """Return a value on one line, as far as it is needed to recognise it."""
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = repr(value) if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _MAX_SHOWN else text[: _MAX_SHOWN - 3] + "..."


def nearest(name: str, known: Sequence[str]) -> str:
    """Return the known name that is most like another; empty if none is."""
    return next(iter(get_close_matches(name, known, n=1, cutoff=0.7)), "")
