"""Which one of a pair or series is spoken of: 一期 or 二期, 新馆 or 老馆."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalkit.metrics.facts.document import Document

# Of each of these one member is not another; 是老馆的四倍 is said of something else.
_SERIES = [
    re.compile(f"(?<![是为比较与]){pattern}")
    for pattern in (
        "[一二三四五六]期(?![间货待望限刊末])",
        "(?<![月十第])[一二三四五六七八九]号(?![召称])",
        "[0-9]{1,2}号线",
        "[新老](?=[馆厂院站桥区路]|校区|院区)[馆厂院站桥区路校]",
        "[首二三]套(?=房|住)",
        "[一二]审",
    )
]
_ANY = re.compile("|".join(series.pattern for series in _SERIES))
_NEAR = 400  # characters before a statement in which its subject may be named


def other_member(text: str, article: Document, same: int) -> tuple[str, str] | None:
    """Return which one of a pair or series a clause speaks of, and which one the article does.

    The article speaks of the one that it has named last: 一期, 二期; 新馆, 老馆.

    >>> from evalkit.metrics.facts.document import Document
    >>> article = Document("新馆面积3万平方米。老馆将关闭。", possible=True)
    >>> other_member("老馆面积3万平方米", article, 0)
    ('老馆', '新馆')
    """
    clause = article.clauses[same]
    begin = max(article.text.rfind("\n", 0, clause.start) + 1, clause.end - _NEAR)
    for series in _SERIES if _ANY.search(text) else ():
        ours = set(series.findall(text))
        theirs = series.findall(article.text, begin, clause.end)
        if len(ours) != 1 or not theirs or ours & {theirs[-1], *series.findall(clause.text)}:
            continue
        (name,) = ours
        if name in article.text:
            return name, theirs[-1]
    return None
