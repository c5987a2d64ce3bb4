"""Words that turn a statement into another: direction, plan, progress.

Each word stands once, in simplified script, and is looked for in folded text.
"""

from __future__ import annotations

import re

from evalkit.values.patterns import compile_words

EMPTY_CHARACTERS = frozenset(
    "的了在和与及或是有为由对将被把从到以等其中各并且也所而就要又已还于至使让该这那此我们他它"
    "近余多超过"
)
"""Characters of words without content, and of what is said around figures."""
# Beside a figure these leave open what it is of; so do the words for up and down.
_LIGHT = """
    [比较同与](?:上年|去年|前年|年初|上月|上季度?)(?:同期|[同当]月|末|底)?(?![0-9的])
    同比 环比 分别 其中 目前 共有 合计 累计 达到
"""

_UP = """
    增长 增加 增至 增到 新增 净增 上升 上涨 提高 提升 升至 升到 攀升 扩大 翻番 上调 上浮
    偏高 偏多 偏大 偏快 推迟 延后 延迟 (?<=[划定期])晚(?=了?(?:[0-9]|$))
    (?<=[年期月划初末])[高多快](?=出?(?:[0-9]|$))
"""
_DOWN = """
    减少 减至 减到 下降 降低 降至 降到 下跌 下滑 回落 缩减 缩小 压缩 压减 精简 削减 下调
    偏低 偏少 偏小 偏慢 (?:提前|(?<=[划定期])早)(?=了?(?:[0-9]|$))
    (?<=[年期月划初末])[低少慢](?=[0-9]|$)
"""
_UP_BY = "增速 增幅 涨幅 升幅"
_DOWN_BY = "减幅 降幅 跌幅"

# 将 says what is to come before these words; before a noun it only brings the object to the front.
_TO_COME = """
    会 在 于 继续 进一步 全面 完成 开工 建成 建设 新建 投资 投入 达 实现 推动 推进 推广 加快 着力
    深化 保持 围绕 统筹 举办 召开 开展 开通 启动 提供 迎来 成为 再 新增 陆续 逐步 安装 装上 改造
    打造 培育 引进 招聘 完善 依托 用 以 购买 发放 提升 覆盖 保存 送 进行 举行 前往 参加 对 向 与
    从 由 为 被 不 超过 增至 降至 提高 扩大 缩短 采取 采用 出台 实施 执行 推出 上市 发布 公布 开放
    开业 交付 投产 运营 竣工 落户 承担 负责 组织 派出 分批 分别 首次 正式 重点
"""
_EXPECTED = "有望 预计 预期 即将"
_PLANNED = f"""
    力争 争取(?=[到在于年今明早尽再]) 将(?={"|".join(_TO_COME.split())}) 目标 今后 未来 筹建 打算
    争创 (?<![虚模比草])拟(?![订定人]) 计划(?![、”’"'》」』的,。;:(是\\s]|$)
"""
# In a summary all of these leave open whether what is said is so already.
_LOOSELY_PLANNED = """
    (?<![主需重必紧扼纲])要(?![求素闻点员]) 提出 明确 部署 希望 推进 加快 着力 紧盯 瞄准 期望 争取
    力求 为实现 为了 等着 尚待 有待 下一步 届时 以后 将 规划 计划 准备 冲刺 争当 确保 想 待
"""
_BY_NOW = "已(?!知) (?<![由从较比])目前 截至 现有"
_NOT_ANY_MORE = f"{_BY_NOW} (?<![未不])曾 仍 但 完成了 实现了 达到了 超过了 突破了"
_OVER = "已(?!知) 完毕 完成了 实现了 达到了 超过了 突破了"
_DONE = f"{_OVER} 竣工 建成(?!区|面积) 落成 投用 投产 全部完成 顺利完成"
_ONGOING = """
    正在 加紧 陆续 在建 逐步 进行中 加快 着力 推进 推动 筹建 谋划 规划建设
    正(?![在式常确面规好值当因如月比向方宗派义能版品价负南北东西门午直中])
"""

_YEARS_AHEAD = "明年 后年"

# 增加值 is a quantity, 提升工程 the name of a project.
_UPWARDS = re.compile(f"(?:{compile_words(_UP).pattern})(?!值|工程|行动)")
_UP_WORDS = re.compile(f"{_UPWARDS.pattern}|{compile_words(_UP_BY).pattern}")
_DOWN_WORDS = compile_words(f"{_DOWN} {_DOWN_BY}")
_BY_HOW_MUCH = re.compile(
    f"(?:{_UP_WORDS.pattern}|{_DOWN_WORDS.pattern})(?<![至到])[了约近超达逾]?$"
)
_LIGHT_WORDS = re.compile(
    "|".join(words.pattern for words in (compile_words(f"{_LIGHT} {_DOWN}"), _UPWARDS))
)
_EXPECTED_WORDS = compile_words(_EXPECTED)
_PLANNED_WORDS = compile_words(_PLANNED)
_ALL_PLANNED_WORDS = compile_words(f"{_PLANNED} {_EXPECTED}")
_LOOSE_WORDS = compile_words(f"{_PLANNED} {_EXPECTED} {_LOOSELY_PLANNED} {_YEARS_AHEAD}")
_BY_NOW_WORDS, _END_OF_PLAN = compile_words(_BY_NOW), compile_words(_NOT_ANY_MORE)
_OVER_WORDS = compile_words(_OVER)
_DONE_WORDS = compile_words(_DONE)
_ONGOING_WORDS = compile_words(_ONGOING)

_AFTER = 6  # characters behind a figure, or a word, that it may go with
_GOING_ON = 14  # characters behind a word for what goes on that say what it is


def blank_light_words(text: str, blank: str) -> str:
    """Return a text with a blank for each character of a word that says nothing of a topic.

    >>> blank_light_words("规模工业增加值同比增长", "-")
    '规模工业增加值----'
    """
    return _LIGHT_WORDS.sub(lambda word: blank * len(word[0]), text)


def direction(before: str, after: str) -> int:
    """Return 1 where the words around a figure say that it rose, -1 that it fell, else 0.

    >>> direction("减少了", ""), direction("规模工业增加值", ""), direction("", "的降幅")
    (-1, 0, -1)
    """
    marks = [
        *_signs(before)[-1:],
        *_signs(after[:_AFTER])[:1],
    ]
    return marks[0][1] if marks else 0


def says_by_how_much(before: str) -> bool:
    """Return whether the words before a share say that something rose or fell by it.

    >>> says_by_how_much("同比增长"), says_by_how_much("增长到"), says_by_how_much("占比")
    (True, False, False)
    """
    return bool(_BY_HOW_MUCH.search(before))


def _signs(text: str) -> list[tuple[int, int]]:
    found = [(word.start(), 1) for word in _UP_WORDS.finditer(text)]
    return sorted(found + [(word.start(), -1) for word in _DOWN_WORDS.finditer(text)])


def is_planned(before: str, clause: str) -> bool:
    """Return whether a statement is one of what is to be.

    Args:
        before: the sentence up to its clause.
        clause: the clause itself.

    >>> is_planned("力争到2025年,", "城区面积增至30平方公里")
    True
    >>> is_planned("", "将开发区10个村分成三类")
    False
    """
    text = before + clause
    planned = [word.end() for word in _ALL_PLANNED_WORDS.finditer(text)]
    by_now = [word.start() for word in _BY_NOW_WORDS.finditer(text)]
    return bool(planned) and (not by_now or planned[-1] > by_now[-1])


def is_still_planned(before: str, clause: str) -> bool:
    """Return whether a clause of a long sentence goes on with what is to be.

    What is expected ends with its part of the sentence, any plan with what is so by now.

    >>> is_still_planned("预计产值达到30亿元,", "企业超过了1400家")
    False
    """
    text = before + clause
    planned = [
        *(word.end() for word in _PLANNED_WORDS.finditer(text)),
        *(word.end() for word in _EXPECTED_WORDS.finditer(text, text.rfind(";") + 1)),
    ]
    ends = [word.start() for word in _END_OF_PLAN.finditer(text)]
    return bool(planned) and (not ends or max(planned) > ends[-1])


def may_be_planned(before: str, clause: str) -> bool:
    """Return whether a statement of a summary can be read as one of what is to be.

    >>> may_be_planned("公安县提出，", "城镇化率突破60%"), may_be_planned("", "城镇化率突破60%")
    (True, False)
    """
    if _ALL_PLANNED_WORDS.search(clause) and not _BY_NOW_WORDS.search(clause):
        return True
    return not _OVER_WORDS.search(clause) and bool(_LOOSE_WORDS.search(before + clause))


def is_done(clause: str) -> bool:
    """Return whether a clause says that something is over.

    >>> is_done("人才公寓已全部装修完毕"), is_done("正在加紧装修")
    (True, False)
    """
    return bool(_DONE_WORDS.search(clause))


def after_ongoing(clause: str) -> list[str]:
    """Return the words behind each one that says that something goes on.

    >>> after_ongoing("公寓正在装修")
    ['装修']
    """
    found = _ONGOING_WORDS.finditer(clause)
    return [clause[word.end() : word.end() + _GOING_ON] for word in found]


def opposite_direction(clause: str, other: str) -> bool:
    """Return whether two clauses say of the same that it rose and that it fell.

    >>> opposite_direction("考核指标明显下降", "全省考核指标明显提升")
    True
    """
    ours, theirs = _signs(clause), _signs(other)
    if len({sign for _, sign in ours}) != 1 or {sign for _, sign in theirs} != {-ours[0][1]}:
        return False
    (at, _), (place, _) = ours[0], theirs[0]
    before, behind = clause[max(0, at - _AFTER) : at], other[max(0, place - _AFTER) : place]
    return any(before[i : i + 2] in behind for i in range(len(before) - 1))
