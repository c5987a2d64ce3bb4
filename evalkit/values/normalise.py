"""One form for one text: what a metric reads never depends on width, hidden marks or case."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NewType

Folded = NewType("Folded", str)
"""Text that went through `fold`."""

# Every assigned mark and format character lies here; the planes between are ideographs, private
# use or empty, and scanning them would take ten times as long.
_SCANNED = (range(0x20000), range(0xE0000, 0xE0200))

# Chinese punctuation and digits. Replaced first, they leave most texts in NFKC already, and the
# check for that is a hundred times faster than the work.
_WIDE = re.compile(r"[\uff01-\uff5e\u3000\u2026]+")


def fold(text: str) -> Folded:
    r"""Return text in NFKC, without format characters (category Cf), in lower case.

    Folding twice changes nothing, unless a removed format character stood between a letter and
    its combining mark: NFKC comes first, so the pair is joined only by the second folding.

    >>> fold("２０１９年\u200b增长６０．１８％，ＧＤＰ第一")
    '2019年增长60.18%,gdp第一'
    """
    narrow = _WIDE.sub(_narrow, text)
    return Folded(_format_characters().sub("", unicodedata.normalize("NFKC", narrow)).lower())


def character_class(category: str) -> str:
    """Return the inside of a regular expression's `[…]`: all characters of a Unicode category.

    Args:
        category: A category such as `Cf`, or the first letter of several, such as `M`.

    >>> re.findall(f"[{character_class('Lm')}]", "佐々木")
    ['々']
    """
    ranges: list[list[int]] = []
    for code in (code for part in _SCANNED for code in part):
        if unicodedata.category(chr(code)).startswith(category):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(rf"\U{first:08x}-\U{last:08x}" for first, last in ranges)


def _narrow(wide: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", wide[0])


@cache
def _format_characters() -> re.Pattern[str]:
    return re.compile(f"[{character_class('Cf')}]+")
