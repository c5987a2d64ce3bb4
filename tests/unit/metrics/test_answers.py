"""Promises of the answer metrics: form never matters, what is said does."""

from __future__ import annotations

import json
import time
from typing import Any, get_args

import pytest

from evalkit.metrics import metric
from evalkit.metrics.answers import ExactMatch, StrictMatch, TokenF1
from evalkit.metrics.decisions import Rule
from evalkit.records import Case, Score
from evalkit.values.name_words import SHORTENED
from tests.support.paths import GOLDEN


def read_rows(name: str) -> list[dict[str, Any]]:
    """Return the rows of a golden file, without its head."""
    lines = (GOLDEN / name).read_text(encoding="utf-8").splitlines()
    return [row for row in map(json.loads, lines) if "_meta" not in row]


FORMS = read_rows("answer_forms.jsonl")


def em(prediction: str, *references: str, question: str = "", **known: Any) -> Score:  # noqa: ANN401 - the fields of Case
    """Return the exact match of one prediction."""
    case = Case(id="1", prediction=prediction, references=references, question=question, **known)
    return ExactMatch().score(case)


def test_numbered_words_of_sequence_are_an_answer_like_others() -> None:
    """Numbered lines that name nothing but their order are scored, though no item is left."""
    assert em("1.首先\n2.其次", "1.其次\n2.首先", question="有哪些步骤？").value == 0.0


def test_precision_and_recall_on_labelled_pairs() -> None:
    """On the pairs labelled by hand a match is right in 98 of 100, and 90 of 100 are found."""
    matched, misses = {True: 0, False: 0}, []
    wanted = 0
    for row in read_rows("answers.jsonl"):
        if row.get("debatable"):
            continue
        score = em(row["prediction"], *row["gold"], question=row["question"])
        wanted += row["should_match"]
        if score.value:
            matched[row["should_match"]] += 1
        if bool(score.value) != row["should_match"]:
            misses.append((row["id"], row["prediction"], score.rule, score.compared))
    print(*misses, sep="\n")  # noqa: T201 - shown where the test fails
    assert matched[True] / sum(matched.values()) >= 0.98
    assert matched[True] / wanted >= 0.90


@pytest.mark.parametrize("row", FORMS, ids=lambda row: row["question"])
def test_same_answers_in_other_forms(row: dict[str, Any]) -> None:
    """Every listed form of an answer matches it, and every other answer does not."""
    said = {
        text: em(text, *row["references"], question=row["question"], type=row.get("type")).value
        for text in row["same"] + row["other"]
    }
    assert [text for text in row["same"] if not said[text]] == []
    assert [text for text in row["other"] if said[text]] == []


@pytest.mark.parametrize(
    ("rule", "prediction", "reference", "question"),
    [
        ("strict", "襄阳 ", "襄阳", "在哪里？"),
        ("normalised", "襄陽。", "襄阳", "在哪里？"),
        ("abstention", "文章没有说明", "文中未提及", "预算多少？"),
        ("yesno", "是的", "是", "是否参加？"),
        ("date", "2019-11-08", "2019年11月8日", "哪一天？"),
        ("time", "15:00", "下午3点", "几点开始？"),
        ("range", "3至5天", "3-5天", "几天到？"),
        ("ratio", "二比一", "2:1", "比分是多少？"),
        ("ordinal", "首位", "第一", "排名第几？"),
        ("number", "5万2千户", "5.2万户", "多少户？"),
        ("name", "陕西", "陕西省", "来自哪个省？"),
        ("list", "河南、陕西", "陕西、河南", "哪两个省？"),
    ],
)
def test_each_rule_says_that_it_decided(
    rule: str, prediction: str, reference: str, question: str
) -> None:
    """Each rule decides a case of its own, is named in the score, and shows both sides."""
    score = em(prediction, reference, question=question)
    assert (score.value, score.rule) == (1.0, rule)
    assert rule in get_args(Rule)
    assert score.compared.keys() == {"prediction", "reference"}


def test_no_rule_means_no_match() -> None:
    """What no rule can read does not match, and says so."""
    score = em("荆州", "襄阳", question="在哪里？")
    assert (score.value, score.rule) == (0.0, "none")


def test_a_contradiction_is_shown() -> None:
    """A rule that decides against a match shows both values, of the first reference it can read."""
    score = em("26万余人次", "很多", "26000余人次", question="走访群众多少人次？")
    assert (score.value, score.rule) == (0.0, "number")
    assert score.compared == {"prediction": "超过260000人次", "reference": "超过26000人次"}


@pytest.mark.parametrize(
    "prediction",
    ["不是作者奥威尔", "作者没有结婚", "记者没有受伤", "材料没有备齐", "资料不全", "新闻不属实"],
)
def test_what_tells_of_the_world_is_no_abstention(prediction: str) -> None:
    """What is denied of the author, or lacks in the world, is not what the text does not tell."""
    assert em(prediction, "文中未提及", question="小说的主人公怎么了？").value == 0.0


@pytest.mark.parametrize(
    "prediction",
    ["作者没有透露", "材料中没有此人的姓名", "资料没有说明", "没有相关资料", "N/A（原文没有给出）"],
)
def test_tellers_and_materials_may_not_tell(prediction: str) -> None:
    """An author or a material that is said not to tell is as good as the text."""
    assert em(prediction, "文中未提及", question="小说的主人公怎么了？").value == 1.0


@pytest.mark.parametrize(
    ("question", "reference", "right", "wrong"),
    [
        ("古城墙始建于哪个朝代？", "明代", "明朝", "清朝"),
        (
            "故乡是哪里？",
            "绍兴",
            '{"response": {"answer": "绍兴"}}',
            '{"response": {"a": 1, "b": 2}}',
        ),
        ("馆长是谁？", "秦望舒", "秦望舒（馆长）", "秦望舒（副馆长）"),
    ],
)
def test_forms_of_names(question: str, reference: str, right: str, wrong: str) -> None:
    """A dynasty by either name, an answer inside an object, a title that fits what was asked."""
    assert em(right, reference, question=question).value == 1.0
    assert em(wrong, reference, question=question).value == 0.0


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("两名救人者分别叫什么？", 1.0),
        ("前两名选手分别是谁？", 0.0),
        ("冠亚军两名选手分别是谁？", 0.0),
    ],
)
def test_order_counts_where_the_question_tells_apart(question: str, value: float) -> None:
    """分别 fixes the order of names only where something in the question ranks or names them."""
    assert em("欧阳和平、何向东", "何向东、欧阳和平", question=question).value == value


@pytest.mark.parametrize("references", [("襄阳",), ("文中未提及",), ("",)])
def test_empty_is_not_an_answer(references: tuple[str, ...]) -> None:
    """An empty prediction matches nothing, not even an abstention or an empty reference."""
    for prediction in ("", " \n", "。", "\u200b"):
        assert em(prediction, *references, question="预算多少？").value == 0.0


def test_the_author_can_name_the_unit_and_the_order() -> None:
    """A unit beside the question fills bare numbers; `ordered` makes the order of a list count."""
    assert em("12.5", "12.5亿元", question="营收是多少？").value == 0.0
    assert em("12.5", "12.5亿元", question="营收是多少？", unit="亿元").value == 1.0
    question = "有哪些人？"
    assert em("李四、张三", "张三、李四", question=question).value == 1.0
    assert em("李四、张三", "张三、李四", question=question, ordered=True).value == 0.0


def test_names_are_never_read_as_numbers() -> None:
    """Where the type says that a name is asked for, no numeral in it is read."""
    assert em("3次", "三次", question="叫什么？").value == 1.0
    assert em("3次", "三次", question="叫什么？", type="organization").value == 0.0


def test_strict() -> None:
    """em_strict knows one thing: equal after strip()."""
    case = Case(id="1", prediction=" 13名\n", references=("13人", "13名"))
    assert StrictMatch().score(case).value == 1.0
    other = StrictMatch().score(Case(id="1", prediction="13 名", references=("13名",)))
    assert (other.value, other.rule) == (0.0, "none")


def test_f1_is_a_bag_of_tokens() -> None:
    """F1 counts each shared token as often as both have it, and takes the best reference."""
    score = TokenF1().score(Case(id="1", prediction="人人有责", references=("人", "人人负责")))
    assert score.value == pytest.approx(0.75)
    assert score.parts == {"precision": 0.75, "recall": 0.75, "fmeasure": 0.75}
    assert TokenF1().score(Case(id="1", prediction="2018年", references=("2019",))).value == 0.0
    assert TokenF1().score(Case(id="1", prediction="", references=("襄阳",))).value == 0.0


@pytest.mark.parametrize(
    ("prediction", "reference"),
    [
        ("臺灣", "台湾"),
        ("滙豐銀行", "汇丰银行"),
        ("穿著", "穿着"),
        ("⻓江", "长江"),
        ("ＧＤＰ", "gdp"),
    ],
)
def test_f1_folds_as_em_does(prediction: str, reference: str) -> None:
    """Script, width, case and radicals never matter: where em is 1 for them, f1 is."""
    case = Case(id="1", prediction=prediction, references=(reference,))
    assert (em(prediction, reference).value, TokenF1().score(case).value) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("piece", "reference", "question"),
    [
        ("襄阳市", "襄阳市教育局", "哪个部门？"),
        ("市", "市教育局", "哪个部门？"),
        ("集团有限公司", "东风集团有限公司", "哪家公司？"),
        ("市长李明", "李明", "市长是谁？"),
        ("云台隧道、", "云台隧道、和顺隧道", "哪两座隧道？"),
        ("0710-", "0710-3512345", "电话是多少？"),
        ("一万", "一万元", "多少钱？"),
        ("2019年", "2019年", "哪一年？"),
        ("没有提到", "文中未提及", "费用多少？"),
    ],
)
def test_time_is_linear(piece: str, reference: str, question: str) -> None:
    """A prediction of 100 kB takes no longer than a hundred times what one of 1 kB may take."""
    prediction = piece * (100_000 // len(piece.encode()))
    started = time.process_time()
    em(prediction, reference, question=question)
    assert time.process_time() - started < 2


def test_short_forms_of_many_bodies_are_read_at_once() -> None:
    """A list of all bodies in their full names is that of their short names, within a second."""
    bodies = [names for names in SHORTENED if "和" not in names[0]]
    full, short = ("、".join(f"市{names[side]}局" for names in bodies) for side in (0, 1))
    started = time.process_time()
    assert em(full, short, question="有哪些部门参加？").value == 1
    assert time.process_time() - started < 1


def test_registered() -> None:
    """The metrics are in the registry, and their signatures name them."""
    for name in ("em", "em_strict", "f1"):
        assert metric(name).name == name
        assert metric(name).signature.startswith(f"{name}|")
