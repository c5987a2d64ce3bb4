"""What the verdict advises: never more than what is shown, and never to use a model unchecked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.verdicts import found, right, said


@pytest.mark.parametrize(
    ("qwen", "lead", "english", "chinese"),
    [
        (
            9,
            1,
            "Use qwen only where a person checks every answer: about 10% are wrong.",
            "约 10% 的回答是错的。",
        ),
        (
            10,
            1,
            "Use qwen only where a person checks every answer: fewer than 1% of these are wrong,",
            "这里错答不到 1%，但就同类文章而言可能多达 2%。",
        ),
        (3, 0, "qwen is not ready for use: most of its answers are wrong.", "qwen 还不能用"),
        (6, 6, "No reason yet to use qwen for this task.", "暂不建议使用 qwen。"),
        (2, 9, "No reason yet to use qwen for this task.", "暂不建议使用 qwen。"),
    ],
)
def test_advice_comes_first(qwen: int, lead: int, english: str, chinese: str) -> None:
    """Use it or not: not below copying, not where most answers are wrong, never unchecked."""
    answers = {
        "lead": right(lead, 10, articles=30, spread=int(lead == 6)),
        "qwen": right(qwen, 10, articles=30, spread=-int(qwen == 6)),
    }
    texts = said(found(answers))
    assert texts[0].startswith(f"Answering questions: {english}")
    assert chinese in texts[1].partition("。")[0] + "。"


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_few_scored_answers_lead_to_no_advice(value: float) -> None:
    """Neither to use a model nor not to: what is needed is said."""
    english, chinese = said(found({"qwen": [[value]]}))
    few = "1 scored answer is too few to recommend qwen: at least 30 are needed."
    assert english.startswith(f"Answering questions: {few}")
    assert "只有 1 条回答有得分，还不足以推荐 qwen：至少需要 30 条。" in chinese
    assert "are needed" in said(found({"qwen": [[value]] * 29}))[0]
    assert "are needed" not in said(found({"qwen": [[value]] * 30}))[0]


def test_few_scored_summaries_lead_to_no_advice() -> None:
    """However clearly two of them are better than copying."""
    qwen, lead = [[0.3], [0.31]], [[0.1], [0.1]]
    few = found({"qwen": qwen, "lead": lead}, metric="rougeLsum", kind="summary")
    english, chinese = said(few)
    assert "2 scored summaries are too few to recommend qwen: at least 30 are needed." in english
    assert "qwen is better than copying sentences (lead) on articles like these." in english
    assert "只有 2 篇摘要有得分，还不足以推荐 qwen：至少需要 30 篇。" in chinese


@pytest.mark.parametrize("articles", [[[1.0] * 50], [[1.0] * 30, [0.4] * 30]])
def test_articles_have_to_show_that_most_answers_are_right(articles: list[list[float]]) -> None:
    """One article shows nothing of others, nor do two that differ."""
    english, _ = said(found({"qwen": articles}))
    assert f"{len(articles)} article" in english
    assert "too few to recommend qwen for others." in english


def test_samples_are_enough_only_where_that_is_shown() -> None:
    """That fewer than 1% are wrong takes many answers about many articles."""
    english, chinese = said(found({"qwen": right(5, 5, articles=100)}))
    assert "Use qwen, and still check samples: fewer than 1% of these answers are wrong." in english
    assert "可用 qwen，但仍须抽查：这里错答不到 1%。" in chinese


def test_missing_answers_that_could_all_be_wrong_leave_no_advice() -> None:
    """A lone model that answered two of five, however right these are."""
    summary = found({"qwen": right(2, 2, articles=30), "lead": right(0, 5, articles=30)})
    (qwen, _) = summary.systems
    english, chinese = said(replace(summary, systems=(qwen,), comparisons=()))
    assert "No verdict on qwen: the missing outputs could reverse it." in english
    assert "qwen 没有结论：缺少的输出可能使结果反转。" in chinese


def test_how_many_are_wrong_is_told_of_all_that_are_recommended() -> None:
    """Of two without a winner between them, not only the better one."""
    qwen, llama = right(9, 10, articles=6, spread=-1), right(8, 10, articles=6, spread=1)
    two = {"qwen": qwen, "llama": llama}
    assert "checks every answer: about 10–20% are wrong." in said(found(two))[0]


def test_without_baselines_or_right_answers_nothing_is_recommended() -> None:
    """What is not shown to be better than copying is not, be it two models."""
    both = {"qwen": [[0.3, 0.4]] * 30, "tiny": [[0.2, 0.4]] * 30}
    assert "Use" not in said(found(both, metric="rougeLsum", kind="summary"))[0]
    assert "Use" not in said(found(both, metric="f1"))[0]


def test_advice_names_all_that_lead() -> None:
    """Two without a winner between them are both named; of many bad ones none is recommended."""
    good = {name: right(8, 10, articles=6, spread=i) for i, name in enumerate(("qwen", "llama"), 1)}
    assert "Use qwen or llama only where a person checks every answer" in said(found(good))[0]
    bad = {name: right(3, 10, articles=6, spread=i) for i, name in enumerate(("qwen", "llama"), 1)}
    assert "None is ready for use: most answers are wrong, even those of" in said(found(bad))[0]


def test_summaries_are_recommended_only_with_checking() -> None:
    """One above copying is to be checked against the articles; alone it is not recommended."""
    qwen, lead = ([[0.3, 0.4]] * 30, [[0.1, 0.1]] * 30)
    beside = found({"qwen": qwen, "lead": lead}, metric="rougeLsum", kind="summary")
    assert "Use qwen, and check every summary against its article." in said(beside)[0]
    alone = found({"qwen": qwen}, metric="rougeLsum", kind="summary")
    assert "Use" not in said(alone)[0]


def test_summaries_without_references_are_for_people_to_judge() -> None:
    """Where no metric reads references nothing is recommended but to ask people."""
    summary = found({"qwen": [[0.9]] * 3, "tiny": [[0.5]] * 3}, metric="coverage", kind="summary")
    facts = tuple(replace(m, reads_references=False) for m in summary.metrics)
    english, chinese = said(replace(summary, metrics=facts))
    assert "let people judge them (python -m evalkit annotate preferences RUN)." in english
    assert "请由人来评判（python -m evalkit annotate preferences RUN）。" in chinese
    assert "Use" not in english
    baselines = found({"lead": [[0.9]] * 3}, metric="coverage", kind="summary")
    facts = tuple(replace(m, reads_references=False) for m in baselines.metrics)
    english, _ = said(replace(baselines, metrics=facts))
    assert "a model has to beat. How good the summaries are, these metrics do not tell" in english


def test_missing_outputs_leave_no_advice() -> None:
    """Where missing outputs could reverse the verdict nothing is recommended."""
    late = [[0.0] * 5 + [1.0] * 5] * 20
    english, _ = said(found({"qwen": right(4, 5, articles=20), "tiny": late}))
    assert "Use" not in english


def test_what_only_these_articles_show_is_no_recommendation() -> None:
    """Better than copying on two articles alone: the articles are too few to recommend anything."""
    few = found(
        {
            "qwen": [[1.0] * 12, [1.0] * 6 + [0.0] * 6],
            "lead": [[0.0] * 12, [1.0] * 2 + [0.0] * 10],
        }
    )
    english, chinese = said(few)
    assert english.startswith(
        "Answering questions: 2 articles are too few to recommend qwen for others."
    )
    assert "只有 2 篇文章，还不足以推荐在其他文章上使用 qwen。" in chinese
    assert "Use" not in english


def test_baselines_alone_lead_to_a_model_or_to_people() -> None:
    """Without a model they are lines to beat; without references people are to judge."""
    summary = found({"lead": [[0.2, 0.3]]}, metric="rougeLsum", kind="summary")
    assert "these are the lines that a model has to beat" in said(summary)[0]
    assert "annotate" not in said(summary)[0]
    facts = tuple(replace(facts, reads_references=False) for facts in summary.metrics)
    assert "let people judge them" in said(replace(summary, metrics=facts))[0]
