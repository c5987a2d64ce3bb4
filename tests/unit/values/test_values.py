"""Promises of numerals, quantities, dates, ranks and ranges: read whole and exactly, or not."""

from __future__ import annotations

from fractions import Fraction

import pytest

from evalkit.values.equality import equal
from evalkit.values.form import read_answer
from evalkit.values.grammar import values
from evalkit.values.moments import moments
from evalkit.values.numerals import parse_number, scan_numeral
from evalkit.values.quantities import quantities
from evalkit.values.question import ask
from evalkit.values.reading import read_values
from evalkit.values.units import unit_named
from evalkit.values.value import Range

ANY = ask("有多少？")


def complete(text: str) -> list[str]:
    """Return all readings of a whole text as a value, in canonical form."""
    plain = read_answer(text).plain
    return [str(value) for value, end in values(plain) if end == len(plain)]


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
    八一 五一 三四十 三四百 万 百 几十 十四五 25百 1,43 7,7532 三点 点五 3.5点五 三廿 万万 一二百
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
        ("翻了一番", "增长1倍"),
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
    assert shown in complete(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("100w元", "1000000元"),
        ("1.5w", "15000"),
        ("30k", "30000"),
        ("1.2e4吨", "12000000公斤"),
        ("1.2×10^4", "12000"),
        ("500g", "0.5公斤"),
        ("10μm", "0.00001米"),
        ("3GWh", "3000000千瓦时"),
        ("5兆瓦", "5000000瓦"),
        ("5mW", "0.005瓦"),
        ("伍仟元整", "5000元"),
        ("人民币（大写）伍仟元整", "5000元"),
        ("100元新台币", "100新台币"),
        ("韩币5万元", "50000韩元"),
        ("2.5元/斤", "每斤2.5元"),
        ("每公斤5元", "每公斤5元"),
        ("5元一斤", "每斤5元"),
        ("9秒83", "9.83秒"),
        ("1分58秒20", "118.2秒"),
        ("几十家", "数10家"),
        ("数万元", "数10000元"),
        ("十几个", "超过10个"),
        ("下降了3.2%", "下降3.2%"),
        ("增至30平方米", "增长至30平方米"),
        ("100周年", "100年"),
        ("百分之34.7%", "34.7%"),
    ],
)
def test_forms_that_models_write(text: str, shown: str) -> None:
    """Symbols, currencies, rates, shorthand and directions are read."""
    assert shown in complete(text)


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("100W", {"100瓦", "1000000"}),
        ("八月十五", {"8月15日", "农历8月15日"}),
        ("2-1", {"2月1日", "2至1", "2:1"}),
        ("3分", {"3分", "3分钟", "0.03元"}),
    ],
)
def test_all_readings_are_kept(text: str, readings: set[str]) -> None:
    """Where a text can be read in several ways, every way is a reading."""
    assert set(complete(text)) == readings


@pytest.mark.parametrize(
    "text",
    ["约300名以上", "人民币200万美元", "1/0", "81路", "3峡", "百分之", "25百", "-", "约"],
)
def test_what_is_not_a_quantity(text: str) -> None:
    """Contradictions, names and fragments are not quantities."""
    plain = read_answer(text).plain
    assert [end for _, end in quantities(plain) if end == len(plain)] == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("二零一九年十一月八日", "2019年11月8日"),
        ("2019年11月8", "2019年11月8日"),
        ("nov. 8, 2019", "2019年11月8日"),
        ("20 March 2025", "2025年3月20日"),
        ("20/03/2025", "2025年3月20日"),
        ("2023Q3", "2023年第3季度"),
        ("2023年底", "2023年底"),
        ("2023年年底", "2023年底"),
        ("元月", "1月"),
        ("11月上旬", "11月上旬"),
        ("11月8日晚8点", "11月8日 20:00"),
        ("下午三点一刻", "15:15"),
        ("九点五十分", "上午或下午9:50"),
        ("三点三刻", "上午或下午3:45"),
        ("晚上12点", "0:00"),
        ("12:30 am", "0:30"),
        ("中午12点", "12:00"),
        ("中午1点", "13:00"),
        ("08:05", "8:05"),
        ("24时", "0:00"),
        ("凌晨2时许", "约2:00"),
        ("大约上午9点", "约9:00"),
        ("民国38年", "1949年"),
        ("民国元年", "1912年"),
        ("西元前221年", "公元前221年"),
        ("上世纪80年代", "20世纪80年代"),
        ("1980年代", "20世纪80年代"),
        ("正月初一", "农历1月1日"),
        ("农历腊月二十三", "农历12月23日"),
        ("2019年4月1日（星期一）", "2019年4月1日"),
        ("礼拜天", "周日"),
    ],
)
def test_dates_and_times(text: str, shown: str) -> None:
    """Dates and times are shown in one form, and only what is stated."""
    plain = read_answer(text).plain
    assert shown in [str(value) for value, end in moments(plain) if end == len(plain)]


@pytest.mark.parametrize(
    "text", ["13月5日", "11月32日", "25点", "3点61分", "20191345", "三天", "2017", "前三季度"]
)
def test_what_is_not_a_date(text: str) -> None:
    """Impossible dates, durations and bare numbers are not dates."""
    assert [end for _, end in moments(text) if end == len(text)] == []


def same(one: str, other: str, question: str) -> bool:
    """Return whether some reading of one answer equals some reading of another."""
    asked = ask(question)
    readings = [read_values(read_answer(text).plain, asked) for text in (one, other)]
    return any(equal(a.value, b.value, asked) for a in readings[0] for b in readings[1])


def test_the_question_decides_morning_or_afternoon() -> None:
    """An hour without 上午 or 下午 is right only where the question has the word."""
    assert same("3点", "下午3点", "下午几点开会？")
    assert not same("3点", "下午3点", "几点开会？")
    assert not same("3点", "下午3点", "上午几点开会？")
    assert same("10:00", "上午10点", "几点开会？")
    assert not same("8:00", "晚上8点", "几点开会？")


def test_years_may_be_short_in_a_whole_date() -> None:
    """19年11月8日 is 2019年11月8日; a short year alone is none."""
    assert same("19年11月8日", "2019年11月8日", "哪一天？")
    assert not same("17", "2017年", "哪一年？")
    assert same("2017", "2017年", "哪一年？")


@pytest.mark.parametrize(
    ("one", "other", "question", "agree"),
    [
        ("下降3.2%", "-3.2%", "净利润同比增速是多少？", True),
        ("3.2%", "-3.2%", "净利润同比增速是多少？", False),
        ("下降10%", "10%", "价格下降了多少？", True),
        ("上涨10%", "10%", "价格下降了多少？", False),
        ("下降到10%", "10%", "价格下降了多少？", False),
        ("增长25%", "25%", "占比是多少？", False),
        ("增至30公顷", "30公顷", "面积增至多少？", True),
        ("增加30公顷", "30公顷", "面积增至多少？", False),
    ],
)
def test_the_direction_of_a_change_is_compared(
    one: str, other: str, question: str, *, agree: bool
) -> None:
    """Whether a figure rises, falls or is reached is part of the answer."""
    assert same(one, other, question) is agree


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("首届", "第1届"),
        ("no.1", "第1"),
        ("最后一名", "倒数第1名"),
        ("倒数第二位", "倒数第2位"),
        ("排名第三位", "第3位"),
        ("居末位", "倒数第1位"),
    ],
)
def test_ranks(text: str, shown: str) -> None:
    """Ranks count from the front or the back."""
    assert shown in complete(text)


@pytest.mark.parametrize("text", ["首位发言", "首富", "第几", "第十几", "第三产业", "半"])
def test_what_is_not_a_rank(text: str) -> None:
    """What stands behind a rank must be its unit, or of the question."""
    assert not any(shown.startswith("第") for shown in complete(text))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("3-5万元", "30000元至50000元"),
        ("11月19日至23", "11月19日至11月23日"),
        ("从十九日到二十三日", "19日至23日"),
        ("-5~3°c", "-5度至3度"),
        ("三四天", "3天至4天"),
        ("十七八万人", "170000人至180000人"),
        ("10%到15%之间", "10%至15%"),
        ("上午9点至11点半", "9:00至11:30"),
        ("1998-2003", "1998年至2003年"),
    ],
)
def test_each_end_of_a_range_is_completed(text: str, shown: str) -> None:
    """What one end leaves out is taken from the other."""
    plain = read_answer(text).plain
    found = [value for value, end in values(plain) if end == len(plain)]
    assert shown in [str(value).replace("增长", "") for value in found]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1998-2003年担任校长", "1998年至2003年"),
        ("1998-2003任校长", "1998年至2003年"),
        ("二〇〇一至二〇〇五年建设", "2001年至2005年"),
        ("3-5月施工", "3月至5月"),
        ("上午8-10点开放", "8:00至10:00"),
    ],
)
def test_a_range_of_dates_ends_inside_a_sentence(text: str, shown: str) -> None:
    """The mark behind its high end is that of both, whatever the sentence says behind it."""
    longest = max((end for _, end in values(text)), default=0)
    assert shown in [str(value) for value, end in values(text) if end == longest]


def test_a_word_before_a_year_is_no_year() -> None:
    """The 上 of 实际上到2023年 begins no range from last year."""
    assert not any(isinstance(value, Range) for value, _ in values("上到2023年9月底才完工"))


def test_falling_is_not_rising() -> None:
    """由3减少到5 is not a range of 由3增加到5."""
    question = "由多少项变为多少项？"
    assert not same("由3项减少到5项", "由3项增加到5项", question)
    assert same("由5项减少到3项", "5项到3项", question)


def test_a_question_is_read_for_what_it_fixes() -> None:
    """Unit, scale, qualifier, order and dates are read from the question."""
    slot = ask("每月不少于几万元？").slots[0]
    assert (slot.unit, slot.scale, str(slot.qualifier)) == (
        unit_named("元"),
        Fraction(10**4),
        "至少",
    )
    assert ask("2019年11月8日有几人？").dates == {("year", 2019), ("month", 11), ("day", 8)}
    assert ask("收集多少个，办结多少个？").fixes_order
    assert ask("百分之几？").slots[0].unit == unit_named("%")


def test_codes_are_never_read_as_numbers() -> None:
    """A telephone number, a version or a postcode is no quantity."""
    assert read_values("1.2345万", ask("服务热线是多少？")) == ()
    assert read_values("3.1", ask("软件的版本号是多少？")) == ()
