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
        (10, 1, "Use qwen, and still check samples: fewer than 1%", "这里错答不到 1%。"),
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


def test_how_many_are_wrong_is_told_of_all_that_are_recommended() -> None:
    """Of two without a winner between them, not only the better one."""
    few = {"qwen": right(10, 10, articles=2), "llama": right(8, 10, articles=2)}
    assert "checks every answer: about 0–20% are wrong." in said(found(few))[0]


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
