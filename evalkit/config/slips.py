"""Recognises what keyboards put into YAML in place of its marks: full-width ones, and tabs."""

from __future__ import annotations

import re

_LONGEST = 200  # characters of a line that are looked at: people's lines are short
_KEY = re.compile(r"\s*(?:- )?[\w.-]+：(?!.*: )")
_TAB = re.compile(r" *\t")
_MARKS = re.compile(r"[\[{].*[，｛｝］［].*|[｛［].*")


def find_slip(text: str) -> tuple[int, str, str] | None:
    r"""Return the line of the first such slip, what it is, and what to do; None if there is none.

    To be asked only where the text is not the YAML that is wanted: within values all of these are
    characters like any other.

    >>> find_slip("name: a\noutput：runs\n")
    (2, 'has a full-width colon behind a key', 'write `: `, a half-width colon and a space')
    """
    for number, whole in enumerate(text.splitlines(), start=1):
        line = whole[:_LONGEST]
        if _TAB.match(line):
            return number, "is indented with a tab", "write spaces"
        if _KEY.match(line):
            remedy = "write `: `, a half-width colon and a space"
            return number, "has a full-width colon behind a key", remedy
        if _MARKS.search(line):
            what = "has full-width commas or brackets in a list or mapping"
            return number, what, "write half-width ones: , [ ] { }"
    return None
