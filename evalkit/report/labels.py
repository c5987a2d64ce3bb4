"""The words of report.html in its two languages, from one table."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml

LANGUAGES = ("en", "zh")


def label(key: str) -> tuple[str, str]:
    """Return a label in English and in Chinese.

    Raises:
        KeyError: there is none of that name.
    """
    english, chinese = labels()[key]
    return english, chinese


@cache
def labels() -> dict[str, list[str]]:
    """Return all labels: key → one text for each of `LANGUAGES`."""
    found: dict[str, list[str]] = yaml.safe_load(template("labels.yaml"))
    return found


def template(name: str) -> str:
    """Return one of the files that the page is made of."""
    return (files("evalkit.report") / "templates" / name).read_text(encoding="utf-8")
