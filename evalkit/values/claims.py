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
LIGHT_WORDS = frozenset(
    "减少 增加 增长 下降 降低 达到 同比 分别 其中 目前 共有 合计 累计 提高 上升".split()
)
"""Words that stand beside a figure and leave open what it is of."""

_UP = """
    增长 增加 增至 增到 增速 增幅 新增 净增 上升 上涨 提高 提升 升至 升到 攀升 扩大 涨幅 升幅 翻番
"""
_DOWN = """
    减少 减至 减到 减幅 下降 降低 降至 降到 降幅 跌幅 下跌 下滑 回落 缩减 缩小 压缩 压减 精简 削减
"""
# 增加值 is a quantity, 提升工程 the name of a project.
_DIRECTION = re.compile(f"({'|'.join(_UP.split())})(?!值|工程|行动)|({'|'.join(_DOWN.split())})")

# What is still to be: 将开发区分成三类 says what was done, so 将 needs one of these verbs behind it.
_TO_COME = """
    会 在 于 继续 进一步 全面 完成 开工 建成 建设 新建 投资 投入 达 实现 推动 推进 推广 加快 着力
    深化 保持 围绕 统筹 举办 召开 开展 开通 启动 提供 迎来 成为 再 新增 陆续 逐步 安装 装上 改造
    打造 培育 引进 招聘 完善 依托 用 以 购买 发放 提升 覆盖 保存
    送 进行 举行 前往 参加 对 向 与 从 由 为 被 不 超过 增至 降至 提高 扩大 缩短 采取 采用 出台 实施 执行
    推出 上市 发布 公布 开放 开业 交付 投产 运营 竣工 落户 承担 负责 组织 派出 分批 分别 首次 正式 重点
"""
_PLANNED = re.compile(
    rf"力争|有望|预计|预期|即将|将(?={'|'.join(_TO_COME.split())})|目标|今后|未来|"
    r"(?<![虚模])拟(?=建|投|于|在|引|新|定|用)|计划(?=建|投|在|于|新|到|用|引|完|开|购|招|培|今|明|2)|"
    r"筹建|打算|争创"
)
_LOOSELY_PLANNED = re.compile(
    r"(?<![主需重必紧扼纲])要(?![求素闻点员])|提出|明确|部署|希望|推进|加快|着力|紧盯|瞄准|期望|争取|"
    r"力求|为实现|为了|下一步|届时|将|规划|计划|准备|冲刺|争当|确保|想|待"
)
_DONE = re.compile(
    r"已(?!知)|完毕|竣工|建成(?!区|面积)|落成|投用|投产|全部完成|顺利完成|完成了|实现了|达到了"
)
_BY_NOW = re.compile(r"已(?!知)|目前|截至|现有")
_ONGOING = re.compile(r"正在|加紧|陆续|在建|逐步|进行中|正(?=加|抓|全|有|积|按)")

_NEGATED = re.compile(
    r"未(?![来必])|没有?(?!收)|尚未|并未|并非|从未|无(?![障土偿私线缝论疑数物污锡党派限穷])|难以|无法|"
    r"拒绝|不(?![断仅少同忘懈久足到超低高多大小下管论但过得锈动变折可良屈畏])"
)
_MEASURED = re.compile(r"不[少多高低大小]?于|不[足到满超]过?")

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
_BY_WORD = {
    word: (i, side)
    for i, sides in enumerate(_OPPOSITES)
    for side, words in enumerate(sides)
    for word in words.split()
}
_SIDED = re.compile("|".join(sorted(_BY_WORD, key=len, reverse=True)))


def direction(before: str, after: str) -> int:
    """Return 1 where the words around a figure say that it rose, -1 that it fell, else 0.

    >>> direction("减少了", ""), direction("规模工业增加值", ""), direction("", "的降幅")
    (-1, 0, -1)
    """
    found = list(_DIRECTION.finditer(before)) or list(_DIRECTION.finditer(after[:6]))[:1]
    return 0 if not found else 1 if found[-1][1] else -1


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
    planned = [found.end() for found in _PLANNED.finditer(text)]
    by_now = [found.start() for found in _BY_NOW.finditer(text)]
    return bool(planned) and (not by_now or max(planned) > max(by_now))


def may_be_planned(before: str, clause: str) -> bool:
    """Return whether a statement can be read as one of what is to be."""
    if _PLANNED.search(clause) and not _BY_NOW.search(clause):
        return True
    if _DONE.search(clause):
        return False
    text = before + clause
    return bool(_PLANNED.search(text) or _LOOSELY_PLANNED.search(text))


def is_done(clause: str) -> bool:
    """Return whether a clause says that something is over.

    >>> is_done("人才公寓已全部装修完毕"), is_done("正在加紧装修")
    (True, False)
    """
    return bool(_DONE.search(clause))


def after_ongoing(clause: str) -> list[str]:
    """Return what follows each word that says that something goes on, up to six characters."""
    return [clause[found.end() : found.end() + 6] for found in _ONGOING.finditer(clause)]


def after_negation(clause: str) -> list[str]:
    """Return what follows each negation, up to four characters; 不断 and 不少于 are none.

    >>> after_negation("人工繁育泥鳅未获成功"), after_negation("不断创新，每月不少于4次")
    (['获成功'], [])
    """
    found = _NEGATED.finditer(_MEASURED.sub(lambda word: "\x00" * len(word[0]), clause))
    return [clause[word.end() : word.end() + 4] for word in found]


def opposites(clause: str, other: str) -> tuple[str, str] | None:
    """Return a word of a clause and its opposite in another that has not got the word's own side.

    >>> opposites("免职处分干部37名", "提拔重用干部37名")
    ('免职', '提拔')
    """
    ours = {_BY_WORD[found[0]]: found[0] for found in reversed(list(_SIDED.finditer(clause)))}
    theirs = {_BY_WORD[found[0]]: found[0] for found in reversed(list(_SIDED.finditer(other)))}
    for (group, side), word in ours.items():
        contrary = theirs.get((group, 1 - side))
        if contrary and (group, side) not in theirs and (group, 1 - side) not in ours:
            return word, contrary
    return None


_SUM = re.compile("共|合计|总计|累计|先后|总共|加起来|合在一起|两项|三项|总")
_DIFFERENCE = re.compile("多|少|差|还有|剩|余|未|没|比|较|高出|低于|增加|减少|领先|落后")


def adds_up(clause: str) -> bool:
    """Return whether a clause says that its figure is a sum."""
    return bool(_SUM.search(clause))


def subtracts(clause: str) -> bool:
    """Return whether a clause may say that its figure is a difference."""
    return bool(_DIFFERENCE.search(clause))
