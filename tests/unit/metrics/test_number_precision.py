"""Promises of the number metrics: right figures count, wrong ones are listed with their places."""

from __future__ import annotations

import time

import pytest

from evalkit.metrics.number_precision import NumberPrecision, NumberRecall
from evalkit.records import Case
from evalkit.values.mentions import find_numbers


def texts(text: str) -> list[str]:
    """Return the numbers that are found, as they are written there."""
    return [number.text for number in find_numbers(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("增长６０．１８％，共七十七名", ["６０．１８％", "七十七名"]),
        ("2019年11月8日晚，13名创客", ["2019年", "11月", "8日", "13名"]),
        ("11月19日至23日，3-5天，-5℃", ["11月", "19日", "23日", "3", "5天", "-5℃"]),
        ("安排残疾人就业300多人次，近1.2万本，4家以上", ["300多人次", "1.2万本", "4家以上"]),
        ("占三分之二，百分之五，第二次，第一", ["三分之二", "百分之五", "第二次", "第一"]),
        ("一个、一系列、统一、一带一路、十堰、八一路、五一、第一书记、十分、三峡", []),
        ("5G工厂、1+5+N模式、A4纸、十四五规划、二十大、半导体", []),
        ("一名返乡青年办了两件事，一公里，半年，一半", ["两件", "一公里", "半年", "一半"]),
        ("81号、13月", ["81号", "13"]),
        ("三百多，百余，十几，几十，两万，二十", ["三百多", "百余", "十几", "两万"]),
        ("几十家、数十万元、一二十人、六七千人、三四个、十七八岁、两三百", []),
        ("列第1，第 2次，第三季度，四季度", ["第1", "第 2次", "第三季", "四季"]),
        ("近百项，超千万元，通过百姓评议，附近百家餐馆", ["百项", "千万元"]),
        ("上午九点，8时30分，三点半，三点发力，三点一线", ["九点", "8时", "30分", "三点", "半"]),
        ("唯一一家，同一天，一个半小时", ["一个半小时"]),
    ],
)
def test_what_is_a_number(text: str, expected: list[str]) -> None:
    """Figures, units, shares, ranks and dates are numbers; numerals inside names are not."""
    assert texts(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "1. 清理{}\n2. 公开{}\n3. 回访{}",
        "1、清理{}\n2、公开{}\n3、回访{}",
        "- **1.** 清理{}\n- **2)** 公开{}",
        "（1）清理{}；（2）公开{}",
        "①清理{}；②公开{}",
        "⒈清理{}⒉公开{}",
        "主要有：1. 清理{} 2. 公开{}",
        "第一，清理{}。第二，公开{}",
        "一、清理{}\n二、公开{}",
        "05：清理{}",
    ],
)
def test_marks_of_a_list_are_not_numbers(text: str) -> None:
    """The marks of a list's items are not numbers of the text; what follows them is."""
    assert texts(text.replace("{}", "")) == []
    assert texts(text.replace("{}", "45项")) == ["45项"] * text.count("{}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.5亿元", ["1.5亿元"]),
        ("1.2019年启动\n2、2020年验收", ["2019年", "2020年"]),
        ("1、2、3号楼", ["1", "2", "3号"]),
        ("3:2获胜", ["3", "2"]),
        ("得分第一，列第2。", ["第一", "第2"]),
        ("增长了3。5人", ["3", "5人"]),
    ],
)
def test_a_number_at_the_beginning_is_not_a_mark(text: str, expected: list[str]) -> None:
    """A decimal, a score, an enumeration and a rank are numbers wherever they are."""
    assert texts(text) == expected


@pytest.mark.slow
@pytest.mark.parametrize("length", [5_000, 20_000])
@pytest.mark.parametrize("piece", ["3-5", "三至", " \n", "。1、", "近百"])
def test_no_text_takes_long(piece: str, length: int) -> None:
    """A text that repeats itself, as a model may, is read in the time that others take."""
    start = time.process_time()
    find_numbers(piece * (length // len(piece)))
    assert time.process_time() - start < 2


def test_wrong_numbers_are_listed_with_their_places() -> None:
    """A figure that the article lacks is listed as written, in canonical form, with its place."""
    article = "襄阳保留45项，减少了60.18％；有12000本书、七十七名创客，2019年11月8日。"
    summary = "襄阳于11月8日说：减少60.81%，保留45项，1.2万本，77人，8名。"
    score = NumberPrecision().score(
        Case(id="1", prediction=summary, references=(), article=article)
    )
    assert score.value == pytest.approx(1 - 2 / 7)
    assert score.compared["not in the article"] == [
        {"text": "60.81%", "value": "60.81%", "start": 12, "end": 18},
        {"text": "8名", "value": "8名", "start": 35, "end": 37},
    ]


@pytest.mark.parametrize(
    ("said", "stated", "value"),
    [
        ("60.18%", "60.18个百分点", 0.0),
        ("200万元", "200万美元", 0.0),
        ("第二次", "2次", 0.0),
        ("第3名", "共有3名选手", 0.0),
        ("3名", "第三名", 0.0),
        ("第2次会议，获第1", "第二次会议，获第一", 1.0),
        ("第三季度", "3季度", 1.0),
        ("第三季度", "前三季度", 0.0),
        ("1500米", "1.5公里", 1.0),
        ("300人次", "300多人次", 1.0),
        ("455", "455个", 1.0),
        ("11月", "11日", 0.0),
    ],
)
def test_units_must_agree(said: str, stated: str, value: float) -> None:
    """A number is stated where amount and kind agree; what is said around it is not compared."""
    case = Case(id="1", prediction=said, references=(), article=stated)
    assert NumberPrecision().score(case).value == value


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *[(f"1{unit}", f"一{unit}") for unit in ("年", "名", "个", "项", "小时")],
        ("100项", "近百项"),
        ("100家", "上百家"),
        ("9点", "九点"),
        ("9点50分", "九点五十分"),
        ("8:30", "八点半"),
        ("3-5年", "三至五年"),
        ("3年到5年", "三至五年"),
        ("3-5万元", "三万到五万元"),
        ("5000-1万元", "五千元至一万元"),
        ("11-12月", "十一至十二月"),
        ("1.5小时", "一个半小时"),
        ("2.5个月", "两个半月"),
        ("1家", "唯一一家"),
    ],
)
def test_written_otherwise_it_is_the_same_number(one: str, other: str) -> None:
    """Arabic or Chinese, as a range or with 半: a number is stated whichever way it is written."""
    for said, stated in ((one, other), (other, one)):
        case = Case(id="1", prediction=said, references=(), article=stated)
        assert NumberPrecision().score(case).compared["not in the article"] == []


@pytest.mark.parametrize(
    ("said", "stated"),
    [
        ("10家", "几十家"),
        ("20人", "一二十人"),
        ("7000人", "六七千人"),
        ("10万", "数十万"),
        ("4个", "三四个"),
        ("200项", "近百项"),
        ("5万元", "3-5元"),
        ("30000元", "3-5元"),
    ],
)
def test_no_part_of_a_numeral_is_a_number(said: str, stated: str) -> None:
    """The end of a numeral that leaves the amount open states nothing."""
    case = Case(id="1", prediction=said, references=(), article=stated)
    assert NumberPrecision().score(case).value == 0.0


def test_what_may_be_a_number_supports_but_is_not_counted() -> None:
    """一名 in a summary claims nothing, but it keeps the 1名 of a reference."""
    case = Case(id="1", prediction="一名教师", references=("1名教师",), article="教师")
    assert NumberPrecision().score(case).compared["numbers"] == []
    assert NumberRecall().score(case).value == 1.0


def test_places_count_in_the_given_text() -> None:
    """Places are those of the text as it was given, whatever folding makes of it."""
    text = "ﬁ…：\u200b７７萬，㎡"
    assert [(n.start, n.end, n.text, str(n)) for n in find_numbers(text)] == [
        (4, 7, "７７萬", "770000")
    ]


def test_recall_is_of_the_best_reference() -> None:
    """Recall is the share of a reference's numbers that are kept; the best reference counts."""
    references = ("共13名，60%，2019年。", "13名与93名。", "没有数字。")
    score = NumberRecall().score(Case(id="1", prediction="有十三人。", references=references))
    assert score.value == 0.5
    assert [row["text"] for row in score.compared["not kept"]] == ["93名"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("prediction", "value"), [("襄阳。", None), ("抱歉，我无法总结。", None), ("", 0.0)]
)
def test_without_numbers(prediction: str, value: float | None) -> None:
    """Without numbers there is nothing to score, a refusal included; an empty summary earns 0."""
    case = Case(id="1", prediction=prediction, references=("襄阳。",), article="襄阳。")
    assert NumberPrecision().score(case).value == value
    assert NumberRecall().score(case).value == value
    assert NumberPrecision().score(case).rule == ("" if value == 0 else "nothing to score")


def test_a_summary_without_numbers_keeps_none_of_a_reference() -> None:
    """Recall has a value wherever a reference states a number."""
    case = Case(id="1", prediction="襄阳。", references=("13名。", "襄阳。"), article="襄阳。")
    assert NumberRecall().score(case).value == 0.0


def test_what_is_needed_must_be_there() -> None:
    """Without article or references there is no number, but an error that says so."""
    case = Case(id="x7", prediction="13名", references=())
    with pytest.raises(ValueError, match="x7: number_precision needs the article"):
        NumberPrecision().score(case)
    with pytest.raises(ValueError, match="x7: number_recall needs at least one reference"):
        NumberRecall().score(case)
    assert NumberPrecision().signature == "number_precision|v4"
    assert NumberRecall().signature == "number_recall|refs:max|v4"
