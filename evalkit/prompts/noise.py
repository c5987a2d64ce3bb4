"""Disturbs an article as careless typing and scanning do: seeded, and at a rate."""

from __future__ import annotations

import random
import re
import string
from typing import TYPE_CHECKING

from evalkit.data.evidence import find_evidence

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from evalkit.records import Example, Noise

# Pairs of the similar-shape set of the SIGHAN 2013 spelling bake-off (Wu, Liu and Lee 2013), then
# 未 and 土, which it lacks, and digits with the Latin letters that Unicode's UTS #39 calls
# confusable or that have the same outline.
_SIMILAR = (
    "日曰 己已 人入 大太 戊戌 免兔 甲申 木本 今令 治冶 待侍 延廷 晴睛 析折 科料 准淮 代伐 何河 "
    "地池 低抵 徒徙 第弟 季李 亨享 密蜜 目自 住往 王玉 惟唯 未末 土士 0O 1l 5S 8B"
)
_CONFUSED = {pair[i]: pair[1 - i] for pair in _SIMILAR.split() for i in (0, 1)}
_CONFUSED["巳"] = "已"
_WIDENED = frozenset(string.digits + string.punctuation)
_TO_FULL_WIDTH = 0xFEE0  # from an ASCII character to its full-width form
_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff〇]"
# Numbers written in Chinese characters, 百分之六十 and 三点五 too.
_NUMERAL = "[〇零一二两三四五六七八九十百千万亿廿卅壹贰叁肆伍陆柒捌玖拾佰仟几数多半分之点第成]"
_WITHIN_CLAUSE = re.compile(f"(?<={_HAN})(?={_HAN})(?!(?<={_NUMERAL})(?={_NUMERAL}))")


def disturb(article: str, noise: Noise, *, article_id: str) -> str:
    r"""Return an article with its characters confused or widened, and its lines broken.

    The places of each disturbance are drawn from the article as it is, by a generator of its own:
    they depend on the seed, the article's id and their own rate, never on the other disturbances.
    The places of a lower rate are among those of a higher one.

    >>> from evalkit.records import Noise
    >>> disturb("未来3年，增长5%。", Noise(full_width=1, line_breaks=1, ocr=1), article_id="a")
    '末\n来３年，增\n长Ｓ％。'
    """
    if not (noise.full_width or noise.line_breaks or noise.ocr):
        return article  # itself: a copy for each system would not fit into memory

    def draw(kind: str, rate: float, places: Iterable[int]) -> Container[int]:
        generator = random.Random(f"{noise.seed}/{article_id}/{kind}")  # noqa: S311 - a seeded draw, no secret
        return {place for place in places if generator.random() < rate}

    letters = list(enumerate(article))
    confused = draw("ocr", noise.ocr, (i for i, c in letters if c in _CONFUSED))
    widened = draw("full_width", noise.full_width, (i for i, c in letters if c in _WIDENED))
    breaks = (match.start() for match in _WITHIN_CLAUSE.finditer(article))
    broken = draw("line_breaks", noise.line_breaks, breaks)
    disturbed = []
    for i, original in letters:
        character = _CONFUSED[original] if i in confused else original
        if i in widened:
            character = chr(ord(character) + _TO_FULL_WIDTH)
        disturbed.append(f"\n{character}" if i in broken else character)
    return "".join(disturbed)


def evidence_altered(example: Example, original: str, disturbed: str) -> bool:
    """Return whether any evidence of an example is no longer verbatim in the disturbed article.

    Quotes that the original article does not have do not count.
    """
    spans = (find_evidence(quote, original) for quote in example.evidence)
    return any(original[slice(*span)] not in disturbed for span in spans if span)
