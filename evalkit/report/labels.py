"""The words of report.html in each of its languages, from one table."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

Language = Literal["en", "zh"]
LANGUAGES: Mapping[Language, str] = {"en": "English", "zh": "中文"}
"""What each calls itself; a label has a text for each, in this order, English first."""
_HOLE = re.compile(r"\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}")


def label(key: str) -> tuple[str, ...]:
    """Return a label in each of `LANGUAGES`.

    Raises:
        KeyError: there is none of that name.
    """
    return tuple(labels()[key])


def label_in(language: Language, key: str) -> str:
    """Return a label in one language.

    >>> label_in("zh", "language")
    '语言'
    """
    return labels()[key][list(LANGUAGES).index(language)]


@cache
def labels() -> dict[str, list[str]]:
    """Return all labels: key → one text for each of `LANGUAGES`."""
    found: dict[str, list[str]] = yaml.safe_load(template("labels.yaml"))
    return found


def fill(words: str, values: Mapping[str, object]) -> str:
    """Return words with their placeholders filled; `{n|one|many}` is a number with its noun.

    >>> fill("{n|character|characters} of {all}", {"n": 1, "all": 20})
    '1 character of 20'
    """

    def filled(hole: re.Match[str]) -> str:
        value, one, many = str(values[hole[1]]), hole[2], hole[3]
        return value if one is None else f"{value} {one if value == '1' else many}"

    return _HOLE.sub(filled, words)


def pattern(words: str) -> re.Pattern[str]:
    """Return what finds words with filled placeholders, each a group of its name.

    >>> pattern("t over {n} articles.").fullmatch("t over 5 articles.")["n"]
    '5'
    """
    pieces = _HOLE.split(words)
    literals, names = pieces[::4], pieces[1::4]
    holes = [f"(?P<{name}>.+?)" for name in names]
    found = [re.escape(literals[0])]
    for hole, literal in zip(holes, literals[1:], strict=True):
        found += [hole, re.escape(literal)]
    return re.compile("".join(found), re.DOTALL)


def template(name: str) -> str:
    """Return one of the files that the page is made of."""
    return (files("evalkit.report") / "templates" / name).read_text(encoding="utf-8")
