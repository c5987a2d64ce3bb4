"""Words for acts and extents as data, by which two sentences say the same or not.

Each line of a group holds the words that may stand for one another, separated by spaces.
"""

from __future__ import annotations

from functools import lru_cache


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _groups(lines: str) -> tuple[frozenset[str], ...]:
    return tuple(_words(line) for line in lines.strip().splitlines())


ACTS = _groups(
    """
    源头 发源 起源
    设在 位于 坐落 建在 设立 落户 地处 开在 所在
    相距 距离
    持续 为期 历时 时长
    开始 自 起 始于 启动 起步 实施
    获得 取得 争取 荣获 夺得 摘得 赢得 捧得 斩获 拿下 拿到 捧回 得主
    卖 售价 价格 单价 票价
    卖出 售出 销量 销售
    捐赠 捐献 捐出 捐款 赠送 捐给
    年纪 年龄 高龄 岁数 岁
    震级 级地震
    产能 生产 产量
    出动 派出 调集 调派
    赶到 到达 抵达
    导致 造成 引发 引起 诱发
    兴建 修建 建设 建造 建成
    出资 捐资 投资
    举办 举行 召开 开展 主会场 举办地 承办 拉开帷幕
    判处 判 徒刑 获刑
    振翅 扇动
    到任 履职 到岗
    投放 投入
    调整 上调 下调
    注入 汇入 流入
    承建 承建方 承建单位 施工 总承包
    毕业 母校
    创作 作者 撰写 编写
    销往 出口 卖到 远销
    叫什么 名叫 姓名
    治疗 医治
    收集 征集 收到
    收获 产量 收成
    时速 速度
    代替 替代 取代
    建立 建造 设立
    加入 加盟 进入
    感染 患病 染病
    导演 执导
    主演 出演 饰演 扮演
    作曲 谱曲
    创办 创始人 创建 创立 创办人 成立
    发明 发明者 发明人
    发现 发现者 找到
    设计 设计者 设计师
    主持 主持人
    担任 出任 任职 就任
    节省 节约 省下
    种植 栽种 栽植 种下
    养殖 饲养 喂养 养了
    招收 招生 录取 招录 招聘
    引进 引入 引来
    拆除 拆掉 拆迁
    救出 营救 解救 获救
    转移 疏散 撤离
    接待 迎来
    藏书 收藏 馆藏
    馆藏 藏品 收藏 文物
    居民 人家 住户
    居住 住着
    投用 投入使用 启用 投运 投入运营 正式运营
    签署 签订 签约 签下
    发布 公布 公开
    缩短 压缩
    提高 提升 上升
    增长 增加 增多
    下降 减少 降低
    帮助 帮扶 扶持
    需要 用时 耗时
    授予 评为 命名 授牌
    出发 启程 动身
    起飞 升空
    赔偿 赔付
    罚款 处罚
    发放 发给
    研究 研发
    主刀 手术
    分布 生长
    配备 搭载 装有 配有
    改造 改建 翻新
    容纳 坐下
    拥有 现有 持有
    邀请 请来
    教授 任教 执教
    面试 面谈
    游客 旅客
    死亡 遇难 丧生 身亡
    全长 总长 长度
    出生 生于 诞生 生日
    去世 逝世 病逝 卒于 死于 离世 辞世
    开工 动工 奠基
    竣工 完工 建成 落成
    通车 开通 开业 运营
    结束 闭幕 截止
    受伤 伤者 负伤
    """
)
"""Words for one act or measure each, that may stand for one another."""

GENERIC = _words(
    """
    公司 企业 工厂 学校 医院 单位 全市 全县 全区 全省 全镇 全村 全校 全文 当地 作者 项目 工程
    消防 部门 法院 警方 记者 官方 乐队 电影 影片 小说 专辑 车站 球队 大桥 景区 展览 活动 会议 比赛
    作品 书店 大学 集团 协会 基地 园区 银行 合作社 线路 列车
    """
)
"""What a clause may begin with in place of any subject that the question names more closely."""

RELATIONS = """
    丈夫 妻子 爱人 老伴 儿子 女儿 孩子 父亲 母亲 爸爸 妈妈 哥哥 弟弟 姐姐 妹妹 爷爷 奶奶 孙子
    孙女 祖父 祖母 外公 外婆 外祖父 外祖母 伯父 叔叔 舅舅 姑姑 姨妈 岳父 岳母 公公 婆婆 女婿 儿媳
    堂兄 表哥 表弟 侄子 侄女 外甥 外孙 邻居 朋友 同事 同学 师父 徒弟 队友 搭档 队长 副手 家属 亲戚
    上级 下属 前任 继任者
"""
"""What people are called by whom they stand to: 李梅的丈夫 is another than 李梅."""


ALTERNATIVES = tuple(
    tuple(_words(words) for words in family)
    for family in (
        ("今年 本年", "去年 上年 上一年", "前年", "明年 来年"),
        ("本届 这一届 这届", "上届 上一届", "下届 下一届"),
        ("本次 此次 这次", "上次 上一次", "下次 下一次"),
        ("同比", "环比"),
        ("收入", "支出"),
        ("开始 开幕 启动", "停止 终止 废止 结束 暂停 闭幕"),
        (
            "全球 世界",
            "全国",
            "全省 该省 本省",
            "全市 该市 本市",
            "全县 该县 本县",
            "全区 该区 本区",
            "全镇 该镇 本镇",
            "全村 该村 本村",
        ),
        ("平均", "最高 峰值 最大", "最低 最小"),
        (
            "日均 平均每天 每天平均 每天 每日",
            "月均 平均每月 每月",
            "年均 平均每年 每年",
            "单日",
            "累计 总计 合计",
        ),
    )
)
"""Words of which one rules out the others: a value of another time or extent is another value."""

PER_EACH = _groups(
    """
    日均 平均每天 每天平均 每天 每日
    月均 平均每月 每月
    年均 平均每年 每年
    人均 平均每人 每人
    户均 平均每户 每户
    """
)
"""What makes a figure one for each, that for a day first."""

EXTENTS = "人均 户均 最高 最低 单日 峰值"
"""What changes a figure so much that it is the one asked for only where the question has it."""


@lru_cache(maxsize=4096)
def acts_for(word: str) -> tuple[str, ...]:
    """Return a word, or the end of one, and the words for the same act.

    >>> sorted(acts_for("执导"))
    ['导演', '执导', '执导']
    """
    others = (words for words in ACTS if any(known.endswith(word) for known in words))
    return (word, *(other for words in others for other in words))


@lru_cache(maxsize=4096)
def words_for(word: str, asked: str) -> frozenset[str]:
    """Return the words for the act of a word, or of a question word such as 多深."""
    return frozenset(
        other
        for words in ACTS
        if any(known.endswith(word) or known in asked for known in words)
        for other in words
    )


def find_act(word: str, text: str) -> int:
    """Return where a word of a question, or another for the same act, stands in a text, or -1.

    >>> find_act("导演", "由他执导")
    2
    """
    places = [place for known in acts_for(word) if (place := text.find(known)) >= 0]
    return min(places, default=-1)


@lru_cache(maxsize=4096)
def are_alike(one: str, other: str) -> bool:
    """Return whether two texts end with words for one act."""
    return any(
        any(one.endswith(word) for word in words) and any(other.endswith(word) for word in words)
        for words in ACTS
    )
