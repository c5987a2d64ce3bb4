"""Words and their opposites: two texts that have one each say contrary things."""

from __future__ import annotations

import re
from collections import defaultdict

from evalkit.values.patterns import compile_words

_OPPOSITES = [
    ("提拔 重用 晋升 任命 选用 录用 聘用", "免职 撤职 处分 降职 罢免 解聘 辞退 查处"),
    ("发展党员 入党", "开除 除名 退党"),
    ("成功 获胜 胜诉 夺冠 当选", "失败 失利 落败 败诉 落选"),
    ("同意 赞成 支持 批准 获批 准许", "反对 否决 驳回"),
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
    ("达到 实现", "低于 未达"),
    ("否认 否定 驳斥 辟谣", "证实 承认 确认 坦承"),
    ("维持 沿用", "撤销 推翻 改判"),
    ("暂缓 推后", "尽快 尽早 及时 立即 抓紧"),
    ("早于 先于", "晚于 迟于"),
    ("多于 大于 强于 高出", "少于 小于 弱于 低出"),
    ("升级 升格 调高 上调", "降级 降格 降为 调低 下调"),
    ("延长", "缩短"),
    ("放宽 放松 松绑", "收紧 收严 从严"),
    ("扩大 拓宽 拓展", "缩小 收窄"),
    ("加大 加重 加剧", "减轻 缓解 减小"),
    ("升温", "降温"),
    ("升值 增值", "贬值"),
    ("充足 充裕 过剩", "短缺 紧缺 不足"),
    ("采纳 接受 受理", "拒绝 不予受理 退回 婉拒"),
    ("长期", "短期"),
    ("永久 终身", "临时 暂时"),
    ("国内 境内", "国外 境外 海外"),
    ("室内", "室外 户外"),
    ("上游", "下游"),
    ("有罪", "无罪"),
    ("原告", "被告"),
    ("起诉", "撤诉"),
    ("合法", "非法 违法"),
    ("有效", "无效 失效"),
    ("正常", "异常"),
    ("保留", "取消"),
    ("恢复", "中断"),
    ("开放", "关闭 封闭"),
    ("上任 就任 接任 履新 出任", "卸任 离任 辞任 辞职"),
    ("复工", "停工"),
    ("复课", "停课"),
    ("出席 出战 参赛", "缺席 退赛 弃权 缺阵"),
    ("晋级 出线", "出局 止步"),
    ("增持", "减持"),
    ("流入", "流出"),
    ("顺差", "逆差"),
    ("入院", "出院"),
    ("轻伤", "重伤"),
    ("有利 利好", "不利 利空"),
    ("正面 积极", "负面 消极"),
    ("上半年", "下半年"),
    ("上半场", "下半场"),
    ("白天", "夜间 夜里 晚间"),
    ("工作日 平日", "周末 节假日"),
    ("最快", "最慢"),
    ("最长", "最短"),
    ("最好 最佳", "最差"),
    ("最强", "最弱"),
    ("最早", "最晚"),
    ("供不应求", "供大于求 供过于求"),
    ("增收 增产 丰收", "减收 减产 歉收"),
    ("扩招 扩容", "减招 缩招 缩编"),
    ("有偿", "无偿"),
    ("实名", "匿名"),
    ("全职 专职", "兼职"),
    ("主场", "客场"),
    ("连胜", "连败"),
    ("首发", "替补"),
    ("主犯", "从犯"),
    ("竣工 完工", "开工 动工"),
    ("建议 鼓励 提倡 赞成 支持 主张", "反对 抵制 劝阻"),
    ("稳定 平稳", "波动 动荡"),
    ("增派", "撤回"),
    ("涨停", "跌停"),
    ("回升 反弹", "回落 下挫"),
    ("上行", "下行"),
    ("加息", "降息"),
    ("入选", "落选"),
    ("胜利 取胜 胜出", "失利 落败 告负"),
    ("畅通", "拥堵 受阻"),
    ("偏强", "偏弱"),
    ("自费", "公费"),
    ("扭亏为盈", "由盈转亏"),
    ("年长", "年幼"),
    ("增设", "撤并"),
    ("纳入", "移出 剔除"),
    ("征收", "免征"),
    ("入职", "离职"),
    ("按时 如期 按期", "延期 推迟 逾期"),
]

_SIDES: dict[str, list[tuple[int, int]]] = defaultdict(list)
for _group, _pair in enumerate(_OPPOSITES):
    for _side, _words in enumerate(_pair):
        for _word in _words.split():
            _SIDES[_word].append((_group, _side))
_SIDED_WORDS = compile_words(" ".join(_SIDES))
_DENIED = re.compile("(?:[不没未无](?:有|能|曾|会|再|被|予|法|须|需)?|难以|拒绝)$")
_DENIED_WITHIN = 2  # characters before a word that turn it into its opposite


def find_opposites(clause: str, other: str) -> tuple[str, str] | None:
    """Return a word of a clause and its opposite in another, where each has that side alone.

    A word that is denied is its opposite: 不赞成 is 反对.

    >>> find_opposites("免职处分干部37名", "提拔重用干部37名")
    ('免职', '提拔')
    >>> find_opposites("建议改种樱桃", "不赞成改种樱桃")
    ('建议', '赞成')
    """
    ours = _sides(clause)
    theirs = _sides(other) if ours else {}
    for (group, side), word in ours.items():
        contrary = theirs.get((group, 1 - side))
        if contrary and (group, side) not in theirs and (group, 1 - side) not in ours:
            return word, contrary
    return None


def _sides(text: str) -> dict[tuple[int, int], str]:
    found: dict[tuple[int, int], str] = {}
    for word in _SIDED_WORDS.finditer(text):
        denied = _DENIED.search(text, max(0, word.start() - _DENIED_WITHIN), word.start())
        for group, side in _SIDES[word[0]]:
            found.setdefault((group, 1 - side if denied else side), word[0])
    return found
