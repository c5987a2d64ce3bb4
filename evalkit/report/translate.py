"""Says in Chinese what other rooms write in English: how an interval was found, why one failed."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import yaml

from evalkit.report.labels import fill, pattern, template

if TYPE_CHECKING:
    import re


@cache
def in_chinese(text: str) -> str:
    """Return a sentence of evalkit in Chinese; what a library said stays as it is.

    >>> in_chinese("tiny cannot be fetched: the hub is switched off (HF_HUB_OFFLINE)")
    '无法下载 tiny：模型站点已停用（HF_HUB_OFFLINE）'
    """
    for english, chinese in _patterns():
        if found := english.fullmatch(text):
            parts = {name: in_chinese(part) for name, part in found.groupdict().items()}
            return fill(chinese, parts)
    return text


@cache
def sentences() -> list[tuple[str, str]]:
    """Return the sentences of other rooms, each in English and in Chinese."""
    return [(english, chinese) for english, chinese in yaml.safe_load(template("sentences.yaml"))]


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    return [(pattern(english), chinese) for english, chinese in sentences()]
