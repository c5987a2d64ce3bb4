"""Sentences about a run, in every language, from one table."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Literal

import yaml

from evalkit.language import fill, in_language
from evalkit.report.labels import template

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from evalkit.language import Language

Words = tuple[str, ...]
"""One text in each of `LANGUAGES`."""
_BETWEEN_HAN = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_LISTED = 4  # names that a sentence holds at most


def say(key: str, **values: object) -> Words:
    """Return a sentence in every language; a value may be `Words` itself.

    Chinese words that fill a place meant for a name lose the spaces around it.
    """
    sentences = (
        fill(words, {n: v[i] if isinstance(v, tuple) else v for n, v in values.items()})
        for i, words in enumerate(_table()[key])
    )
    return tuple(_BETWEEN_HAN.sub("", sentence) for sentence in sentences)


def name_all(names: Sequence[str], last: Literal["and", "or", "comma"] = "and") -> Words:
    """Return names as a list in words; of many the first and how many more there are."""
    if len(names) > _LISTED:
        return say("others", names=listed(names[: _LISTED - 1]), n=len(names) - _LISTED + 1)
    if last == "comma" or len(names) < 2:  # noqa: PLR2004
        return listed(names)
    return say(last, names=listed(names[:-1]), last=names[-1])


def listed(parts: Sequence[Words | str]) -> Words:
    """Return parts with commas between them, in every language."""
    return tuple(
        comma.join(part if isinstance(part, str) else part[i] for part in parts)
        for i, comma in enumerate(_table()["comma"])
    )


def verb(names: Sequence[str]) -> Words:
    """Return the form of `to be` that goes with some names."""
    return say("is.one" if len(names) == 1 else "is.many")


def join(sentences: Iterable[Words], language: Language) -> str:
    """Return sentences as one paragraph in one language."""
    between = in_language(_table()["between"], language)
    return between.join(in_language(sentence, language) for sentence in sentences)


def hundredths(share: float) -> int:
    """Return a share in per cent, rounded."""
    return round(100 * share)


@cache
def _table() -> dict[str, list[str]]:
    found: dict[str, list[str]] = yaml.safe_load(template("verdict.yaml"))
    return found
