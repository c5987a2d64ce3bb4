"""Promises of the fact check: what it flags, what it lets pass, and how often it is right."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from evalkit.data.references import load_folder
from evalkit.metrics.fact_precision import FactPrecision
from evalkit.metrics.facts.check import fact_check
from evalkit.records import Case
from tests.support.paths import ROOT
from tests.support.planted import flags_in, read_labelled, texts

REPORT = (
    "华南电器公司8月27日晚发布半年报。上半年实现营业收入48.6亿元，同比增长12.3%；净利润3.52亿元，同比下降8.7%。"
    "其中空调业务收入21.4亿元，占总收入的44%；冰箱业务收入13.1亿元，同比下降2.1%。海外收入首次突破10亿元。"
    "董事长陈国栋表示，原材料涨价是利润下滑的主要原因。公司计划下半年投资6亿元在长沙新建一条生产线，"
    "预计2026年投产。总经理李明团队从500多人增至620人，总部大楼正在装修。"
    "截至6月30日，员工总数为12480人，较年初减少320人。公司与湖南大学签订合作协议，与中南大学共建实验室。"
)


def flags(summary: str, article: str = REPORT) -> list[tuple[str, str]]:
    """Return the text and the reason of each flag."""
    return flags_in(summary, article)


@pytest.mark.parametrize(
    ("summary", "text", "reason"),
    [
        ("营业收入49.8亿元。", "49.8亿元", "not stated"),
        ("员工总数为14280人。", "14280人", "not stated"),
        ("空调业务收入13.1亿元。", "13.1亿元", "other figure"),
        ("净利润3.52亿元，同比下降2.1%。", "2.1%", "other figure"),
        ("8月29日晚发布半年报。", "8月29日", "not stated"),
        ("海外收入不足10亿元。", "10亿元", "other side"),
        ("营业收入同比下降12.3%。", "12.3%", "other direction"),
        ("员工较年初增加320人。", "320人", "other direction"),
        ("公司已投资6亿元新建生产线。", "6亿元", "only planned"),
        ("总部大楼已装修完毕。", "总部大楼已装修完毕", "still going on"),
        ("海外收入没有突破10亿元。", "海外收入没有突破10亿元", "negated"),
        ("公司与湖南大学终止合作协议。", "公司与湖南大学终止合作协议", "opposite"),
        ("公司与清华大学签订合作协议。", "清华大学", "unknown name"),
        ("公司在江苏新建一条生产线，预计2026年投产。", "江苏", "unknown name"),
        ("董事长陈国梁表示，原材料涨价是主要原因。", "陈国梁", "unknown name"),
        ("公司与中南大学签订合作协议。", "中南大学", "other name"),
        ("陈国栋团队从500多人增至620人。", "陈国栋", "other name"),
    ],
)
def test_what_is_flagged(summary: str, text: str, reason: str) -> None:
    """A statement that the article makes otherwise, or not at all, is flagged with its reason."""
    assert (text, reason) in flags(summary)


@pytest.mark.parametrize(
    ("article", "summary", "text", "reason"),
    [
        ("县长刘春霞和局长张青松讲了话。", "县长张青松讲了话。", "县长张青松", "other name"),
        ("代表来自陕西安康。", "代表来自西安市。", "西安市", "unknown name"),
        (
            "在全市答题中总分第一。",
            "在全省答题中总分第一。",
            "在全省答题中总分第一",
            "other extent",
        ),
        (
            "14条公路一度封闭，到14时恢复通行11条，其余3条仍实行管制。",
            "封闭的公路到14时已全部恢复通行。",
            "封闭的公路到14时已全部恢复通行",
            "other extent",
        ),
        ("他不赞成挖树改种樱桃。", "他建议挖树改种樱桃。", "他建议挖树改种樱桃", "negated"),
        (
            "对于收购品牌的传闻，他予以否认。",
            "他证实了收购品牌的传闻。",
            "他证实了收购品牌的传闻",
            "opposite",
        ),
        (
            "农民缴医保，再也不用跑银行。",
            "农民缴医保仍要跑银行。",
            "农民缴医保仍要跑银行",
            "negated",
        ),
        ("研究所计划组织10台滑翔机观测。", "研究所组织了10台滑翔机观测。", "10台", "only planned"),
        ("每月召开通报会。", "每周召开通报会。", "每周召开通报会", "other extent"),
        ("考核指标明显提升。", "考核指标明显下降。", "考核指标明显下降", "other direction"),
        ("我们不会为份额牺牲质量。", "我们将为份额牺牲质量。", "我们将为份额牺牲质量", "negated"),
        ("新城实行积分管理。", "新城不搞积分管理。", "新城不搞积分管理", "negated"),
        ("猴群由68只恢复到131只。", "猴群由131只减少到68只。", "68只", "other direction"),
        (
            "客流218.6万人次，增长21.3%，收入17.4亿元，增长14.8%。",
            "客流218.6万人次，增长14.8%。",
            "14.8%",
            "other figure",
        ),
        ("争取年内推出15项措施。", "已推出15项措施。", "15项", "only planned"),
        ("气温比常年偏高1.6℃。", "气温比常年偏低1.6℃。", "1.6℃", "other direction"),
        ("每斤1.6元，比去年低0.2元。", "每斤1.6元，比去年高0.2元。", "0.2元", "other direction"),
        ("比原计划晚了14个月。", "比原计划提前了14个月。", "14个月", "other direction"),
        (
            "服务费由每生每月150元降为120元。",
            "服务费由每生每月120元升为150元。",
            "150元",
            "other direction",
        ),
        ("报名不再要求提供社保证明。", "报名仍须提供社保证明。", "报名仍须提供社保证明", "negated"),
        (
            "今年新增数学、物理学、化学3个专业。",
            "今年停招数学、物理学、化学3个专业。",
            "今年停招数学、物理学、化学3个专业",
            "opposite",
        ),
        (
            "去年全县共排查隐患213处，今年又查出89处。",
            "今年全县共排查隐患213处。",
            "今年全县共排查隐患213处",
            "other extent",
        ),
        (
            "2025年招生办法公布。全市力争到2027年消除56人以上的大班额。",
            "全市力争到2025年消除56人以上的大班额。",
            "2025年",
            "other figure",
        ),
    ],
)
def test_what_is_flagged_in_other_words(article: str, summary: str, text: str, reason: str) -> None:
    """Another extent, another direction, a denial, a part told as the whole are flagged."""
    assert flags(summary, article) == [(text, reason)]


@pytest.mark.parametrize(
    ("article", "summary", "text", "reason"),
    [
        (
            "大九湖镇杨勇创办旅游公司。潜江的姚舜主动放弃湛江的工作。",
            "杨勇放弃湛江的工作，姚舜办旅游公司。",
            "杨勇",
            "other name",
        ),
        (
            "海川女队以3比1战胜卫冕冠军北岭女队，时隔六年再次捧杯。",
            "北岭女队以3比1战胜海川女队。",
            "北岭女队以3比1战胜海川女队",
            "other name",
        ),
        (
            "被告人何志祥犯罪事实清楚，判处有期徒刑六年；会计刘芳被判处有期徒刑三年。",
            "刘芳被判处有期徒刑六年。",
            "刘芳",
            "other name",
        ),
        ("二期新增床位420张，一期原有380张。", "一期新增床位420张。", "一期", "other name"),
        (
            "新馆面积3.2万平方米，是老馆的四倍。",
            "老馆面积3.2万平方米。",
            "老馆",
            "other name",
        ),
        (
            "对东盟、欧盟、美国分别出口812亿元、645亿元和590亿元。",
            "对欧盟出口590亿元。",
            "590亿元",
            "other figure",
        ),
        (
            "群众已经转移，其中石浦9.6万人、明港7.3万人。",
            "明港转移群众9.6万人。",
            "9.6万人",
            "other figure",
        ),
        (
            "预计小学一年级入学3.86万人，初中一年级入学4.52万人。",
            "预计小学一年级入学4.52万人。",
            "4.52万人",
            "other figure",
        ),
    ],
)
def test_who_it_is_said_of(article: str, summary: str, text: str, reason: str) -> None:
    """What a sentence says of one is flagged where a summary says it of another."""
    assert (text, reason) in flags(summary, article)


def test_exchanged_things_are_flagged_without_knowing_what_they_are() -> None:
    """Two things that have each other's statements are seen, whatever their words are."""
    article = "最大降雪量为青原的34.6毫米，积雪最深为大坪的28厘米，其余各县都是冻雨。"
    assert flags("积雪最深为青原的28厘米，最大降雪量为大坪的34.6毫米。", article) == [
        ("积雪最深为青原的28厘米", "other name"),
        ("最大降雪量为大坪的34.6毫米", "other name"),
    ]
    assert flags("积雪最深为大坪的28厘米，最大降雪量为青原的34.6毫米。", article) == []


def test_who_stands_before_the_verb_and_who_behind() -> None:
    """No list of verbs is needed where both clauses have the same words between two names."""
    article = "首盘乔安3比0完封苏琪扳平比分。"
    assert flags("首盘苏琪3比0完封乔安扳平比分。", article) == [
        ("首盘苏琪3比0完封乔安扳平比分", "other name")
    ]


def test_he_is_who_was_named_last() -> None:
    """他 at the beginning of a sentence is the person of the sentence before."""
    article = "疾控中心主任沈佩兰通报了疫情。医院院长温海涛介绍了门诊。他不建议家庭自行储备药品。"
    found = [
        flag.stated for flag in fact_check(article).check("沈佩兰不建议家庭自行储备药品。").flags
    ]
    assert found == ["温海涛"]


def test_a_wrong_total_of_named_parts_is_flagged() -> None:
    """A total is reckoned from the parts that its clause names; a right one is not flagged."""
    article = "全年教育支出89.3亿元、卫生支出64.5亿元。"
    assert flags("教育和卫生合计支出173.8亿元。", article) == [("173.8亿元", "not stated")]
    assert flags("教育和卫生合计支出153.8亿元。", article) == []


def test_what_is_flagged_in_a_long_article() -> None:
    """What is not over yet is flagged where a long article says so."""
    found = flags("沮水镇已建成11个3A级景区村。", texts()["002"])
    assert found == [("沮水镇已建成11个3A级景区村", "still going on")]


def test_every_flag_on_a_known_statement_has_its_sentence() -> None:
    """Where the article has a clause of the same, a name that it lacks comes with that sentence."""
    (flag,) = fact_check(REPORT).check("公司与清华大学签订合作协议。").flags
    assert flag.article.startswith("公司与湖南大学签订合作协议")


@pytest.mark.parametrize(
    "summary",
    [
        "营业收入近50亿元，净利润约3.5亿元。",
        "营业收入同比增长一成多，净利润下降近9%。",
        "公司有一万二千多名员工，比年初少三百二十人。",
        "空调和冰箱两项业务共收入34.5亿元。",
        "年初时公司有员工12800人。",
        "空调占总收入的44%，其余56%是别的业务。",
        "员工总数截至6月底为1.248万人。",
        "公司打算下半年拿出6亿元，在长沙新建一条生产线，2026年投产。",
        "海外收入超过10亿元，冰箱收入减少2.1%。",
        "總經理李明團隊增至620人。",
        "公司不断创新，员工不少于1.2万人。",
        "公司分三类管理业务。",
    ],
)
def test_right_rewrites_pass(summary: str) -> None:
    """Rounded, summed, in other words or in the other script: what is right is not flagged."""
    assert flags(summary) == []


def test_a_flag_names_what_it_rests_on() -> None:
    """Each flag has what the article states instead, and the sentence in which it does."""
    (flag,) = fact_check(REPORT).check("空调业务收入13.1亿元。").flags
    assert flag.stated == "21.4亿元"
    assert flag.article.startswith("其中空调业务收入21.4亿元")


def test_what_was_computed_is_listed() -> None:
    """A figure that the article has in another form comes with how, and with its terms."""
    derived = fact_check(REPORT).check("空调和冰箱共收入34.5亿元，净利润约3.5亿元。").derived
    assert [(one.text, one.how, one.stated) for one in derived] == [
        ("34.5亿元", "sum", ("21.4亿元", "13.1亿元")),
        ("3.5亿元", "rounded", ("3.52亿元",)),
    ]


@pytest.mark.parametrize(
    ("article", "summary"),
    [
        ("2019年，9个项目共投资3亿元。", "平均每个项目投资约3300万元。"),
        ("十年内风险高28%。", "跟踪十多年发现，风险高近三成。"),
        ("每天睡眠不足6小时的人有30%。", "每天睡不够6小时的人有30%。"),
        ("计划招收8个班360人。", "共招360人。"),
        ("去年增速为5.1%。今年上半年增长5.3%。", "上半年增长5.3%，高于去年的5.1%。"),
        ("有12000人参加，其中男性7000人。", "男性约占六成，女性比男性少2000人。"),
        ("招收本科生6850人，其中省内4120人。", "省外招收2730人。"),
        ("最高额度由70万元提高到90万元，多子女家庭再上浮20%。", "多子女家庭最高可达108万元。"),
        ("二季度收入35.2亿元，环比下降8.3%。", "一季度收入38.4亿元。"),
        ("清理灰坑143座、房址11座、墓葬38座。", "遗址今年清理墓葬38座。"),
        ("财政局表示将研究。", "财政部门说将研究。"),
    ],
)
def test_what_may_be_reckoned_or_told_more_loosely_passes(article: str, summary: str) -> None:
    """An average, a share, a difference, a plan told without 已, 十多年 for 十年 are right."""
    assert flags(summary, article) == []


def test_value() -> None:
    """The value is the share of the clauses that could be checked and were not flagged."""
    summary = "营业收入48.6亿元，净利润3.52亿元，同比增长8.7%，让人高兴。"
    score = FactPrecision().score(Case(id="1", prediction=summary, references=(), article=REPORT))
    assert score.value == pytest.approx(2 / 3)
    assert score.compared["statements"] == 3


@pytest.mark.parametrize("text", ["抱歉，我无法回答。", "形势喜人，大家都很满意。"])
def test_nothing_to_check_is_no_score(text: str) -> None:
    """A refusal, and a summary that states nothing checkable, have no value; an empty one has 0."""
    case = Case(id="1", prediction=text, references=(), article=REPORT)
    score = FactPrecision().score(case)
    assert (score.value, score.rule) == (None, "nothing to score")
    empty = Case(id="1", prediction=" \n", references=(), article=REPORT)
    assert FactPrecision().score(empty).value == 0.0


@example("收入1亿元已将不")
@given(st.text("营业收入48.6亿元同比增长12.3%，。、\n空调公司不已将①", max_size=60))
def test_a_text_bears_itself_out(text: str) -> None:
    """Whatever a text says, it says of itself: nothing is flagged, and places are in the text."""
    if text.strip():
        assert flags(text, text) == []


def test_a_copy_of_each_article_is_borne_out() -> None:
    """No article contradicts itself."""
    for article in texts().values():
        assert fact_check(article).check(article).flags == ()


@pytest.mark.parametrize(
    "piece",
    [
        *("1个", "增长12.5%，", "一二三", "不没未", "、1", "书记王", "\n"),
        *("的王明，", "全市每月，", "由1到2万，5月"),
    ],
)
def test_time_is_linear(piece: str) -> None:
    """Four times the text takes no more than about four times as long.

    The shorter of two tries: in one, Python may look for garbage in all that the tests have left.
    """
    seconds = []
    for length in (5_000, 20_000):
        text = piece * (length // len(piece))
        tries = []
        for _ in range(2):
            start = time.process_time()
            fact_check.__wrapped__(text).check(text)
            tries.append(time.process_time() - start)
        seconds.append(min(tries))
    assert seconds[1] < 8 * seconds[0] + 0.5


def test_time_is_linear_where_both_repeat_a_clause() -> None:
    """Four times as many sentences that differ ahead of the same clause take four times as long."""
    seconds = []
    for n_sentences in (1_000, 4_000):
        article = fact_check.__wrapped__("产值高，记者从会上了解到。" * n_sentences)
        tries = []
        for _ in range(2):
            start = time.process_time()
            article.check("销售好，记者从会上了解到。" * n_sentences)
            tries.append(time.process_time() - start)
        seconds.append(min(tries))
    assert seconds[1] < 8 * seconds[0] + 0.2


@pytest.mark.parametrize(
    ("half", "seen", "false_alarms"),
    [
        ("development", 0.89, 0.0),
        ("held out", 0.85, 0.0),
        ("development 2", 0.55, 0.0),
        ("held out 2", 0.66, 0.0),
        ("held out 3", 0.83, 0.1),
        ("held out 4", 0.96, 0.0),
        ("development 5", 0.86, 0.05),
        ("held out 5", 0.83, 0.0),
        ("development 6", 0.9, 0.07),
        ("held out 6", 0.9, 0.0),
        ("development 7", 0.88, 0.03),
        ("held out 7", 0.65, 0.09),
        ("held out 8", 0.71, 0.14),
    ],
)
def test_rates_on_labelled_summaries(half: str, seen: float, false_alarms: float) -> None:
    """So many planted errors are seen, and so few right summaries get a flag."""
    rows = [row for row in read_labelled() if row.half == half]
    wrong = [row.is_seen() for row in rows if not row.faithful]
    right = [bool(row.flags()) for row in rows if row.faithful]
    assert sum(wrong) / len(wrong) >= seen
    assert sum(right) / len(right) <= false_alarms


def test_reference_summaries_are_borne_out() -> None:
    """Summaries that people wrote from the articles get a flag in one case of ten at most."""
    flagged = [
        bool(fact_check(texts()[article_id[:3]]).check(summary.text).flags)
        for article_id, loaded in load_folder(ROOT / "references").items()
        for summary in loaded.references.summaries
    ]
    assert len(flagged) > 25
    assert sum(flagged) / len(flagged) <= 0.1
