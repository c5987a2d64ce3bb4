"""Regular expressions of words that are told as data."""

from __future__ import annotations

import re


def compile_words(words: str) -> re.Pattern[str]:
    """Return what finds any of the words, or patterns, that spaces separate; the longest first.

    >>> compile_words("没 没有").findall("没有人来，没下雨")
    ['没有', '没']
    """
    return re.compile("|".join(sorted(words.split(), key=len, reverse=True)))
