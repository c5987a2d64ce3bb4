"""Translates the messages of evalkit that a report shows, such as why a system could not run."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import yaml

from evalkit.report.labels import LANGUAGES, fill, pattern, template

if TYPE_CHECKING:
    import re


@cache
def translate(text: str) -> tuple[str, ...]:
    """Return a message of evalkit in each of `LANGUAGES`; what a library wrote stays as it is.

    >>> translate("tiny cannot be fetched: the hub is switched off (HF_HUB_OFFLINE)")[1]
    '无法下载 tiny：模型仓库已停用（HF_HUB_OFFLINE）'
    """
    for english, others in _patterns():
        if found := english.fullmatch(text):
            parts = {name: translate(part) for name, part in found.groupdict().items()}
            filled = (
                fill(words, {name: each[i] for name, each in parts.items()})
                for i, words in enumerate(others, start=1)
            )
            return (text, *filled)
    return (text,) * len(LANGUAGES)


@cache
def sentences() -> list[tuple[str, ...]]:
    """Return the messages that have a translation, each in each of `LANGUAGES`."""
    return [tuple(words) for words in yaml.safe_load(template("sentences.yaml"))]


@cache
def _patterns() -> list[tuple[re.Pattern[str], tuple[str, ...]]]:
    return [(pattern(english), tuple(others)) for english, *others in sentences()]
