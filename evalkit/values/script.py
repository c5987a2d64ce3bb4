"""Simplified script for text in traditional script."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

_DRY = re.compile(r"(?<=\w)乾")


def simplify(text: str) -> str:
    """Return folded text in simplified script (OpenCC, t2s).

    A 乾 (qián) inside text that is simplified already stays: 李乾 is a name, 餅乾 is 饼干.

    >>> simplify("創客擔當"), simplify("李乾")
    ('创客担当', '李乾')
    """
    if text.isascii():
        return text
    simple = str(_converter().convert(text))
    return text if "乾" in text and _DRY.sub("干", text) == simple else simple


@cache
def _converter() -> OpenCC:
    from opencc import OpenCC  # noqa: PLC0415 - its dictionaries load only where an answer is read

    return OpenCC("t2s")
