"""Words and their opposites: two texts that have one each say contrary things."""

from __future__ import annotations

from evalkit.values.patterns import compile_words

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
    ("新增 增设", "停招 停办 撤销"),
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
    ("阳性", "阴性"),
    ("高于 优于 好于 快于", "低于 不及 差于 慢于"),
    ("增强 变强 转强", "减弱 变弱 转弱"),
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

_GROUP_AND_SIDE = {
    word: (group, side)
    for group, sides in enumerate(_OPPOSITES)
    for side, words in enumerate(sides)
    for word in words.split()
}
_SIDED_WORDS = compile_words(" ".join(_GROUP_AND_SIDE))


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
