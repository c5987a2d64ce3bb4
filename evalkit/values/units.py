"""Units and measure words: which are the same, and how one turns into another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from evalkit.values.lexer import Words
from evalkit.values.lexicon import CURRENCIES

if TYPE_CHECKING:
    from collections.abc import Iterator

COUNT = "count"
_UNKNOWN = "unknown"
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

    @property
    def unknown(self) -> bool:
        """Whether the table lacks it."""
        return self.dimension.startswith(_UNKNOWN)

    # Most factors are 1, and fractions are slow to multiply.
    def in_base(self, amount: Fraction) -> Fraction:
        """Return so many of it in base units of its dimension."""
        return amount if self.factor == 1 else amount * self.factor

    def count_in(self, amount: Fraction) -> Fraction:
        """Return how many of it an amount in base units is."""
        return amount if self.factor == 1 else amount / self.factor


# dimension: names that mean the same, and how many of the base unit they are. Symbols are in lower
# case, as folded text is; `form` spells out those that only their case tells apart (mW, MW).
_MEASURES = {
    "length": {
        "纳米 nm": "1/1000000000",
        "微米 μm um": "1/1000000",
        "毫米 mm": "1/1000",
        "厘米 公分 cm": "1/100",
        "分米 dm": "1/10",
        "米 公尺 m": "1",
        "公里 千米 km": "1000",
        "里 华里 里路": "500",
        "丈": "10/3",
        "尺": "1/3",
        "寸": "1/30",
        "海里 nmi": "1852",
        "英里 mi": "1609344/1000",
        "英尺 ft": "3048/10000",
        "英寸": "254/10000",
    },
    "mass": {
        "微克 μg ug mcg": "1/1000000",
        "毫克 mg": "1/1000",
        "克 g": "1",
        "两": "50",
        "斤 市斤": "500",
        "公斤 千克 kg": "1000",
        "担": "50000",
        "吨 公吨 t": "1000000",
    },
    "area": {
        "平方毫米 mm2": "1/1000000",
        "平方厘米 cm2": "1/10000",
        "平方米 平米 平 平方 m2": "1",
        "亩": "2000/3",
        "公顷 ha hm2": "10000",
        "平方公里 平方千米 km2": "1000000",
    },
    "volume": {
        "毫升 ml cc": "1/1000",
        "升 公升 l": "1",
        "立方米 立方 m3": "1000",
        "立方厘米 cm3": "1/1000",
        "立方公里 立方千米 km3": "1000000000000",
    },
    "time": {
        "毫秒 ms": "1/1000",
        "秒 秒钟 s sec": "1",
        "分钟 分 min mins": "60",
        "刻钟": "900",
        "小时 个小时 钟头 个钟头 h hr hrs": "3600",
        "天 日": "86400",
        "周 星期 个星期 礼拜 个礼拜": "604800",
    },
    "months": {"个月": "1", "个季度": "3", "年 周年": "12", "个世纪": "1200"},
    "age": {"岁 周岁": "1"},
    MONEY: {
        "元 块 块钱 圆 rmb cny 元人民币 人民币 人民币元 元整 圆整 元正 圆正 元钱 元(人民币)": "1",
        "角 毛": "1/10",
        "分": "1/100",
    },
    "celsius": {"°c 摄氏度 度 度c 摄氏": "1"},
    "fahrenheit": {"°f 华氏度": "1"},
    SHARE: {"% percent pct": "1/100", "‰": "1/1000", "成": "1/10"},
    "points": {"个百分点 百分点": "1"},
    "times": {"倍": "1"},
    "power": {
        "毫瓦": "1/1000",
        "瓦 瓦特 w": "1",
        "千瓦 kw": "1000",
        "兆瓦 mw": "1000000",
        "吉瓦 gw": "1000000000",
    },
    "energy": {
        "瓦时 wh": "1/1000",
        "千瓦时 kwh 度电": "1",
        "兆瓦时 mwh": "1000",
        "吉瓦时 gwh": "1000000",
    },
    "heat": {
        "卡 cal 卡路里": "1",
        "千卡 kcal 大卡": "1000",
        "焦 焦耳 j": "1000/4184",
        "千焦 kj": "1000000/4184",
    },
    "data": {
        "b 字节": "1/1048576",
        "kb": "1/1024",
        "mb 兆": "1",
        "gb g 吉字节": "1024",
        "tb": "1048576",
    },
    "frequency": {
        "赫兹 赫 hz": "1",
        "千赫 千赫兹 khz": "1000",
        "兆赫 兆赫兹 mhz": "1000000",
        "吉赫 吉赫兹 ghz": "1000000000",
    },
    "voltage": {"伏 伏特 v": "1", "千伏 kv": "1000"},
    "current": {"毫安 ma": "1/1000", "安培": "1"},
    "charge": {"毫安时 毫安小时 mah": "1/1000", "安时 ah": "1"},
    "pressure": {"帕 帕斯卡 pa": "1", "百帕 hpa": "100", "千帕 kpa": "1000", "兆帕 mpa": "1000000"},
    "sound": {"分贝 db": "1"},
    "visits": {"人次": "1"},
}
_MEASURES |= {code: {words: "1"} for code, words in CURRENCIES.items() if code != MONEY}
# The units that amounts are shown in, the largest first.
_SHOWN = {dimension: next(iter(names)).split()[0] for dimension, names in _MEASURES.items()}
_SHOWN |= {"length": "米", "mass": "公斤", "area": "平方米", "volume": "升"}
_SHOWN |= {"time": "天 小时 分钟 秒", "months": "年 个月", "celsius": "度", "data": "mb"}
_SHOWN |= {"power": "瓦", "energy": "千瓦时", "heat": "千卡", "frequency": "赫兹"}
_COUNTED = """
    个 名 位 人 口 家 项 条 种 类 件 座 所 处 栋 幢 套 间 户 本 册 部 辆 台 架 艘 只 头 匹 棵 株 张
    份 篇 封 支 枝 把 根 片 颗 粒 瓶 盒 箱 袋 桶 杯 场 场次 次 届 期 回 轮 班 批 批次 组 对 双 队 门
    节 课 章 道 题 句 字 词 页 行 列 层 楼 级 星 车次 班次 户次 分 票 枚 幅 首 集 季 款 例 起 宗 桩
    笔 单 站 段 村 代 大 方面 顶 面 号 年级 年代 尊 盏 尾 圈 声 桌 床 趟 碗 学时 课时 副 幕
    垛 滴 股 排 串 拨
"""
# Measure words that people exchange when they count the same things.
_ALIKE_WORDS = """
    名 位 人 口 / 项 条 件 / 座 处 所 / 座 站 / 种 类 款 / 大 项 / 大 条 / 家 所 户 / 本 册
    辆 台 部 / 台 架 / 栋 幢 座 / 棵 株 / 张 幅 / 起 件 例 宗 桩 / 次 回 届 / 场 场次
    支 队 / 道 题 / 篇 件 / 只 头 / 枚 块
"""
_ALIKE = [frozenset(group.split()) for group in re.split(r"/|\n", _ALIKE_WORDS)]
# What 个 stands in for.
_GENERAL_WORDS = """
    名 位 人 家 项 条 种 类 件 座 所 处 款 支 例 起 宗 桩 大 门 道 题 站 枚 块 组 方面
"""
_GENERAL = frozenset(_GENERAL_WORDS.split())


def _table() -> dict[str, tuple[Unit, ...]]:
    table: dict[str, tuple[Unit, ...]] = {}
    for dimension, names in _MEASURES.items():
        for group, factor in names.items():
            for name in group.split():
                unit = Unit(name=name, dimension=dimension, factor=Fraction(factor))
                table[name] = (*table.get(name, ()), unit)
    for name in _COUNTED.split():
        counted = Unit(name=name, dimension=COUNT)
        table[name] = (counted, *table.get(name, ()))
    table["块"] = (
        *table["块"],
        Unit(name="块", dimension=COUNT),
    )  # of medals; far more often money
    return table


_UNITS = _table()
_WORDS = Words(_UNITS)


def unit_named(name: str) -> Unit:
    """Return the unit that a name most often means.

    Raises:
        KeyError: no unit is called so.

    >>> unit_named("公里").factor
    Fraction(1000, 1)
    """
    return _UNITS[name][0]


def shown_unit(unit: Unit, amount: Fraction) -> Unit:
    """Return the unit that an amount is shown in; a measure word stays as it is.

    >>> shown_unit(unit_named("公里"), Fraction(1000)).name
    '米'
    >>> shown_unit(unit_named("个月"), Fraction(30)).name
    '年'
    """
    if unit.dimension not in _SHOWN:
        return unit
    units = [unit_named(name) for name in _SHOWN[unit.dimension].split()]
    return next((one for one in units if _in_halves(one.count_in(amount))), units[-1])


def _in_halves(number: Fraction) -> bool:
    return number.denominator <= 2 and abs(number) >= 1  # noqa: PLR2004 - halves


def scan_units(text: str, start: int = 0) -> Iterator[tuple[Unit, int]]:
    """Yield every unit that begins at a place and where it ends: longest and likeliest first.

    A space may stand before it. No symbol is part of a longer Latin word.

    >>> [(unit.dimension, end) for unit, end in scan_units("9分钟", 1)]
    [('time', 3), ('count', 2), ('time', 2), ('cny', 2)]
    """
    at = start + (text[start : start + 1] == " ")
    for units, end in _WORDS.starting(text, at):
        if not (
            text[end - 1].isascii()
            and text[end : end + 1].isascii()
            and text[end : end + 1].isalpha()
        ):
            for unit in units:
                yield unit, end


def unknown_unit(name: str) -> Unit:
    """Return a unit that the table lacks: it is the same only as one of the same name."""
    return Unit(name=name, dimension=f"{_UNKNOWN} {name}")


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
    return _count_alike(one.name, other.name)


@lru_cache(maxsize=1024)
def _count_alike(one: str, other: str) -> bool:
    pair = {one, other}
    return any(pair <= group for group in _ALIKE) or ("个" in pair and not pair - {"个"} - _GENERAL)
