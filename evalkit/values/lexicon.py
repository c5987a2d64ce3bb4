"""The words of the grammar as data: each stands once, with what it means.

Units and measure words are in `units`, script variants in `script`. Tables map a meaning to its
words, separated by spaces; `by_word` turns one into a mapping from words.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")


class Qualifier(StrEnum):
    """On which side of the stated value the true one lies; the value is a word to show."""

    EXACT = ""
    ABOVE = "超过"
    UPWARDS = "以上"  # 以上: some include the number itself, some do not
    AT_LEAST = "至少"
    NEAR = "近"  # just below
    BELOW = "不足"
    DOWNWARDS = "以下"  # 以下, 以内
    AT_MOST = "至多"
    ABOUT = "约"
    SEVERAL = "数"  # 几十, 数万: some tens, some tens of thousands


def by_word(table: Mapping[T, str]) -> dict[str, T]:
    """Return a mapping from each word of a table to what it means.

    >>> by_word({1: "头 首", -1: "末"})
    {'头': 1, '首': 1, '末': -1}
    """
    return {word: meaning for meaning, words in table.items() for word in words.split()}


DIGITS = by_word(
    {
        0: "零 〇 ○",
        1: "一 壹",
        2: "二 两 贰",
        3: "三 叁",
        4: "四 肆",
        5: "五 伍",
        6: "六 陆",
        7: "七 柒",
        8: "八 捌",
        9: "九 玖",
    }
)
SCALES = by_word({10: "十 拾", 100: "百 佰", 1000: "千 仟", 10**4: "万", 10**8: "亿"})
TENS = {"廿": 20, "卅": 30}
SHORT_SCALES = {"w": 10**4, "k": 1000}
"""How chat writes 万 and 千: 1.5w, 30k."""

BEFORE = by_word(
    {
        Qualifier.ABOVE: "超过 超出 超 逾 过 多于 大于 高于 突破 不止 >",
        Qualifier.AT_LEAST: "上 至少 不少于 不低于 不小于 不下于 不下 最少 起码 >= ≥",
        Qualifier.NEAR: "接近 将近 临近 逼近 几近 近",
        Qualifier.BELOW: "不足 不到 低于 少于 小于 未满 不满 <",
        Qualifier.AT_MOST: "至多 最多 不超过 不高于 不多于 不大于 <= ≤",
        Qualifier.ABOUT: "大约 大概 大致 差不多 约为 约合 约有 约 ≈ ~",
        Qualifier.SEVERAL: "好几 几 数",
    }
)
AFTER = by_word(
    {
        Qualifier.ABOVE: "有余 多 余 几 +",
        Qualifier.UPWARDS: "及以上 或以上 以上",
        Qualifier.DOWNWARDS: "及以下 或以下 以下 以内 之内",
        Qualifier.ABOUT: "左右 上下 来 许",
    }
)
AGREEING_QUALIFIERS = (
    {Qualifier.ABOVE, Qualifier.UPWARDS},
    {Qualifier.UPWARDS, Qualifier.AT_LEAST},
    {Qualifier.BELOW, Qualifier.DOWNWARDS},
    {Qualifier.DOWNWARDS, Qualifier.AT_MOST},
)

CHANGES = by_word(
    {
        1: "增长 增加 提高 提升 上升 攀升 跃升 上涨 扩大 发展 增 涨 升",
        -1: "下降 减少 降低 缩短 缩减 缩小 缩 回落 下跌 下滑 收窄 降 减 跌",
    }
)
"""Direction of a change; with `TO` behind it, where the change ends."""
BY = by_word({"了": "了 幅度为 幅度达"})
TO = by_word({"至": "到了 到 至 为 成"})
RATES_OF_CHANGE = ("增速", "增幅", "涨幅", "增长率", "变化", "升降")
"""Nouns whose value has a sign of its own: a fall is a negative 增速."""

MINUS = by_word({-1: "- 负 零下", 1: "+ 零上"})
PER_PARTS = {"百分之": 100, "千分之": 1000, "万分之": 10000}
HALVES = frozenset({"一半", "半数", "半", "过半"})
PAIRS = {"俩": 2, "仨": 3}

CURRENCIES = {
    "cny": "人民币 rmb cny ¥",
    "usd": "美元 美金 us$ usd $",
    "hkd": "港元 港币 hk$ hkd",
    "eur": "欧元 eur €",
    "gbp": "英镑 gbp £",
    "jpy": "日元 日圆 日币 円 jpy",
    "twd": "新台币 台币 nt$ twd",
    "krw": "韩元 韩币 韩圆 krw",
    "aud": "澳元 澳币 aud",
    "cad": "加元 加币 cad",
    "sgd": "新加坡元 新币 sgd",
    "mop": "澳门元 澳门币 mop",
    "nzd": "新西兰元 纽元 nzd",
    "chf": "瑞士法郎 瑞郎 chf",
    "rub": "卢布 rub",
    "inr": "印度卢比 卢比 inr",
    "thb": "泰铢 thb",
    "vnd": "越南盾 vnd",
    "myr": "林吉特 马币 myr",
}

PARTS_OF_DAY = by_word(
    {
        "凌晨": "凌晨",
        "早上": "清晨 早晨 早上 早",
        "上午": "上午 午前",
        "中午": "中午 正午",
        "下午": "下午 午后",
        "傍晚": "傍晚",
        "晚上": "晚上 晚间 夜间 夜里 深夜 夜晚 当晚 晚 夜",
    }
)
AFTERNOON = frozenset({"下午", "傍晚", "晚上"})
PERIODS = by_word(
    {
        "初": "初",
        "底": "年底 月底 底 末 年末",
        "上旬": "上旬",
        "中旬": "中旬",
        "下旬": "下旬",
        "上半年": "上半年",
        "下半年": "下半年",
        "中": "中期",
        "前期": "前期",
        "后期": "后期",
        "春": "春季 春天 春",
        "夏": "夏季 夏天 夏",
        "秋": "秋季 秋天 秋",
        "冬": "冬季 冬天 冬",
    }
)
ERAS = by_word(
    {
        "ad": "公元 西元",
        "bc": "公元前 西元前 前",
        "roc": "民国",
        "lunar": "农历 阴历 旧历 夏历",
        "solar": "阳历 公历 新历",
    }
)
RELATIVE = frozenset("上 下 本 这 去 今 明 前 后 昨 同 当 次".split())
"""What stands before 年, 月, 周, 日, 世纪 and names one by where it lies from now."""
LUNAR_MONTHS = {"正月": 1, "冬月": 11, "腊月": 12}
LUNAR_DAY = "初"
WEEKDAYS = by_word({"周": "星期 礼拜 周"})
SUNDAY = frozenset("日天")
MONTH_NAMES = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        1,
    )
    for name in names.split()
}
SINCE = "开始 起 以来 施行 实施 生效 执行 开始施行"
"""What follows the day from which something holds."""

NAMED_RANKS = by_word({1: "首位 榜首 头名 第一位 冠军", 2: "亚军", 3: "季军"})
NAMED_RANKS |= by_word({-1: "最末位 末位 末名 末尾 垫底 最后"})
RANK_VERBS = "位居 名列 位列 排名 排行 排在 居于 位于 处于 列 居 排 第 在 获得 获 得"

YES = frozenset(
    "是 是的 对 对的 正确 没错 不错 有 有的 会 会的 能 能的 可以 可 确实 确实是 确实如此 的确 的确如此 "
    "当然 当然是 肯定 肯定的 属实 是这样 是这样的 嗯 yes y true √ ✓ ✔ ✅".split()
)
NO = frozenset(
    "否 不 不是 不是的 没 没有 没有的 未 尚未 还没 还没有 并没有 并未 并不是 并非 并非如此 不对 不正确 错 "
    "错误 错的 不会 不能 不可以 不行 不可 不得 不属实 否定 否定的 no n false not × ✗ ✘ ❌ 无".split()
)
NEGATIONS = (
    "并没有 还没有 尚没有 没有 从未 并未 尚未 还未 仍未 并非 不得 不可以 不是 不会 不能 不准 不许 未能 未 没 不 无 非 勿"
)
NEGATIVE = frozenset("不没未非无否勿莫")
DOUBT = "可能 也许 或许 大概 应该 似乎 好像 恐怕 估计 不一定 未必 不确定 疑似 但 然而 不过 如果 假如 除非 即将 将要 正在 拟 计划 预计 有望"
"""What makes a statement of yes or no none, beside a yes or no."""
ASKING = "是否 能否 可否 有无 与否 有没有 是不是 会不会 能不能 对不对 要不要 可不可以"
CONFIRMING = "获得 取得 实现 已经 已 完全 全部 都 均 确实 的确 真的 成功 目前 当时 此前 现在 顺利 能 可以 会 可"
"""What may stand beside the predicate of a question that is answered by repeating it."""

SOURCES = (
    "文章 文中 原文 本文 该文 此文 上文 全文 短文 文本 材料 新闻 报道 资料 段落 文 作者 文档 上下文 内容 记者"
)
SAYING = (
    "提及 提到 提过 提供 谈及 谈到 涉及 涉及到 说明 说到 指出 给出 交代 介绍 写明 明确 记载 描述 透露 披露 公布 "
    "包含 包括 显示 列出 列明 表明 注明 体现 标明 解释 阐述 回答 写到 写出 写道 叙述 说 讲 写 提 "
    "交待 告知 讲述 点明 报道 涵盖 述及 言及 记录 作出说明"
)
SHOWING = "出现 找到 发现 见到 见 查到 看到 查询到 找出"
"""What a text may do, and the world as well: 没有发现观众 says that there was nobody."""
FINDING = (
    "回答 作答 解答 确定 得知 获知 判断 知道 知晓 得出 获取 找到 推断 确认 查到 看出 提供 给出 了解 获得 推测 判定 得到"
)
LACKING = (
    "没有 并没有 并无 没 未 并未 尚未 从未 未曾 均未 也未 也没有 未有 不曾 无 无法 不能 未能 没能 难以 没法 没办法 "
    "不可 缺乏 缺少 找不到 没找到 查不到 看不出 不 未予 不包含 不含 不涉及"
)
UNKNOWN = "不知 不清楚 不知道 不得而知 无从得知 无从知晓 无从判断"
UNKNOWN_AT_END = "未知 不详 不明 不足 无答案 没有答案 无可奉告"
INFORMATION = (
    "信息 内容 答案 说明 描述 提及 记载 数据 资料 介绍 线索 依据 细节 记录 情况"
)
ASKED_NOUNS = (
    "数字 姓名 名字 名称 身份 职务 人数 户数 "
    "数量 总数 年龄 原因 理由 位置 地址 所在地 地点 时间 日期 方式 数值 数额 金额 人物 频率 价格 费用 职业 性别 电话"
)
BESIDE_ABSTENTION = (
    "很抱歉 抱歉 对不起 很遗憾 遗憾的是 因此 所以 故而 故此 因为 由于 根据 依据 从 在 由 对 对此 关于 有关 相关 所给 给定 "
    "提供的 给出的 以上 上述 该 此 这 这篇 本篇 这个 这一 这些 现有 已有 已知 中 里 内 的 全文 部分 似乎 我 您 你 被 作 予 做 "
    "具体 直接 详细 任何 明确 明确地 也 并 到 过 出 及 了 是 为 于 和 与 其他 问题 事项 事 一点 点 多少 谁 什么 哪 哪个 "
    "哪里 何时 怎么 如何 几 有 可 够 或 来看 而言 其 他 她 它 他们 篇 答 够 地 无关 人 名 吗 过 方面 确切 准确"
)
"""What may stand in an abstention beside a source, a lack and what is lacking."""

FILLERS = (
    "位居 名列 位列 排名 排行 排在 居于 占 将 定 以 共 共有 共计 一共 总共 总计 合计 累计 有 是 为 达 达到 则 即 在 于 从 由 自 分别 分别是 分别为 分别有 "
    "约为 其中 的 了 就是 就 也是 即是 乃 其 该 这 此 它 他 她 今年 目前 现在 已 已经 均 都 总 全 只 仅 叫 叫做 "
    "叫作 名为 名叫 称为 指 指的是 一个 一种 总数 总量 数量"
)
"""What carries no content beside an answer."""
TAILS = "的 了 呢 吧 啊 之间 范围 范围内 整 正 个 名 位 人 家 年 日 号 元"
LINKS = "是 为 即 叫 名为 名叫 叫做 称 称为 指 指的是 在 于 由 就是 位于 来自 属于 乃 系"
"""What joins a subject and the answer behind it."""
JOINERS = "以及 还有 和 与 及 跟 同"

TITLES = (
    "书记 副书记 县长 副县长 市长 副市长 省长 区长 镇长 乡长 村长 主任 副主任 主席 副主席 部长 局长 处长 科长 "
    "厅长 院长 校长 所长 站长 会长 秘书长 理事长 董事长 总经理 经理 总裁 总监 教授 副教授 博士 硕士 院士 研究员 "
    "老师 教师 先生 女士 小姐 同志 医生 大夫 护士 律师 法官 检察官 记者 编辑 工程师 专家 学者 作家 导演 演员 "
    "队长 班长 组长 团长 连长 司令 将军 委员 代表 组织委员 宣传委员 支书 村支书 村主任 负责人 创始人 创客 法人 "
    "主持人 选手 运动员 教练 作者 同学 师傅 爷爷 奶奶 大爷 大妈 阿姨 叔叔 常委 厂长 社长 台长 馆长 园长 行长"
)

PROVINCES = (
    "北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 "
    "贵州 云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门"
)
AMBIGUOUS_PLACES = frozenset({"吉林", "海南"})
"""Names of two places: the province, and a city or prefecture."""
NATIONALITIES = (
    "蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 "
    "景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 "
    "保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
)
PLACE_SUFFIXES = frozenset("国省市县区镇乡村州盟旗")
COUNTRY = "中华人民共和国 中国 我国"

OFFICIAL_NAMES = {
    "国家发展和改革委员会": "国家发展改革委 国家发改委 发改委 发展改革委",
    "国家卫生健康委员会": "国家卫生健康委 国家卫健委 卫健委",
    "国家市场监督管理总局": "国家市场监管总局 市场监管总局",
    "工业和信息化部": "工信部",
    "人力资源和社会保障部": "人社部 人力资源社会保障部",
    "住房和城乡建设部": "住建部 住房城乡建设部",
    "农业农村部": "农业部",
    "文化和旅游部": "文旅部",
    "生态环境部": "环保部",
    "国务院国有资产监督管理委员会": "国务院国资委 国资委",
    "中国证券监督管理委员会": "中国证监会 证监会",
    "中国人民银行": "央行 人民银行 人行",
    "中央纪律检查委员会": "中纪委 中央纪委",
    "最高人民法院": "最高法",
    "最高人民检察院": "最高检",
    "国家互联网信息办公室": "国家网信办 网信办",
    "国家税务总局": "国税总局 税务总局",
    "中国科学院": "中科院",
    "中国社会科学院": "社科院 中国社科院",
    "中国工程院": "工程院",
    "中国共产主义青年团": "共青团",
    "武汉大学": "武大",
    "北京大学": "北大",
    "清华大学": "清华",
    "浙江大学": "浙大",
    "复旦大学": "复旦",
    "南京大学": "南大",
    "上海交通大学": "上海交大 上交",
    "西安交通大学": "西安交大",
    "中国人民大学": "人大 中国人大",
    "中国科学技术大学": "中科大 中国科大",
    "华中科技大学": "华科 华科大 华中科大",
    "北京师范大学": "北师大 北京师大",
    "华东师范大学": "华东师大 华师大",
    "中山大学": "中大",
    "四川大学": "川大",
    "山东大学": "山大",
    "吉林大学": "吉大",
    "哈尔滨工业大学": "哈工大",
    "国防科技大学": "国防科大",
    "第二次世界大战": "二战",
    "第一次世界大战": "一战",
    "世界卫生组织": "世卫组织 世卫 who",
    "世界贸易组织": "世贸组织 wto",
    "联合国教育、科学及文化组织": "联合国教科文组织",
}
SHORTENED = (
    ("中国共产党", "中共"),
    ("委员会", "委"),
    ("人民政府", "政府"),
    ("人民代表大会", "人大"),
    ("常务委员会", "常委会"),
    ("政治协商会议", "政协"),
    ("人民法院", "法院"),
    ("人民检察院", "检察院"),
    ("发展和改革", "发改"),
    ("发展改革", "发改"),
    ("卫生健康", "卫健"),
    ("纪律检查", "纪"),
    ("市场监督管理", "市场监管"),
    ("共产主义青年团", "共青团"),
    ("村党支部", "村支部"),
)
"""Parts of official names and what they are shortened to."""
COMPANY_FORMS = "股份有限公司 有限责任公司 有限公司 集团公司 公司 集团"
SAME_CHARACTERS = {"黏": "粘", "帐": "账", "惟": "唯"}
CODE_WORDS = (
    "邮编 邮政编码 热线 热线电话 电话 电话号码 服务热线 号码 编号 代码 密码 版本 版本号 版 号 v 账号 车牌 车牌号 学号 文号"
)
REASONS = "原因在于 因 因为 由于 为了 是因为 是由于 是为了 原因是 目的是 主要是因为 主要是为了"

ANSWER_MARKS = "最终答案 正确答案 标准答案 参考答案 答案 答 回答 结论 answer final answer"
EVIDENCE_MARKS = (
    "原文 依据 理由 解析 解释 说明 分析 证据 出处 来源 引用 参考 推理 原文依据 文中原句 相关原文 注 备注 文中提到 原文提到 见原文 "
    "根据原文 evidence explanation note reason"
)
NEXT_QUESTION_MARKS = "问题 问 提问 question q 用户 user human"
CLOSING_POLITENESS = "希望 如果您 如有 如需 请问 还有什么 欢迎 祝"
CORRECTIONS = "更正 应为 应该是 应当是 实际 实际上 实为 准确 确切 而是 修正 正确的是 改为 纠正 不对"
HEDGES = "或者 或是 或 还是 可能 也许 大概是 不确定 不太确定 未必 不一定 似乎 好像 估计 推测 猜测 猜 应该是"
SUBORDINATES = "其中 包括 包含 含 比 较 相比 此前 之前 去年 上年 原来 原先 原 由 从 同期 分别 另有 另外 此外 还 占"
"""What leads in to a value that is beside the one asked for."""
RESULTS = ("=", "等于", "合计", "共计", "总计", "一共", "因此", "所以", "即")
ATTRIBUTES = tuple(
    frozenset(words.split())
    for words in (
        "全长 长度 总长 长",
        "宽度 宽",
        "高度 海拔 身高 高",
        "深度 深",
        "重量 体重 净重 重",
        "占地面积 占地 总面积 面积",
        "建筑面积",
        "出生 生于 诞生 生日 诞辰",
        "去世 逝世 病逝 卒于 死于 离世 辞世",
        "成立 创办 创建 建立 组建 设立 创立 始建",
        "开工 动工 奠基",
        "竣工 完工 建成 落成",
        "通车 开通 开业 运营 投用 投入使用",
        "公布 颁布 发布 印发 出台 签署 签订",
        "批复 批准 审批 通过",
        "施行 实施 生效 执行",
        "开始 开幕 启动 始于 开赛 开馆",
        "结束 闭幕 截止 截至 闭馆 为止",
        "收入 营收 营业额",
        "净利润 利润",
        "总投资 投资",
        "产量 生产",
        "产值",
        "销量 销售额 销售",
        "死亡 遇难 丧生",
        "受伤 伤",
        "失踪",
        "报名",
        "获奖 获得",
        "男 男生 男性 男子",
        "女 女生 女性 女子",
        "保留",
        "减少 取消",
        "已解决 解决",
        "正在",
        "计划 拟 目标 力争",
        "完成 已完成",
        "毕业",
        "入学 考入 就读",
        "入职 加入 任职",
        "退休 离职 卸任",
        "总部 总行",
        "分部 分公司 分行",
        "人口 户数",
        "票价 价格 单价",
        "副",
        "作者 撰写 执笔 撰稿 撰文",
        "主办 主办单位 举办",
        "承办 承办单位",
        "协办 协办单位",
        "称号 授予 荣誉 评为",
        "负责人 负责",
        "名字 名称 叫 名为 取名",
        "年龄 年纪 岁 高龄",
        "人均",
        "全国",
        "全省",
        "全市",
        "全县",
        "全区",
        "全球 全世界",
    )
)
"""Words for one attribute each: a value beside the word for another answers another question."""
