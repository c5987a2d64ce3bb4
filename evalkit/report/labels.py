"""The words of report.html in each of its languages, from one table."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import yaml

from evalkit.language import in_language

if TYPE_CHECKING:
    from evalkit.language import Language


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
    return in_language(labels()[key], language)


def word_in(language: Language, family: str, name: str) -> str:
    """Return the words for a name of a family, such as a question type; the name without.

    >>> word_in("zh", "type", "date"), word_in("zh", "task", "minutes")
    ('日期', 'minutes')
    """
    key = f"{family}.{name}"
    return label_in(language, key) if key in labels() else name


@cache
def labels() -> dict[str, list[str]]:
    """Return all labels: key → one text for each of `LANGUAGES`."""
    found: dict[str, list[str]] = yaml.safe_load(template("labels.yaml"))
    return found


def template(name: str) -> str:
    """Return one of the files that the page is made of."""
    return (files("evalkit.report") / "templates" / name).read_text(encoding="utf-8")
