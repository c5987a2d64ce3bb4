"""Regular expressions of words that are told as data."""

from __future__ import annotations

import re

SMALL_NUMBER = "(?:[0-9]{1,4}|[一二三四五六七八九十]{1,3})"
"""The pattern of the number of a day, an item or a floor."""


def any_of(words: str) -> str:
    """Return the pattern of any of some words, or patterns, that spaces separate; longest first.

    >>> any_of("周 周年")
    '周年|周'
    """
    return "|".join(sorted(words.split(), key=len, reverse=True))


def compile_words(words: str) -> re.Pattern[str]:
    """Return what finds any of some words, or patterns, that spaces separate; the longest first.

    >>> compile_words("没 没有").findall("没有人来，没下雨")
    ['没有', '没']
    """
    return re.compile(any_of(words))
