"""Words that say how a figure comes of others: sums, differences, averages, years, ranks.

Each word stands once, in simplified script, and is looked for in folded text.
"""

from __future__ import annotations

from evalkit.values.patterns import compile_words

_YEARS = "明年 后年 去年 上年 前年 次年 翌年 年初"
_SUM = "共 合计 总计 累计 先后 总(?![数额量]) 加起来 合在一起 两项 三项"
_DIFFERENCE = f"""
    多 少 差 还有 另外 其他 剩 余 未 没 比 较 高出 低于 领先 落后 节省 由 从 原来 同期 {_YEARS}
    增 减 升 降 涨 跌 扩 缩 调
"""

_SUMS, _DIFFERENCES, _JOINTS = map(compile_words, (_SUM, _DIFFERENCE, "和 与 及 、 连同"))
_EACH_WORDS = compile_words("每 各 均")
_RANKS = {
    1: compile_words("首 冠军 夺冠 金牌 榜首"),
    2: compile_words("亚军 银牌 次席"),
    3: compile_words("季军 铜牌"),
}


def is_reckoned(clause: str) -> bool:
    """Return whether a clause may say that its figure is a sum, a difference or an average.

    >>> is_reckoned("平均每晚9000人"), is_reckoned("选出志愿者401名")
    (True, False)
    """
    return adds_up(clause) or subtracts(clause) or is_of_each(clause)


def adds_up(clause: str) -> bool:
    """Return whether a clause may say that its figure is a sum.

    >>> adds_up("选出楼栋长和志愿者共619名"), adds_up("选出志愿者401名")
    (True, False)
    """
    return bool(_SUMS.search(clause))


def find_sum(clause: str) -> int:
    """Return where a clause says that its figure is a sum; -1 if it does not.

    >>> find_sum("楼栋长和志愿者共"), find_sum("楼栋长有")
    (7, -1)
    """
    found = _SUMS.search(clause)
    return found.start() if found else -1


def joins(clause: str) -> bool:
    """Return whether a clause names two things together.

    >>> joins("新建和改扩建的14所初中")
    True
    """
    return bool(_JOINTS.search(clause))


def subtracts(clause: str) -> bool:
    """Return whether a clause may say that its figure is a difference.

    >>> subtracts("还有24个没有整改"), subtracts("已整改111个")
    (True, False)
    """
    return bool(_DIFFERENCES.search(clause))


def names_rank(text: str, rank: int) -> bool:
    """Return whether a text names a rank by a word.

    >>> names_rank("铜牌归西岭队", 3), names_rank("铜牌归西岭队", 2)
    (True, False)
    """
    words = _RANKS.get(rank)
    return bool(words and words.search(text))


def is_of_each(words: str) -> bool:
    """Return whether words say that a figure is that of each, or of the average.

    >>> is_of_each("平均每晚"), is_of_each("共有")
    (True, False)
    """
    return bool(_EACH_WORDS.search(words))
