"""The words of statements and of whole outputs as data: each stands once.

Spaces separate the words of one string.
"""

from __future__ import annotations

YES = """
    是 是的 对 对的 正确 没错 不错 有 有的 会 会的 能 能的 可以 可 确实 确实是 确实如此 的确
    的确如此 当然 当然是 肯定 肯定的 属实 是这样 是这样的 嗯 yes y true √ ✓ ✔ ✅
"""
NO = """
    否 不 不是 不是的 没 没有 没有的 未 尚未 还没 还没有 并没有 并未 并不是 并非 并非如此 不对
    不正确 错 错误 错的 不会 不能 不可以 不行 不可 不得 不属实 否定 否定的 no n false not × ✗
    ✘ ❌ 无
"""
NEGATIONS = """
    还没 尚没 并没有 还没有 尚没有 没有 从未 未曾 不曾 并未 尚未 还未 仍未 暂未 暂无 暂不 并非 不得
    不可以 不是 不会 不能 不准 不许 未能 未 没 不 无 非 勿
"""
NEGATIVE = frozenset("不没未非无否勿莫")
DOUBT = """
    只 仅 部分 大部分 少数 个别 多数 有的 基本 可能 也许 或许 大概 应该 似乎
    好像 恐怕 估计 不一定 未必 不确定 疑似 但 然而 不过 如果 假如 除非 即将 将要 正在 拟 计划
    预计 有望
"""
"""What makes a statement of yes or no none, beside a yes or no."""

ASKING = "是否 能否 可否 有无 与否 有没有 是不是 会不会 能不能 对不对 要不要 可不可以"
ASKED = {
    "yes-no": f"吗[?]?$ {ASKING}",
    "moment": """
        哪一?[天年月日] 哪[个几][天年月日] 年份 何[时年日月] 什么(?:时候|时间|日期|年代|季节)
        几[月号日点时] 日期 (?<!多少)时间 年月 (?:星期|礼拜|周)几 哪个?(?:季度|月|年代|世纪|时期)
        年代
    """,
    "weekday": "(?:星期|礼拜|周)几",
    "person": """
        谁 哪一?位 哪[几两二三四五六七八九十][位人] 何人 姓名 叫什么名字 哪个人 哪些人 什么人
    """,
    "place": "哪里 哪儿 在哪 何[处地] 什么地方 地点 位置 哪[条座个](?:[路街城村镇]|大道)",
    "named": """
        哪(?:一?[支家个所座]|[些几][支家个所座]?)(?:球?队|公司|企业|单位|部门|机构|学校|[大中小]学|医院|银行|团队|组织|协会|国|城市|[省市县区镇乡村])
    """,
    "since": "[从自起始] 实施 施行 生效 执行",
    "reason": "为什么 为何 原因 目的 怎么会",
    "list": """
        哪些 哪[几两二三四五六七八九十0-9] 分别 有谁 有什么 包括什么 哪.{0,3}和哪 职务 身份 头衔
    """,
    "order": "分别 依次 先后 各(?:自|有|是|为|占|多少|几) 顺序",
}
"""What a question says by the kind of answer that it asks for."""

CONFIRMING = """
    获得 取得 实现 已经 已 完全 全部 都 均 确实 的确 真的 成功 目前 当时 此前 现在 顺利 能
    可以 能够 会 可
"""
"""What may stand beside the predicate of a question that is answered by repeating it."""

SOURCES = """
    文章 文中 原文 本文 该文 此文 上文 全文 短文 文本 段落 文 上下文 材料中 材料里 新闻中 新闻里
    报道中 报道里 资料中 资料里 文档中 文档里 内容中 内容里
"""
TELLERS = "作者 记者"
CONTENT = "资料 内容 材料 新闻 文档 通知 公告"
"""What tells of the world like a source, and is in it as well: 记者没有受伤, 材料没有备齐."""

SAYING = """
    提及 提到 提过 提供 谈及 谈到 涉及 涉及到 说明 说到 指出 给出 交代 介绍 写明 明确 记载
    描述 透露 披露 公布 公开 包含 包括 显示 列出 列明 表明 注明 体现 标明 解释 阐述 回答 写到 写出
    写道 叙述 说 讲 写 提 交待 告知 讲述 点明 报道 涵盖 述及 言及 记录 作出说明
"""
SHOWING = "出现 找到 发现 见到 见 查到 看到 查询到 找出"
"""What a text may do, and the world as well: 没有发现观众 says that there was nobody."""

FINDING = """
    回答 作答 解答 确定 得知 获知 判断 知道 知晓 得出 获取 找到 推断 确认 查到 看出 提供 给出
    了解 获得 推测 判定 得到
"""
LACKING = """
    没有 并没有 并无 暂无 没 未 并未 尚未 从未 未曾 均未 也未 也没有 未有 不曾 无 无法 不能 未能
    没能 难以 没法 没办法 不可 缺乏 缺少 找不到 没找到 查不到 看不出 不 未予 不包含 不含
    不涉及
"""
UNKNOWN = "只字未提 未见记载 不知 不清楚 不知道 不得而知 无从得知 无从知晓 无从判断"
UNKNOWN_AT_END = "未知 不详 不明 不足 无答案 没有答案 无可奉告"
INFORMATION = "信息 答案 说明 描述 提及 记载 数据 介绍 线索 依据 细节 记录 情况"
ASKED_NOUNS = """
    数字 姓名 名字 名称 身份 职务 人数 户数 数量 总数 年龄 原因 理由 位置 地址 所在地 地点
    时间 日期 年份 方式 数值 数额 金额 人物 频率 价格 费用 职业 性别 电话 用途 去向
"""
BESIDE_ABSTENTION = """
    很抱歉 抱歉 对不起 很遗憾 遗憾的是 因此 所以 故而 故此 因为 由于 根据 依据 从 在 由 对
    对此 关于 有关 相关 所给 给定 提供的 给出的 以上 上述 该 此 这 这批 这份 这篇 本篇 这个 这一
    这些 现有 已有 已知 中 里 内 的 全文 部分 似乎 我 您 你 被 作 予 做 具体 直接 详细 任何 明确
    明确地 也 并 到 过 出 及 了 是 为 于 和 与 其他 问题 事项 事 一点 点 多少 谁 什么 哪 哪个
    哪里 何时 怎么 如何 几 有 可 够 或 来看 而言 其 他 她 它 他们 篇 答 地 无关 人 名 吗 方面
    确切 准确 但 却 不过 者
"""
"""What may stand in an abstention beside a source, a lack and what is lacking."""

FILLERS = """
    位居 名列 位列 排名 排行 排在 居于 占 将 定 以 共 共有 共计 一共 总共 总计 合计 累计 有 是
    为 达 达到 则 即 在 于 从 由 自 分别 分别是 分别为 分别有 约为 其中 的 了 就是 就 也是
    即是 乃 其 该 这 此 它 他 她 今年 目前 现在 已 已经 均 都 总 全 只 仅 叫 叫做 叫作 名为
    名叫 称为 指 指的是 一个 一种 一名 一位 一家 一款 一项 一座 一条 一书 一文 总数 总量 数量
"""
"""What carries no content beside an answer."""

LEADS = "位于 坐落于 坐落在 地处 通过 采用 采取 获 荣获"
"""What carries no content before an answer, besides `FILLERS`."""

LINKS = "成了 成为 当选 当选为 出任 入选 任 称 系"
"""What joins a subject and the answer behind it, besides `FILLERS`."""

ADVERBIALS = """
    率先 广泛 先行 之前 之后 以前 以后 整整 足足 规划 预期 拟 最终 最后 现有 成功 正式 顺利 首次
    期间 共同 陆续 随后 后来 当时 当天 当日 当地 据介绍 据了解 据悉 据统计 经查 经鉴定 经过 通过
    其实 实际 实际上 因此 所以 首先 因为 原文 提到 写道 写到 指出 显示 介绍 报道 我认为 此外 同时
    全部 平均 每个 需要 应该 能 可 刚 才 还 也 又 再 并 现 曾 位 座 家 个 名 种 条 项 届 次 月 日
    年底 底 上 下辖 辖 拥有 设有 设 具有 为期 历时 如今 一直 至今 以来 一起 左右 准确 具体 答案
    正确 数据 情况 内容 人 者
"""
"""What says when, how surely and by whom a thing is told, and nothing of what it is.

Besides `FILLERS`, `LIGHT_WORDS` and `VAGUE_WORDS`, which say no more.
"""

HOLDING = "获得 夺得 摘得 荣获 赢得 取得 夺取 捧得 担任 出任 当选 当选为 任 成为 是 为 就是"
"""What joins a person and the role or rank that they hold."""

JOINERS = "以及 还有 和 与 及 跟 同 兼 &"
REASONS = """
    原因在于 因 因为 由于 为了 是因为 是由于 是为了 原因是 目的是 主要是因为 主要是为了
"""
ANSWER_MARKS = "最终答案 正确答案 标准答案 参考答案 答案 答 回答 结论 answer final"
EVIDENCE_MARKS = """
    原文 依据 理由 解析 解释 说明 分析 证据 出处 来源 引用 参考 推理 原文依据 文中原句
    相关原文 注 备注 文中提到 原文提到 见原文 根据原文 evidence explanation note reason
"""
NEXT_QUESTION_MARKS = "问题 问 提问 question q 用户 user human"
CORRECTIONS = """
    更正 应为 应该是 应当是 实际 实际上 实为 准确 确切 而是 修正 正确的是 改为 纠正 不对
"""
CHOICES = "或者 或是 或 还是"
HEDGES = """
    可能 也许 大概是 不确定 不太确定 未必 不一定 似乎 好像 估计 推测 猜测 猜
    应该是 怀疑 疑似 疑为 传言 说法认为 有说法 另有说法 有人说 有人认为 一说 存疑 待核实
    无法确定哪 难以确定哪 不知哪 两处提到 另一处是
"""
UNDECIDED = """
    两种说法 几种说法 说法不一 说法不同 众说纷纭 尚无定论 没有定论 存在争议 有争议 难以断定 无法断定
    难以判定 无法判定 哪一?个(?:无法|难以|不能)确定
"""
"""What leaves open all that an output says, wherever it stands."""
SUBORDINATES = """
    其中 包括 包含 含 比 较 相比 此前 之前 去年 上年 原来 原先 原 由 从 同期 分别 另有 另外
    此外 还 占
"""
"""What leads in to a value that is beside the one asked for."""

RESULTS = ("=", "等于", "合计", "共计", "总计", "一共", "因此", "所以", "即")
ENGLISH_SOURCES = "the (?:given |provided )?(?:article|text|passage|document|context|material)"
ENGLISH_LACKS = (
    "(?:does|do|did|is|are|was|were|can|could)(?: not|n't)|cannot|no|not|never|without|unable to"
)
ENGLISH_TELLS = (
    "mention|sa(?:y|id)|stat|provid|specif|contain|giv|discuss|determin|answer|find|found|"
    "information|know|disclos|includ|clear|available|indicat|reveal"
)
LIGHT_WORDS = """
    同比 环比 每天 每日 每月 每年 每周 每次 最多 最少 至少 目前 一共 总共 可以 能够 大约 其中
    预计 计划 共有 一共有 分别 依次 已经 年 位于 坐落于 坐落在 地处 设在 建在 来自 属于 排 居
    位居 排在 排名
"""
"""What stands right before a question word and says nothing of what is asked."""
VAGUE_WORDS = """
    今年 去年 目前 该项 这项 文章 文中 本文 这次 此次 本次 截至 截止 根据 这个 该公 他们 她们
    我们 你们 咱们 如果 这是
"""
DENIALS = "放弃 取消 拒绝 否认 排除 婉拒 反对 搁置 并非 从未 未能 没有 不是 不再"
FORBIDDEN = "禁止 严禁 谢绝"
STOPPED = f"暂停 停止 暂缓 取消 终止 中止 拒绝 放弃 {FORBIDDEN}"
"""What says of the deed behind it that it is not done."""
FORMERLY = """
    上届 上次 往届 上一 前一 旧版 旧的 原定 原名 原为 原由 原任 原系 原计划 原预计 原拟 原打算 原本
    本来 曾 曾经 原来
"""
LAST_TIME = """
    去年 前年 上年 过去 此前 以前 原先 早先 上次 上届 年前 最初 起初 一度 建议 预计 计划 以为
"""
NOW = """
    当前 今年 现任 现由 现为 现在 目前 如今 改用 改为 改成 后来 本次 此次 本届 最终 最后 结果 实际
    其实
"""
INFERENCES = """
    据我 我的知识 常识 推断 推测 估计 看来 应当 应该 大概 可能 或许 也许 多半 想必 猜 应在 应为 应是
"""
CONTRASTS = "但 而 不过 却 只是 反而"
MARKS = {
    "comparison": "比 较 高出 超过 多出 相比 同期 高于 低于",
    "earlier": """
        原 曾 此前 之前 去年 上届 上次 前任 原定 以前 过去 早期 当年 最初 起初 前者
    """,
    "present": "目前 现在 今年 如今 现任 现 最终 最后 本届 本次 此次 后者",
    "part": "其中 一期 二期 部分 另 另有 包括 各 分别 一级 二级",
    "denial": "排除 否认 拒绝 取消 放弃 并非 不是 没有 无关 尚未 推迟 而非 除了 以外",
    "other": "副 另一 邻 其他 别的 第二 其次 再 也 还",
    "naming": "即 就是 也就是 正是 名为 名叫 称为 叫做 是 系 为",
    "agent": "由 被 让 交给 靠 受",
}
"""Kinds of words that change what a value or name beside them is an answer to."""
