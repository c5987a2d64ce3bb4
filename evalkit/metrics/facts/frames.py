"""A figure that a summary gives to one of two whom a sentence of the article names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from evalkit.metrics.facts.periods import PARAGRAPH

if TYPE_CHECKING:
    from evalkit.metrics.facts.document import Document, Mention

_SHARED_BEFORE, _SHARED_BEHIND = 2, 4  # characters that both have next to the figure
_SHARED_REST = 6  # characters behind what a clause begins with
_LEAST, _MOST = 4, 11  # characters of a name that stands before them
_CLAUSES = 4  # before and behind that are looked at
# What stands there without being whose figure it is.
_NO_HOLDER = re.compile(
    "[年月日时天]|其中|目前|累计|合计|总计|共计|先后|平均|分别|以来|期间|此外|另外|同时|计划|预计|力争"
    "|已经|现有|共有|仅有|通过|按照|根据|随着|为了|以及|可以|需要|实现|达到"
)
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
_LIGHT = "的其中而则由将把在对,“”\"'() "


def other_holder(
    summary: Document, mention: Mention, article: Document, stated: Mention
) -> tuple[str, str] | None:
    """Return whom a summary gives a figure to, and whom the article, if they are two.

    Both write the same next to the figure, and the sentence of the article names the other one too.

    >>> from evalkit.metrics.facts.document import Document
    >>> article = Document("其中市财政出资3.9亿元,其余由滨海新区承担。", possible=True)
    >>> summary = Document("滨海新区出资3.9亿元。", possible=False)
    >>> other_holder(summary, summary.mentions[0], article, article.mentions[0])
    ('滨海新区', '市财政')
    """
    ours, behind = _around(summary, mention)
    theirs, follows = _around(article, stated)
    n_before, n_behind = _n_shared(ours[::-1], theirs[::-1]), _n_shared(behind, follows)
    shared = ours[len(ours) - n_before :]
    alike = bool(shared) and behind == follows  # 大剧院获1986年金奖, 图书馆获1991年鲁班奖
    if n_before < _SHARED_BEFORE and n_behind < _SHARED_BEHIND and not alike:
        return None
    one = ours[: len(ours) - n_before].strip(_LIGHT)
    other = theirs[: len(theirs) - n_before].strip(_LIGHT)
    if not (_LEAST <= len(one) <= _MOST and _LEAST <= len(other) + 1 <= _MOST):
        return None
    if _NO_HOLDER.search(one) or _NO_HOLDER.search(other) or set(one) & set(other):
        return None
    apart = _named_apart(one, article, stated.clause) or (
        alike and one + shared in article.sentence(stated.clause)
    )
    return (one, other) if apart and other not in summary.before(mention.clause) else None


def other_subject(text: str, article: Document, same: int) -> str:
    """Return what a clause begins with, where the article says the rest of something else.

    Empty if it does not: the sentence must name both, apart from each other.
    """
    theirs = article.clauses[same].text
    n_shared = _n_shared(text[::-1], theirs[::-1])
    name = text[: len(text) - n_shared].strip(_LIGHT)
    if n_shared < _SHARED_REST or not _LEAST <= len(name) <= _MOST or _NO_HOLDER.search(name):
        return ""
    return name if _named_apart(name, article, same) else ""


def other_member(text: str, article: Document, same: int) -> tuple[str, str] | None:
    """Return which one of a pair or series a clause speaks of, and which one the article does.

    The article speaks of the one that it has named last: 一期, 二期; 新馆, 老馆.

    >>> from evalkit.metrics.facts.document import Document
    >>> article = Document("新馆面积3万平方米。老馆将关闭。", possible=True)
    >>> other_member("老馆面积3万平方米", article, 0)
    ('老馆', '新馆')
    """
    clause = article.clauses[same]
    begin = max(article.text.rfind("\n", 0, clause.start) + 1, clause.end - PARAGRAPH)
    for series in _SERIES if _ANY.search(text) else ():
        ours = set(series.findall(text))
        theirs = series.findall(article.text, begin, clause.end)
        if len(ours) != 1 or not theirs or ours & {theirs[-1], *series.findall(clause.text)}:
            continue
        (name,) = ours
        if name in article.text:
            return name, theirs[-1]
    return None


def _named_apart(name: str, article: Document, clause: int) -> bool:
    """Return whether the sentence of a clause has a name, but not where the clause may go on."""
    around = article.around(clause, _CLAUSES, _CLAUSES)
    first, last = article.clauses[around[0]].start, article.clauses[around[-1]].end
    place = article.clauses[clause]
    before = article.text[first : place.start].rpartition(";")
    return name in before[0] + article.text[place.end : last] and name not in before[2] + place.text


def _around(document: Document, mention: Mention) -> tuple[str, str]:
    clause, figure = document.clauses[mention.clause], mention.figure
    text = document.text
    return text[clause.start : figure.start], text[figure.end : clause.end]


def _n_shared(one: str, other: str) -> int:
    return next(
        (n for n, (ours, theirs) in enumerate(zip(one, other, strict=False)) if ours != theirs),
        min(len(one), len(other)),
    )
