"""Units and measure words: which are the same, and how one turns into another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

COUNT = "count"
SHARE = "share"
MONEY = "cny"


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """A unit or measure word.

    Attributes:
        name: As it is written.
        dimension: What it measures; `count` for a measure word.
        factor: How many base units of its dimension it is.
    """

    name: str
    dimension: str
    factor: Fraction = Fraction(1)


# dimension: names that mean the same, and how many of the base unit they are.
_MEASURES = {
    "length": {
        "毫米 mm": "1/1000",
        "厘米 公分 cm": "1/100",
        "分米": "1/10",
        "米 公尺 m": "1",
        "公里 千米 km": "1000",
        "里 华里": "500",
    },
    "mass": {
        "毫克 mg": "1/1000",
        "克": "1",
        "斤 市斤": "500",
        "公斤 千克 kg": "1000",
        "吨": "1000000",
    },
    "area": {
        "平方厘米": "1/10000",
        "平方米 平米 m2": "1",
        "亩": "2000/3",
        "公顷": "10000",
        "平方公里 平方千米 km2": "1000000",
    },
    "volume": {"毫升 ml": "1/1000", "升": "1", "立方米 立方 m3": "1000"},
    "time": {
        "秒 秒钟": "1",
        "分钟": "60",
        "刻钟": "900",
        "小时 个小时 钟头 个钟头": "3600",
        "天 日": "86400",
        "周 星期 个星期 礼拜 个礼拜": "604800",
    },
    "months": {"个月": "1", "年": "12"},
    "age": {"岁 周岁": "1"},
    MONEY: {
        "元 块 块钱 圆 rmb cny 元人民币 人民币 人民币元 元整 元钱 元(人民币)": "1",
        "角 毛": "1/10",
    },
    "usd": {"美元 美金 usd": "1"},
    "hkd": {"港元 港币 hkd": "1"},
    "eur": {"欧元 eur": "1"},
    "jpy": {"日元 日圆 円 jpy": "1"},
    "gbp": {"英镑 gbp": "1"},
    "celsius": {"°c 摄氏度 度 度c": "1"},
    "fahrenheit": {"°f 华氏度": "1"},
    SHARE: {"% percent": "1/100", "‰": "1/1000", "成": "1/10"},
    "points": {"个百分点 百分点": "1"},
    "times": {"倍": "1"},
    "power": {"瓦 w": "1", "千瓦 kw": "1000", "兆瓦 mw": "1000000"},
    "energy": {"千瓦时 kwh": "1"},
    "data": {"kb": "1/1024", "mb": "1", "gb": "1024", "tb": "1048576"},
    "visits": {"人次": "1"},
}
# The units that amounts are shown in, the largest first.
_SHOWN = {dimension: next(iter(names)).split()[0] for dimension, names in _MEASURES.items()}
_SHOWN |= {"length": "米", "mass": "公斤", "area": "平方米", "volume": "升"}
_SHOWN |= {"time": "天 小时 分钟 秒", "months": "年 个月", "celsius": "度"}
_COUNTED = """
    个 名 位 人 口 家 项 条 种 类 件 座 所 处 栋 幢 套 间 户 本 册 部 辆 台 架 艘 只 头 匹 棵 株 张
    份 篇 封 支 枝 把 根 片 颗 粒 瓶 盒 箱 袋 桶 杯 场 场次 次 届 期 回 轮 班 批 批次 组 对 双 队 门
    节 课 章 道 题 句 字 词 页 行 列 层 楼 级 星 车次 班次 户次 分 票 枚 幅 首 集 季 款 例 起 宗 桩
    笔 单 站 段 村 代 大 方面 顶 面 号 年级 年代
"""
# Measure words that people exchange when they count the same things.
_ALIKE_WORDS = """
    名 位 人 口 / 项 条 件 / 座 处 所 / 种 类 款 / 大 项 / 大 条 / 家 所 / 本 册 / 辆 台 部 / 台 架
    栋 幢 座 / 棵 株 / 张 幅 / 起 件 例 宗 桩 / 次 回 届 / 场 场次 / 支 队 / 道 题 / 篇 件 / 只 头
    枚 块
"""
_ALIKE = [frozenset(group.split()) for group in re.split(r"/|\n", _ALIKE_WORDS)]
# What 个 stands in for.
_GENERAL_WORDS = """
    名 位 人 家 项 条 种 类 件 座 所 处 款 支 例 起 宗 桩 大 门 道 题 站 枚 块 组 方面
"""
_GENERAL = frozenset(_GENERAL_WORDS.split())


def _table() -> dict[str, Unit]:
    table = {name: Unit(name=name, dimension=COUNT) for name in _COUNTED.split()}
    for dimension, names in _MEASURES.items():
        for group, factor in names.items():
            for name in group.split():
                table[name] = Unit(name=name, dimension=dimension, factor=Fraction(factor))
    return table


_UNITS = _table()
PIECE = Unit(name="块", dimension=COUNT)
"""The 块 that counts medals; the one in the table is money."""
_PATTERN = re.compile(" ?(" + "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True)) + ")")


def unit_named(name: str) -> Unit:
    """Return the unit of that name.

    Raises:
        KeyError: no unit is called so.

    >>> unit_named("公里").factor
    Fraction(1000, 1)
    """
    return _UNITS[name]


def shown_unit(unit: Unit, amount: Fraction) -> Unit:
    """Return the unit that an amount is shown in; a measure word stays as it is.

    >>> shown_unit(unit_named("公里"), Fraction(1000)).name
    '米'
    >>> shown_unit(unit_named("个月"), Fraction(30)).name
    '年'
    """
    if unit.dimension == COUNT:
        return unit
    units = [_UNITS[name] for name in _SHOWN[unit.dimension].split()]
    return next((one for one in units if _in_halves(amount / one.factor)), units[-1])


def _in_halves(number: Fraction) -> bool:
    return abs(number) >= 1 and (2 * number).denominator == 1


def scan_unit(text: str, start: int = 0) -> tuple[Unit, int] | None:
    """Return the longest unit that begins at a place and where it ends, or None.

    >>> unit, end = scan_unit("13人次", 2)
    >>> unit.name, end
    ('人次', 4)
    """
    match = _PATTERN.match(text, start)
    return (_UNITS[match[1]], match.end()) if match else None


def same_unit(one: Unit, other: Unit) -> bool:
    """Return whether amounts in two units can be compared; symmetrical.

    >>> same_unit(unit_named("名"), unit_named("人"))
    True
    >>> same_unit(unit_named("人"), unit_named("人次"))
    False
    """
    if one.dimension != other.dimension:
        return False
    if one.dimension != COUNT or one.name == other.name:
        return True
    pair = {one.name, other.name}
    return any(pair <= group for group in _ALIKE) or ("个" in pair and not pair - {"个"} - _GENERAL)
