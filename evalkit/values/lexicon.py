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
        Qualifier.AT_LEAST: """
            上 至少 不少于 不得少于 不能少于 不低于 不得低于 不能低于 不小于 不下于 不下 最少 起码
            >= ≥
        """,
        Qualifier.NEAR: "接近 将近 临近 逼近 几近 近",
        Qualifier.BELOW: "不足 不到 低于 少于 小于 未满 不满 <",
        Qualifier.AT_MOST: "至多 最多 不超过 不得超过 不能超过 不应超过 不高于 不多于 不大于 <= ≤",
        Qualifier.ABOUT: "大约 大概 大致 差不多 约为 约合 约有 约 ≈ ~",
        Qualifier.SEVERAL: "好几 几 数",
    }
)
AFTER = by_word(
    {
        Qualifier.ABOVE: "有余 多 余 几 +",
        Qualifier.UPWARDS: "及以上 或以上 以上",
        Qualifier.DOWNWARDS: "及以下 或以下 以下 以内 之内",
        Qualifier.ABOUT: "左右 上下 前后 来 许",
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
        1: "上调 调高 增长 增加 多出 净增 提高 提升 上升 攀升 跃升 上涨 扩大 发展 增 涨 升",
        -1: "负增长 下调 调低 下降 减少 降低 缩短 缩减 缩小 缩 回落 下跌 下滑 降 减 跌",
    }
)
"""Direction of a change; with `TO` behind it, where the change ends."""

BY = by_word({"了": "了 幅度为 幅度达"})
TO = by_word({"至": "到了 到 至 为 成"})
RATES_OF_CHANGE = ("变动", "涨跌", "增速", "增幅", "涨幅", "增长率", "变化", "升降")
"""Nouns whose value has a sign of its own: a fall is a negative 增速."""

AVERAGES = by_word(
    {
        "小时": "时速",
        "人": "人均",
        "户": "户均",
        "亩": "亩均 亩产",
        "天": "日均",
        "个月": "月均",
        "年": "年均",
    }
)
"""What says what a number is for each of; with its unit."""

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
        "初": "年初 月初 初",
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
RELATIVE = frozenset(["上", "下", "本", "这", "去", "今", "明", "前", "后", "昨", "同", "当", "次"])
"""What stands before 年, 月, 周, 日, 世纪 and names one by where it lies from now."""

LUNAR_MONTHS = {"正月": 1, "冬月": 11, "腊月": 12}
WEEKDAYS = by_word({"week": "星期 礼拜 周"})
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

NAMED_RANKS = by_word(
    {1: "首位 榜首 头名 第一位 冠军", 2: "亚军", 3: "季军", -1: "最末位 末位 末名 末尾 垫底 最后"}
)
RANK_VERBS = "位居 名列 位列 排名 排行 排在 居于 位于 处于 列 居 排 第 在 获得 获 得"
