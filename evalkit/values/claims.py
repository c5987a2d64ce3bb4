"""Words that turn a statement into another: direction, plan, progress, negation, opposites.

Each word stands once, in simplified script, and is looked for in folded text.
"""

from __future__ import annotations

import re

EMPTY_CHARACTERS = frozenset(
    "的了在和与及或是有为由对将被把从到以等其中各并且也都所而就要又已还于至使让该这那此我们他它"
    "约近余多超过"
)
"""Characters of words without content, and of what is said around figures."""
# Beside a figure these leave open what it is of; so do the words for up and down.
_LIGHT = "同比 环比 分别 其中 目前 共有 合计 累计 达到"

_UP = """
    增长 增加 增至 增到 新增 净增 上升 上涨 提高 提升 升至 升到 攀升 扩大 翻番
"""
_DOWN = """
    减少 减至 减到 下降 降低 降至 降到 下跌 下滑 回落 缩减 缩小 压缩 压减 精简 削减
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
_PLANNED = f"""
    力争 有望 预计 预期 即将 将(?={"|".join(_TO_COME.split())}) 目标 今后 未来 筹建 打算 争创
    (?<![虚模])拟(?=[建投于在引新定用]) 计划(?![、”’"'》」』的,。;:(是 ]|$)
"""
# In a summary all of these leave open whether what is said is so already.
_LOOSELY_PLANNED = """
    (?<![主需重必紧扼纲])要(?![求素闻点员]) 提出 明确 部署 希望 推进 加快 着力 紧盯 瞄准 期望 争取
    力求 为实现 为了 等着 尚待 有待 下一步 届时 将 规划 计划 准备 冲刺 争当 确保 想 待
"""
_BY_NOW = "已(?!知) 目前 截至 现有"
_OVER = "已(?!知) 完毕 完成了 实现了 达到了"
_DONE = f"{_OVER} 竣工 建成(?!区|面积) 落成 投用 投产 全部完成 顺利完成"
_ONGOING = "正在 加紧 陆续 在建 逐步 进行中 正(?=[加抓全有积按])"

# Not those of 未来, 没收, 无论, 不断 and the like.
_NEGATED = """
    未(?![来必]) 没有?(?!收) 尚未 并未 并非 从未 无(?![障土偿私线缝论疑数锡党派限穷]) 难以 无法 拒绝
    不(?![断仅少同忘懈久足到超低高多大小下管论但过得锈动变折可良屈畏])
"""
_MEASURED = "不[少多高低大小]?于 不[足到满超]过?"

_BOUND = "超 逾 过 突破 近 不足 不到 约 左右 余 多 以上 以下 以内"
_SUM = "共 合计 总计 累计 先后 总 加起来 合在一起 两项 三项"
_DIFFERENCE = "多 少 差 还有 另外 其他 剩 余 未 没 比 较 高出 低于 增加 减少 领先 落后"
_REST = "其余 其他 另外 剩 未 没"

_OPPOSITES = [
    ("提拔 重用 晋升 任命 选用 录用 聘用", "免职 撤职 处分 降职 罢免 解聘 辞退 查处"),
    ("发展党员 入党", "开除 除名 退党"),
    ("成功 获胜 胜诉 夺冠 当选", "失败 失利 落败 败诉 落选"),
    ("同意 赞成 支持 批准 获批 准许", "反对 否决 驳回 抵制"),
    ("盈利 获利", "亏损"),
    ("进口", "出口"),
    ("买入 购买 收购 购入 购置", "卖出 出售 抛售 变卖"),
    ("开业 开工 启动 开通 启用 投产", "停业 停工 停运 关闭 停用 暂停 叫停 停产"),
    ("成立 设立 组建 新建 建成", "撤销 解散 拆除 取消 裁撤"),
    ("加入", "退出"),
    ("签订 签署 签约 签下", "解除 终止 中止"),
    ("招聘 引进 录取 招录", "裁减 裁员 流失 淘汰"),
    ("加快 加速", "放缓 减缓"),
    ("赢得 取得 荣获", "失去 丧失"),
    ("表扬 表彰 奖励 嘉奖", "批评 处罚 问责"),
    ("上线", "下线 下架"),
    ("首位 第一 居首 榜首", "末位 垫底 倒数"),
    ("强劲 旺盛", "低迷 疲软"),
    ("盈余 结余", "赤字"),
    ("提前", "推迟 延后 延期"),
    ("主动", "被迫 被动"),
    ("自愿", "强制 强迫"),
    ("盘活", "闲置"),
    ("偿还 还清", "拖欠"),
    ("免费", "收费"),
    ("允许", "禁止"),
    ("达标", "超标"),
    ("高位", "低位"),
    ("领先", "落后"),
    ("走高", "走低"),
    ("乐观", "悲观"),
    ("脱贫", "返贫"),
    ("好转 改善", "恶化"),
    ("获救 生还 脱险", "遇难 失踪"),
    ("治愈 康复", "病逝 病故"),
    ("返乡 回乡", "离乡"),
    ("公开", "保密"),
    ("满意", "不满"),
]


def _any_of(words: str) -> re.Pattern[str]:
    return re.compile("|".join(sorted(words.split(), key=len, reverse=True)))


# 增加值 is a quantity, 提升工程 the name of a project.
_UPWARDS = re.compile(f"(?:{_any_of(_UP).pattern})(?!值|工程|行动)")
_UP_WORDS = re.compile(f"{_UPWARDS.pattern}|{_any_of(_UP_BY).pattern}")
_DOWN_WORDS = _any_of(f"{_DOWN} {_DOWN_BY}")
_LIGHT_WORDS = re.compile(
    "|".join(words.pattern for words in (_any_of(f"{_LIGHT} {_DOWN}"), _UPWARDS))
)
_PLANNED_WORDS = _any_of(_PLANNED)
_LOOSE_WORDS = _any_of(_PLANNED + _LOOSELY_PLANNED)
_BY_NOW_WORDS = _any_of(_BY_NOW)
_OVER_WORDS = _any_of(_OVER)
_DONE_WORDS = _any_of(_DONE)
_ONGOING_WORDS = _any_of(_ONGOING)
_NEGATIONS = _any_of(_NEGATED)
_MEASURES = _any_of(_MEASURED)
_BOUNDS = _any_of(_BOUND)
_SUMS, _DIFFERENCES, _RESTS = map(_any_of, (_SUM, _DIFFERENCE, _REST))
_GROUP_AND_SIDE = {
    word: (group, side)
    for group, sides in enumerate(_OPPOSITES)
    for side, words in enumerate(sides)
    for word in words.split()
}
_SIDED_WORDS = _any_of(" ".join(_GROUP_AND_SIDE))

_AFTER = 6  # characters behind a figure, or a word, that it may go with
_DENIED = 4  # characters behind a negation that it denies


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
    planned = [word.end() for word in _PLANNED_WORDS.finditer(text)]
    by_now = [word.start() for word in _BY_NOW_WORDS.finditer(text)]
    return bool(planned) and (not by_now or planned[-1] > by_now[-1])


def may_be_planned(before: str, clause: str) -> bool:
    """Return whether a statement of a summary can be read as one of what is to be.

    >>> may_be_planned("公安县提出，", "城镇化率突破60%"), may_be_planned("", "城镇化率突破60%")
    (True, False)
    """
    if _PLANNED_WORDS.search(clause) and not _BY_NOW_WORDS.search(clause):
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
    return [clause[word.end() : word.end() + _AFTER] for word in found]


def after_negation(clause: str) -> list[str]:
    """Return the words behind each negation; 不断 and 不少于 are none.

    >>> after_negation("人工繁育泥鳅未获成功"), after_negation("不断创新，每月不少于4次")
    (['获成功'], [])
    """
    bare = _MEASURES.sub(lambda word: "\x00" * len(word[0]), clause)
    return [clause[word.end() : word.end() + _DENIED] for word in _NEGATIONS.finditer(bare)]


def has_bound(words: str) -> bool:
    """Return whether words around a figure say on which side the true one lies.

    >>> has_bound("超同期3倍"), has_bound("保留45项")
    (True, False)
    """
    return bool(_BOUNDS.search(words))


def find_opposites(clause: str, other: str) -> tuple[str, str] | None:
    """Return a word of a clause and its opposite in another, where each has that side alone.

    >>> find_opposites("免职处分干部37名", "提拔重用干部37名")
    ('免职', '提拔')
    """
    ours, theirs = _sides(clause), _sides(other)
    for (group, side), word in ours.items():
        contrary = theirs.get((group, 1 - side))
        if contrary and (group, side) not in theirs and (group, 1 - side) not in ours:
            return word, contrary
    return None


def _sides(text: str) -> dict[tuple[int, int], str]:
    found: dict[tuple[int, int], str] = {}
    for word in _SIDED_WORDS.findall(text):
        found.setdefault(_GROUP_AND_SIDE[word], word)
    return found


def adds_up(clause: str) -> bool:
    """Return whether a clause may say that its figure is a sum.

    >>> adds_up("选出楼栋长和志愿者共619名"), adds_up("选出志愿者401名")
    (True, False)
    """
    return bool(_SUMS.search(clause))


def subtracts(clause: str) -> bool:
    """Return whether a clause may say that its figure is a difference.

    >>> subtracts("还有24个没有整改"), subtracts("已整改111个")
    (True, False)
    """
    return bool(_DIFFERENCES.search(clause))


def is_rest(clause: str) -> bool:
    """Return whether a clause may say that its share is what is left of the whole.

    >>> is_rest("其余三成是其他员工")
    True
    """
    return bool(_RESTS.search(clause))
