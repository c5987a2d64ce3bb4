"""Promises of numerals, quantities, dates, ranks and ranges: read whole and exactly, or not."""

from __future__ import annotations

from fractions import Fraction

import pytest

from evalkit.values.form import read_answer
from evalkit.values.datetimes import moments_agree, parse_moment
from evalkit.values.numerals import parse_number, scan_numeral
from evalkit.values.ordinals import parse_rank, parse_ratio
from evalkit.values.quantity_answers import parse_quantity
from evalkit.values.question import ask
from evalkit.values.ranges import split_range
from evalkit.values.units import unit_named

ANY = ask("有多少？")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("十", 10),
        ("一百一", 110),
        ("一百零一", 101),
        ("一百一十", 110),
        ("两百五", 250),
        ("五万二", 52000),
        ("一万零五", 10005),
        ("一亿三千万", 130_000_000),
        ("三万亿", 3 * 10**12),
        ("百万", 10**6),
        ("壹佰贰拾叁", 123),
        ("廿三", 23),
        ("二〇一九", 2019),
        ("1亿2000万", 120_000_000),
        ("12千", 12000),
        ("5万2", 52000),
        ("1万500", 10500),
        ("77 532", 77532),
        ("1,250,000.5", Fraction(2_500_001, 2)),
        ("三点一四", Fraction(157, 50)),
        ("零", 0),
    ],
)
def test_numerals(text: str, number: int | Fraction) -> None:
    """Numerals in every script and mixture are exact."""
    assert parse_number(text) == number


NO_NUMERALS = """
    八一 五一 三四十 三四百 万 百 几十 十四五 1,43 7,7532 三点 点五 3.5点五 三廿 万万 一二百
    三万五千万 十十 3四 一百多 二〇万
"""


@pytest.mark.parametrize("text", NO_NUMERALS.split())
def test_what_is_not_a_numeral(text: str) -> None:
    """Names, ranges and broken groups of digits are not numbers."""
    assert parse_number(text) is None


def test_scales_within_units_do_not_count() -> None:
    """The 千 of 千米 belongs to the unit."""
    numeral = scan_numeral("三十余千米")
    assert numeral
    assert (int(numeral.value), numeral.over, numeral.end) == (30, "余", 3)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("3个半小时", "3.5小时"),
        ("3个多月", "超过3个月"),
        ("2小时30分钟", "2.5小时"),
        ("3元5角", "3.5元"),
        ("半年", "6个月"),
        ("一公里半", "1500米"),
        ("两年半", "2.5年"),
        ("九成五", "95%"),
        ("千分之三", "0.3%"),
        ("万分之一", "0.01%"),
        ("翻了一番", "1倍"),
        ("仨", "3个"),
        ("零下五度", "-5度"),
        ("零上5度", "5度"),
        ("US$200", "200美元"),
        ("人民币约200万元", "约2000000元"),
        ("上万名", "至少10000名"),
        ("十来个", "约10个"),
        ("300+", "超过300"),
        ("过半", "超过50%"),
        ("不超过5%", "至多5%"),
        ("300亿元以上", "30000000000元以上"),
        ("20多年", "超过20年"),
        ("18个月", "1.5年"),
        ("两小时零五分", "125分钟"),
        ("3元5角2分", "3.52元"),
        ("三块五", "3.5元"),
        ("一米七五", "1.75米"),
        ("1米80", "1.8米"),
        ("时速120公里", "每小时120000米"),
    ],
)
def test_quantities(text: str, shown: str) -> None:
    """Quantities are shown in one form."""
    assert str(parse_quantity(read_answer(text).plain, ANY)) == shown


@pytest.mark.parametrize(
    "text",
    [
        "约300名以上",
        "人民币200万美元",
        "5米2",
        "3块5个",
        "1/0",
        "81路",
        "3峡",
        "百分之",
        "第八",
        "-",
        "约",
    ],
)
def test_what_is_not_a_quantity(text: str) -> None:
    """Contradictions, names and fragments are not quantities."""
    assert parse_quantity(text, ask("在哪里？")) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("二零一九年十一月八日", "2019年11月8日"),
        ("2019年11月8", "2019年11月8日"),
        ("nov. 8, 2019", "2019年11月8日"),
        ("2023年底", "2023年底"),
        ("2023年年底", "2023年底"),
        ("元月", "1月"),
        ("11月上旬", "11月上旬"),
        ("11月8日晚8点", "11月8日 20:00"),
        ("下午三点一刻", "15:15"),
        ("三点三刻", "上午或下午3:45"),
        ("晚上12点", "0:00"),
        ("12:30 am", "0:30"),
        ("中午12点", "12:00"),
        ("中午1点", "13:00"),
        ("08:05", "8:05"),
        ("8:05", "上午或下午8:05"),
        ("24时", "0:00"),
    ],
)
def test_dates_and_times(text: str, shown: str) -> None:
    """Dates and times are shown in one form, and only what is stated."""
    assert str(parse_moment(text)) == shown


@pytest.mark.parametrize(
    "text",
    ["", "13月5日", "11月32日", "25点", "3点61分", "20191345", "三天", "6.29", "2017", "年底8点"],
)
def test_what_is_not_a_date(text: str) -> None:
    """Impossible dates, durations and forms that may be numbers are not dates."""
    assert parse_moment(text) is None


def test_the_question_decides_morning_or_afternoon() -> None:
    """An hour without 上午 or 下午 is right only where the question has the word."""
    three, afternoon = parse_moment("3点"), parse_moment("下午3点")
    assert three
    assert afternoon
    assert moments_agree(three, afternoon, ask("下午几点开会？"))
    assert not moments_agree(three, afternoon, ask("几点开会？"))
    assert not moments_agree(three, afternoon, ask("上午几点开会？"))


def test_years_may_be_short_in_a_whole_date() -> None:
    """19年11月8日 is 2019年11月8日; a short year alone is none."""
    short, full = parse_moment("19年11月8日"), parse_moment("2019年11月8日")
    assert short
    assert full
    assert moments_agree(short, full, ANY)
    assert parse_moment("19年") is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("首届", "第1届"),
        ("no.1", "第1"),
        ("最后一名", "倒数第1名"),
        ("倒数第二位", "倒数第2位"),
        ("排名第三位", "第3位"),
        ("居末位", "倒数第1位"),
        ("首位发言", "None"),
        ("首富", "None"),
        ("第几", "None"),
        ("第十几", "None"),
        ("第三产业", "None"),
        ("三", "第3"),
        ("半", "None"),
    ],
)
def test_ranks(text: str, shown: str) -> None:
    """Ranks count from the front or the back; anything else there must be of the question."""
    assert str(parse_rank(text, ask("排名第几？"))) == shown


def test_ratios() -> None:
    """A score may be written with a dash, a ratio may not."""
    assert parse_ratio("2-1") is None
    assert parse_ratio("2-1", score=True) == (Fraction(2), Fraction(1))
    assert parse_ratio("2") is None


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("3-5万元", ("3万元", "5万元")),
        ("11月19日至23", ("11月19日", "23日")),
        ("从十九日到二十三日", ("十九日", "二十三日")),
        ("-5~3°c", ("-5°c", "3°c")),
    ],
)
def test_each_end_of_a_range_is_completed(text: str, ends: tuple[str, str]) -> None:
    """What one end leaves out is tried from the other."""
    assert ends in list(split_range(text))


def test_falling_is_not_rising() -> None:
    """由3减少到5 is not a range unless the question asks for a fall."""
    assert not list(split_range("由3项减少到5项", "由多少项增加到多少项？"))
    assert list(split_range("由5项减少到3项", "由多少项减少到多少项？"))


def test_a_question_is_read_for_what_it_fixes() -> None:
    """Unit, scale, marker, order and dates are read from the question."""
    slot = ask("每月不少于几万元？").slots[0]
    assert (slot.unit, slot.scale, str(slot.bound)) == (unit_named("元"), Fraction(10**4), "至少")
    assert ask("2019年11月8日有几人？").dates == {("year", 2019), ("month", 11), ("day", 8)}
    assert ask("收集多少个，办结多少个？").fixes_order
    assert ask("百分之几？").slots[0].unit == unit_named("%")
