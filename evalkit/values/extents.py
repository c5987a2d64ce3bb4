"""Words of which one rules out the others beside the same thing: how far, how often, which of two.

Each family has a line a member; the words of a line say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.values.patterns import compile_words

if TYPE_CHECKING:
    from collections.abc import Iterator

_FAMILIES = """
全球 全世界
全国 我国
全省 该省 省内
全市 该市 市内
全县 该县 县内
全区 该区 区内
全镇 该镇 镇内
全村 该村 村内

世界级
国家级
省级
市级
县级 区级 县区级
镇级 乡级
村级

每小时
每天 每日 日均
每周 每星期 周均
每月 月均
每季度 每季
每年 年均

同比
环比

首次 首度 第一次
再次 再度 第二次

首届
第二届 第三届 第四届 第五届
末届

最高 最大 最多
最低 最小 最少

全部 悉数 所有
部分 一部分 大部分 多数 大多数 少数 半数

日上午 日早上 日早晨
日中午
日下午
日晚 日晚上 日晚间 日夜间

上旬
中旬
下旬

春季 春天
夏季 夏天
秋季 秋天
冬季 冬天

年初
年中
年底 年末

东部
西部
南部
北部
中部

以东
以西
以南
以北

线上 网上
线下 现场

城镇居民
农村居民

公办
民办

国有
民营 私营

男性 男子 男生 男孩
女性 女子 女生 女孩

儿子
女儿

丈夫
妻子

父亲
母亲

本科
硕士
博士

金牌 金奖
银牌 银奖
铜牌 铜奖

冠军
亚军
季军

一等奖
二等奖
三等奖

一级
二级
三级

今年
去年 上年
前年
明年

之前 以前
之后 以后
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    """A word in a text: the numbers of its family and of its line there, and where it stands."""

    meaning: tuple[int, int]
    start: int
    end: int


_MEANINGS = {
    word: (family, member)
    for family, lines in enumerate(_FAMILIES.strip().split("\n\n"))
    for member, words in enumerate(lines.splitlines())
    for word in words.split()
}
_WORDS = compile_words(" ".join(_MEANINGS))
_ALL = compile_words(
    "(?<![占据])全部(?![的立]) 悉数 所有(?![制权人者]) 一律 全数 [均都](?=已|没|未|得到|有所)"
)
_EACH = compile_words("全部 悉数 所有 一律 全数 均 都 各 每 分别")
_NEXT = 2  # characters beside a word by which its place is known again
_WITHIN = 8  # characters of the other text in which they may stand


def is_of_all(clause: str) -> bool:
    """Return whether a clause says that something is so of all, without leaving out any.

    >>> is_of_all("道路已全部恢复通行"), is_of_all("约占全部立案的三成")
    (True, False)
    """
    return bool(_ALL.search(clause))


def may_be_of_all(clause: str) -> bool:
    """Return whether a clause may say that something is so of all, or of each.

    >>> may_be_of_all("每个企业配备一名专员"), may_be_of_all("其余3条仍实行管制")
    (True, False)
    """
    return bool(_EACH.search(clause))


def has_exclusive(ours: str, theirs: str, same: str) -> bool:
    """Return whether a text has a word in whose place another has one that rules it out.

    Args:
        ours: a clause.
        theirs: the clauses of another text that say the same.
        same: the one that says most of it; what stands anywhere in it is not ruled out.

    >>> has_exclusive("在全省答题中得分第一", "在全市答题中,得分第一", "在全市答题中")
    True
    """
    own, others, said = list(_find(ours)), list(_find(theirs)), {one.meaning for one in _find(same)}
    told = {one.meaning for one in own}
    for one in own:
        alike = {other.meaning for other in others if _stand_alike(ours, one, theirs, other)}
        rivals = {meaning for meaning in alike - told if meaning[0] == one.meaning[0]}
        if rivals and one.meaning not in alike | said:
            return True
    return False


def _find(text: str) -> Iterator[_Found]:
    for word in _WORDS.finditer(text):
        yield _Found(meaning=_MEANINGS[word[0]], start=word.start(), end=word.end())


def _stand_alike(ours: str, one: _Found, theirs: str, other: _Found) -> bool:
    """Return whether the same stands before or behind two words."""
    behind = ours[one.end : one.end + _NEXT]
    before = ours[max(0, one.start - _NEXT) : one.start]
    near = theirs[other.end : other.end + _WITHIN]
    left = theirs[max(0, other.start - _WITHIN) : other.start]
    return (len(behind) == _NEXT and behind in near) or (len(before) == _NEXT and before in left)
