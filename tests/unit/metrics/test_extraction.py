"""Promises of the answer in a longer output: which sentences answer the question, which another."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from evalkit.metrics.answers import ExactMatch, ExtractedMatch
from evalkit.metrics.extracted_values import place_level
from evalkit.metrics.extraction import occurrences_of
from evalkit.records import Case, QuestionType
from evalkit.values.question import ask
from evalkit.values.thinking import strip_thinking
from tests.support.paths import GOLDEN
from tests.support.planted import texts

OTHERS = (
    ("李梅毕业于哪所大学？", "武汉大学", "李梅的丈夫毕业于武汉大学。"),
    ("新增了几条公交线路？", "4条", "全市调整公交线路4条。"),
    ("该市森林覆盖率达到多少？", "64%", "绿化覆盖率为64%。"),
    ("种植大户田世平收获多少斤魔芋？", "12万斤", "种植大户田世明收获12万斤魔芋。"),
    ("工程总投资多少亿元？", "12.6亿元", "工程已完成投资12.6亿元。"),
    ("基地每天供应多少吨蔬菜？", "30吨", "基地每月供应30吨蔬菜。"),
    ("小区改造前停车位有多少个？", "60个", "小区改造后停车位有60个。"),
    ("今年财政收入同比下降了多少？", "3.5%", "去年财政收入同比下降3.5%。"),
    ("合作社带动多少户农户增收？", "326户", "合作社计划再带动326户农户增收。"),
    ("北段什么时候建成？", "2027年", "北段原预计2027年建成，现推迟至2028年。"),
    ("新校区何时启用？", "2024年9月", "老校区2024年9月停用。"),
    ("枇杷的采收期是几月？", "5月至6月", "枇杷5月至6月结果，7月才采收。"),
    ("汉江大桥主跨多长？", "460米", "长江大桥主跨460米。"),
    ("全市接待游客多少人次？", "1200万人次", "全市接待境外游客1200万人次。"),
    ("该县有几所高中？", "3所", "该县有初中3所、高中5所。"),
    ("景区日均接待游客多少人次？", "2万人次", "景区共接待游客2万人次，日均3000人次。"),
    ("电影的导演是谁？", "陈凯", "电影的副导演是陈凯。"),
    ("谁主持了会议？", "赵国强", "赵国强出席了会议，会议由钱伟主持。"),
    ("中标金额是多少？", "3860万元", "“控制价为4120万元，中标价3860万元，工期18个月，质保金3%。”"),
    ("首任校长是谁？", "严济民", "首任校长是严济民，也有说法认为是吴鼎昌。"),
    ("月租金由多少涨到多少？", "由2800元涨到3500元", "月租金由2800元涨了3500元。"),
    ("手术由谁主刀？", "卢建邦", "患者卢建邦恢复良好，主刀的医生姓贺。"),
    ("共有多少人参赛？", "300人", "参赛的人过300人。"),
    ("首都是哪里？", "悉尼", "首都是堪培拉，而不是悉尼。"),
    ("得票率？", "三分之二", "超过三分之二"),
    ("馆长是谁？", "秦望舒", "秦望舒（前任）"),
    ("馆长是谁？", "秦望舒", "秦望舒（可能）"),
    ("在哪一届全运会上首次夺金？", "第十届", "她第十次参加全运会时才首次夺金。"),
    ("他的父亲从事什么职业？", "铁路扳道工", "他的祖父是铁路扳道工，父亲则是小学教师。"),
    ("这口井钻了多深？", "9396米", "文章里关于井深有9396米和9936米两种说法。"),
    ("培训班由哪个单位主办？", "市农业局", "培训班主办单位为市科协和市农业局中的一个。"),
    ("哪个乡镇受灾最重？", "磨西镇", "与磨西镇相比，得妥镇的受灾情况更为严重。"),
    ("领队老师叫什么名字？", "龚小琴", "领队临时有事，由龚小琴的同事代为带队。"),
    ("检出了哪几种重金属？", "镉、铅、砷", "检出了镉、铅、汞，未检出砷。"),
    ("重点专科有哪些？", "骨伤科、肛肠科", "有重点专科骨伤科、针灸科、肛肠科。"),
    ("公园里禁止什么行为？", "垂钓", "园内设有垂钓区、烧烤区、露营区和游泳区。"),
    ("春节期间景区开放吗？", "是", "因设备检修，景区春节期间暂停开放。"),
    ("网友的身份是什么？", "文中未提及", "文中没有透露身份，但多半是一名老师。"),
    ("他在哪几年担任校长？", "1998年至2003年", "他1998—2004年担任校长。"),
    ("最大降雪量出现在哪里？", "青山县", "最大降雪量出现在大坪镇，而青山县的积雪最深。"),
    ("有多少份土样检出炭化稻？", "14份", "土样检出炭化稻的有3份，检出粟的有14份。"),
    ("画展在哪个美术馆举行？", "湖北美术馆", "画展在武汉美术馆举行，由湖北美术馆协办。"),
    ("玉器现藏于哪里？", "永城县博物馆", "玉器现藏于省博物馆，参观需要预约。"),
    ("他来自哪里？", "湖北省襄阳市", "他来自湖南省襄阳市。"),
    ("债务余额是否超过限额？", "否", "否，债务余额超过了限额。"),
    ("一审判了多少年？", "12年", "12年？文中也提到4年。"),
    (
        "他是哪一年出生的？",
        "1896年",
        "关于他的出生年份，资料说法不一，有的记为1896年，有的记为1895年。",
    ),
    ("平均年龄下降了多少岁？", "4.2岁", "平均年龄下降的不是4.2岁，而是12岁。"),
    ("持证上岗率从多少提升到多少？", "从78%提升至95%", "持证上岗率从78%提升了95%。"),
    ("王立担任什么职务？", "县人社局局长", "王立担任县人社局副局长。"),
    ("服务热线是多少？", "8866120", "服务热线是8,866,120。"),
    ("装机达多少万千瓦？", "126万千瓦", "文中有126万千瓦、74万千瓦等数据，具体是哪一个无法确定。"),
    ("宠物可以带进公园吗？", "不可以", "公园并没有禁止携带宠物入园。"),
    ("汽车是什么品牌？", "文中未提及", "文章没有写明采购的时间，但写到了汽车的品牌是东风。"),
    ("船员全部生还了吗？", "是", "是的，9名船员中有7人生还，2人失踪。"),
    ("合作社的理事长是谁？", "吴桂芳", "吴桂芳的合作社"),
)
"""A question, the answer to it, and a sentence in which that is the answer to another one."""

SAME = (
    ("李梅毕业于哪所大学？", "武汉大学", "2015年，李梅从武汉大学毕业后回到家乡。"),
    ("新增了几条公交线路？", "4条", "全市新增公交线路4条，优化调整线路11条。"),
    ("该市森林覆盖率达到多少？", "64%", "该市的森林覆盖率由十年前的58%提高到64%。"),
    ("工程总投资多少亿元？", "12.6亿元", "该工程计划总投资为126000万元。"),
    ("基地每天供应多少吨蔬菜？", "30吨", "基地日均供应30吨蔬菜。"),
    ("小区改造前停车位有多少个？", "60个", "小区改造前只有60个停车位，改造后增至210个。"),
    ("第三小学的校长叫什么名字？", "何秀英", "第三小学校长何秀英表示，学校将推进改革。"),
    ("比赛冠军是谁？", "赵敏", "来自武汉的选手赵敏夺得冠军，孙婷获得亚军。"),
    ("事故造成几人受伤？", "3人", "事故共造成1人死亡、3人受伤。"),
    ("谁获得了围棋赛的冠军？", "柯明", "决赛中，柯明执白战胜对手，夺得围棋赛冠军。"),
    ("电影的导演是谁？", "陈凯", "电影由陈凯执导，多位名家主演。"),
    ("谁完成了这台手术？", "刘建平", "手术由心外科主任刘建平教授主刀完成。"),
    ("公司的总经理是谁？", "周海燕", "公司由周海燕创办，她目前担任总经理。"),
    ("谁承建了大桥？", "陈大海", "大桥的施工方则是陈大海。"),
    ("发电机组有多少台？", "12台", "截至6月底，发电机组保有量达12台。"),
    ("首任校长是谁？", "严济民", "我先前写的“颜继民”有误，正确的应为严济民。"),
    ("还有多少户没有通水？", "45户", "还剩45户没有通水。"),
    ("大桥何时通车？", "2025年12月26日", "2025年12月26日上午，大桥正式通车。"),
    ("停电时间是从几点到几点？", "8:00至18:00", "停电时间从8:00开始，到18:00结束。"),
    ("冠军的成绩是多少？", "2小时08分32秒", "冠军以2:08:32的成绩冲过终点。"),
    ("景区门票多少钱？", "120元", "景区门票每张120元。"),
    ("平台的用户达到多少？", "2.4亿", "平台的用户已达到24000万人。"),
    ("日均车流量是多少？", "62.8万辆次", "高速公路日均车流量为62.8万辆次。"),
    ("救援持续了几小时？", "9小时", "经过9小时的救援，三人获救。"),
    ("面积最大的湖是哪个？", "青海湖", "在各地的湖中，面积最大的还是青海湖。"),
    ("首都是哪里？", "堪培拉", "首都是**堪培拉**（Canberra），而不是很多人以为的悉尼。"),
    ("馆长是谁？", "秦望舒", "秦望舒（研究馆员）"),
    ("谁翻译了这部小说？", "董乐山", "不是作者奥威尔，译者是董乐山。"),
    ("他在哪几年担任校长？", "1998年至2003年", "他1998—2003年担任该校校长，之后调任教育部。"),
    ("哪几个月施工？", "5月至8月", "工程5-8月施工，9月验收。"),
    ("该公司成立于哪一年？", "1998年", "该公司创立于1998年，2005年在深交所上市。"),
    ("董事长的年龄是多少？", "56岁", "他今年56岁，不过文中没有提到他的出生年份。"),
    ("获得冠军的是哪支球队？", "山东泰山", "山东泰山队夺得冠军，上海海港队获得亚军。"),
    ("考察花费了多少？", "文中未提及", "N/A（原文没有给出考察费用）"),
    ("玉器现藏于哪里？", "永城县博物馆", "玉器现藏于永城博物馆，参观需要预约。"),
    ("债务余额是否超过限额？", "否", "否。债务余额386亿元，仍在402亿元的限额之内。"),
    ("工厂什么时候投产？", "明年一季度", "工厂要等到明年一季度才能投产，原因文中没有说明。"),
    ("上次发布预警是什么时候？", "2018年1月", "2018年1月。最后一句说明了上次发布预警的时间。"),
    ("专家每周星期几坐诊？", "星期三", "专家固定在每周三坐诊。"),
    ("她获得的是哪个奖项？", "生理学或医学奖", "她获得的是生理学或医学奖。"),
    ("案号是什么？", "（2022）湘0899民初318号", "案号为（2022）湘0899民初318号，10月10日宣判。"),
    (
        "年产值从多少增长到多少？",
        "从80万元增长至650万元",
        "年产值过去是80万元，如今已增长到650万元。",
    ),
    ("驿站每天营业到几点？", "晚上9点半", "驿站每天早上8点到晚上9点半营业。"),
    ("游客可以携带宠物进入公园吗？", "不可以", "为保障安全，公园禁止携带宠物入园。"),
    ("该路段通行收费吗？", "否", "车辆可全程免费通行。"),
    ("市民可以用社保卡借书吗？", "是", "可以，市民凭身份证或社保卡即可借书。"),
    (
        "做一台手术的费用是多少？",
        "文中未提及",
        "报道只说已完成手术67例，并没有给出单台手术的费用，因此无法回答。",
    ),
    ("《民法典》自哪天起施行？", "2021年1月1日", "2021年1月1日，星期五。"),
    ("运行时间将缩短到多少？", "58分钟", "运行时间由原来的3小时10分缩短为58分钟。"),
    ("作品有多少件？", "120件", "参展作品共120件，其中油画40件。"),
    ("谁接诊了首例患者？", "市第四人民医院", "首例患者是市四院接诊的。"),
    (
        "新增哪两个专业？",
        "甲骨文、养老",
        "新增的两个专业是：\n（1）甲骨文\n（2）养老\n另外，会计停招。",
    ),
)
"""A question, its answer, and a sentence that gives it, in more words or others."""


def case_of(row: dict[str, Any]) -> Case:
    """Return the case of a labelled pair, without thinking."""
    return Case(
        id=row["id"],
        prediction=strip_thinking(row["prediction"]).prediction,
        references=tuple(row["references"]),
        question=row["question"],
        type=row["type"],
        unit=row.get("unit"),
        ordered=row.get("ordered", False),
        article=texts().get(row.get("article", ""), ""),
    )


def extracted(question: str, reference: str, prediction: str) -> bool:
    """Return whether an output commits to the reference."""
    kind: QuestionType | None = "person" if "谁" in question or "名字" in question else None
    case = Case(
        id="1", prediction=prediction, references=(reference,), question=question, type=kind
    )
    return ExtractedMatch().score(case).value == 1


@pytest.mark.parametrize(("question", "reference", "prediction"), OTHERS)
def test_the_answer_to_another_question_does_not_count(
    question: str, reference: str, prediction: str
) -> None:
    """A sentence with another subject, predicate, time or extent than the question is wrong."""
    assert not extracted(question, reference, prediction)


@pytest.mark.parametrize(("question", "reference", "prediction"), SAME)
def test_details_and_other_words_do_not_matter(
    question: str, reference: str, prediction: str
) -> None:
    """A sentence may say more than its answer, before it, behind it and around it."""
    assert extracted(question, reference, prediction)


@pytest.mark.parametrize(
    ("question", "reference", "prediction"),
    [
        ("法院位于哪条街？", "建设路", "检察院位于建设路。"),
        ("医疗队支援了哪个国家？", "阿尔及利亚", "医疗队没有支援阿尔及利亚。"),
        ("接种点设在哪里？", "县人民医院", "接种点没有设在县人民医院。"),
    ],
)
def test_a_larger_place_is_no_sentence(question: str, reference: str, prediction: str) -> None:
    """What em takes off before a place is a place, and not the beginning of a sentence."""
    case = Case(
        id="1", prediction=prediction, references=(reference,), question=question, type="place"
    )
    assert ExactMatch().score(case).value == 0


def test_a_place_between_may_be_left_out() -> None:
    """Province and county name a place, with the city between them or without."""
    case = Case(
        id="1",
        prediction="陕西省汉中市宁强县",
        references=("陕西省宁强县",),
        question="汉江的源头在哪里？",
        type="place",
    )
    assert ExactMatch().score(case).value == 1


@pytest.mark.parametrize(
    ("parts", "precision", "recall"),
    [
        (("read 1", "read 2", "read 3"), 0.98, 0.86),
        (("held out 1",), 0.94, 0.85),
        (("held out 2",), 0.93, 0.78),
        (("held out 3",), 0.97, 0.70),
        (("held out 4",), 0.80, 0.50),
        (("read 5",), 0.98, 0.90),
        (("held out 5",), 0.90, 0.80),
        (("held out 6",), 0.98, 0.85),
        (("read 7", "held out 7"), 0.97, 0.93),
        (("read 8", "held out 8"), 0.93, 0.90),
        (("read 9", "held out 9"), 0.98, 0.93),
        (("read 10", "held out 10"), 0.97, 0.92),
        (("held out 11",), 0.97, 0.93),
    ],
)
def test_rates_on_outputs_by_another_author(
    parts: tuple[str, ...], precision: float, recall: float
) -> None:
    """So many matches are right and so many found; on `held out 3, 4, 6, 11` nothing is fitted."""
    _, *lines = (GOLDEN / "unseen_outputs.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if not row["debatable"]]
    found = [
        (ExtractedMatch().score(case_of(row)).value == 1, row["should_match"])
        for row in rows
        if row["part"] in parts
    ]
    right = found.count((True, True))
    assert right / sum(matched for matched, _ in found) >= precision
    assert right / sum(wanted for _, wanted in found) >= recall


def test_rivals_are_placed_once_for_all_places() -> None:
    """Places share their rivals: how well these are placed is worked out once."""
    question = ask("大桥投资多少万元？")
    found = occurrences_of("大桥投资45万元，花了45万元，绿化投资7万元", "45万元", question)
    assert isinstance(found, list)
    one, other = found
    assert one.rivals is other.rivals
    levels = [place_level(rival, one.clauses, question) for rival in one.rivals.found]
    assert levels
    assert one.rivals.level == max(levels)


@pytest.mark.parametrize("piece", ["该市的", "1,", "2019年，", "、", "第三小学校长", "新增", "某"])
def test_time_is_linear(piece: str) -> None:
    """An output of 100 kB takes no longer than a hundred times what one of 1 kB may take."""
    output = piece * (100_000 // len(piece.encode()))
    started = time.process_time()
    extracted("该市新增了几条公交线路？", "4条", output)
    assert time.process_time() - started < 2
