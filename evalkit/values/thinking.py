"""Separate what a model answers from what it thought aloud before."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BLOCK = re.compile(r"<think>.*?</think>", re.DOTALL)


@dataclass(frozen=True, kw_only=True, slots=True)
class Spoken:
    """What is left of a generation; `unclosed` where its thinking never came to an end."""

    prediction: str
    unclosed: bool


def strip_thinking(text: str) -> Spoken:
    """Return a generation without its thinking and without white space around it.

    Some chat templates open the thinking themselves, so that the text holds a lone `</think>`:
    all before it is thinking. After a `<think>` that is never closed there is no answer: the
    prediction is empty.

    >>> strip_thinking("<think>文中说是襄阳。</think>襄阳市").prediction
    '襄阳市'
    >>> strip_thinking("文中说是襄阳。</think>襄阳市").prediction
    '襄阳市'
    >>> strip_thinking("<think>文中说是襄阳，还是")
    Spoken(prediction='', unclosed=True)
    """
    said = _BLOCK.sub("", text).rpartition("</think>")[2]
    unclosed = "<think>" in said
    return Spoken(prediction="" if unclosed else said.strip(), unclosed=unclosed)
