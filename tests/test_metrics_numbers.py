"""Promises of the number metrics: right figures count, wrong ones are listed with their places."""

from __future__ import annotations

import pytest

from evalkit.metrics.numbers import NumberPrecision, NumberRecall
from evalkit.records import Case
from evalkit.text.running import find_numbers


def texts(text: str) -> list[str]:
    """Return the numbers that are found, as they stand there."""
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
    ],
)
def test_what_is_a_number(text: str, expected: list[str]) -> None:
    """Figures, units, shares, ranks and dates are numbers; numerals inside names are not."""
    assert texts(text) == expected


def test_wrong_numbers_are_listed_with_their_places() -> None:
    """A figure that the article lacks is listed as it stands, in canonical form, with its place."""
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


@pytest.mark.parametrize(("prediction", "value"), [("襄阳。", 1.0), ("", 0.0)])
def test_without_numbers(prediction: str, value: float) -> None:
    """A summary without numbers has none wrong; an empty summary earns nothing."""
    case = Case(id="1", prediction=prediction, references=("襄阳。",), article="襄阳。")
    assert NumberPrecision().score(case).value == value
    assert NumberRecall().score(case).value == value


def test_what_is_needed_must_be_there() -> None:
    """Without article or references there is no number, but an error that says so."""
    case = Case(id="x7", prediction="13名", references=())
    with pytest.raises(ValueError, match="x7: number_precision needs the article"):
        NumberPrecision().score(case)
    with pytest.raises(ValueError, match="x7: number_recall needs reference"):
        NumberRecall().score(case)
    assert NumberPrecision().signature.startswith("number_precision|")
    assert NumberRecall().signature.startswith("number_recall|")
