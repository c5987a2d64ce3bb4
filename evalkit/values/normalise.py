"""One form for one text: what a metric reads never depends on width, hidden marks or case."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import NewType

Folded = NewType("Folded", str)
"""Text that went through `fold`."""

# Every assigned mark and format character lies here; the planes between are ideographs, private
# use or empty, and scanning them would take ten times as long.
_SCANNED = (range(0x20000), range(0xE0000, 0xE0200))

# Chinese punctuation and digits, and the spaces of web pages. Replaced first, they leave most texts
# in NFKC already, and the check for that is a hundred times faster than the work. `_LOOKALIKES` are
# replaced on the way.
_WIDE = re.compile(r"[\uff01-\uff5e\u3000\u00a0\u2026\u2e80-\u2eff\u02d9]+")

# The CJK Radicals Supplement, U+2E81 to U+2EF3 without the unassigned U+2E9A: text extracted from
# a PDF has ⻓ for 长. NFKC leaves all but two; the Kangxi Radicals (U+2F00 and on) it replaces.
# Source: the property Equivalent_Unified_Ideograph of Unicode 14.0, EquivalentUnifiedIdeograph.txt.
_RADICALS = (
    "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊"
    "𦍌𦍋耂肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾"
    "斉齐歯齿竜龙龜亀龟"
)
_SUPPLEMENT = dict(zip((*range(0x2E81, 0x2E9A), *range(0x2E9B, 0x2EF4)), _RADICALS, strict=True))
_KANGXI = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
_LOOKALIKES = {
    **_SUPPLEMENT,
    0x02D9: "·",  # ˙, which NFKC tears into a space and a combining dot
}


def fold(text: str) -> Folded:
    r"""Return text in NFKC, without format characters (category Cf), in lower case.

    CJK radicals become the ideographs that they look like, and ˙ becomes the interpunct ·.
    Folding twice changes nothing, unless a removed format character stood between a letter and
    its combining mark: NFKC comes first, so the pair is joined only by the second folding.

    >>> fold("２０１９年\u200b增长６０．１８％，ＧＤＰ第一")
    '2019年增长60.18%,gdp第一'
    >>> fold("⻓江在⻄藏")
    '长江在西藏'
    """
    narrow = _WIDE.sub(_narrow, text)
    return Folded(_format_characters().sub("", unicodedata.normalize("NFKC", narrow)).lower())


def restore_ideographs(text: str) -> str:
    """Return text with CJK radicals as the ideographs that they look like; nothing else changes.

    >>> restore_ideographs("⽣产增⻓６％")
    '生产增长６％'
    """
    return text.translate(_SUPPLEMENT | _KANGXI)


def character_class(category: str) -> str:
    """Return the inside of a regular expression's `[…]`: all characters of a Unicode category.

    Args:
        category: A category such as `Cf`, or the first letter of several, such as `M`.

    >>> re.findall(f"[{character_class('Lm')}]", "佐々木")
    ['々']
    """
    return "".join(
        rf"\U{part[run.start() // 2]:08x}-\U{part[run.end() // 2 - 1]:08x}"
        for part in _SCANNED
        for run in re.finditer(f"(?:{category:.<2})+", _categories(part))
    )


@cache
def _categories(part: range) -> str:
    """Return the category of each code point, two letters each, the first a capital."""
    return "".join(map(unicodedata.category, map(chr, part)))


def _narrow(wide: re.Match[str]) -> str:
    return _narrow_run(wide[0])


@lru_cache(maxsize=1024)  # most runs are one of few marks
def _narrow_run(run: str) -> str:
    return unicodedata.normalize("NFKC", run.translate(_LOOKALIKES))


@cache
def _format_characters() -> re.Pattern[str]:
    return re.compile(f"[{character_class('Cf')}]+")
