"""Translates the messages of evalkit that a report shows, such as why a system could not run."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import yaml

from evalkit.report.labels import fill, pattern, template

if TYPE_CHECKING:
    import re


@cache
def translate(text: str) -> str:
    """Return a message of evalkit in Chinese; what a library wrote stays as it is.

    >>> translate("tiny cannot be fetched: the hub is switched off (HF_HUB_OFFLINE)")
    '无法下载 tiny：模型站点已停用（HF_HUB_OFFLINE）'
    """
    for english, chinese in _patterns():
        if found := english.fullmatch(text):
            parts = {name: translate(part) for name, part in found.groupdict().items()}
            return fill(chinese, parts)
    return text


@cache
def sentences() -> list[tuple[str, str]]:
    """Return the messages that have a translation, each in English and in Chinese."""
    return [(english, chinese) for english, chinese in yaml.safe_load(template("sentences.yaml"))]


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    return [(pattern(english), chinese) for english, chinese in sentences()]
