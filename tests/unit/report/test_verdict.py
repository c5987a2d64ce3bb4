"""The sentences of the verdict: true of the numbers, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.language import LANGUAGES
from evalkit.records import Condition
from evalkit.report.verdict import conclude
from evalkit.stats.summarise import summarise
from tests.support.results import metric_facts, row
from tests.support.verdicts import found, issue, right, said

if TYPE_CHECKING:
    from evalkit.results import IssueCount, MetricFacts
    from tests.support.verdicts import Answers


def test_better_system_is_named_with_what_it_is_better_than() -> None:
    """A difference that many articles show is said of articles like these."""
    english, chinese = said(
        found(
            {
                "qwen": right(9, 10, articles=30, spread=1),
                "tiny": right(2, 10, articles=30, spread=1),
            }
        )
    )
    assert "qwen is better than tiny on articles like these." in english
    assert "qwen is right on 90% of the questions." in english
    assert "就同类文章而言，qwen 优于 tiny。" in chinese
    assert "qwen 答对 90% 的题。" in chinese


def test_difference_on_few_articles_is_said_of_these_only() -> None:
    """Where only these articles show it, their number is given as the reason for doubt."""
    english, chinese = said(
        found(
            {
                "qwen": [[1.0] * 12, [1.0] * 6 + [0.0] * 6],
                "tiny": [[0.0] * 12, [1.0] * 2 + [0.0] * 10],
            }
        )
    )
    assert "qwen is better than tiny on the 2 articles tested." in english
    assert "2 articles are too few to say this of others." in english
    assert "就本次 2 篇文章而言，qwen 优于 tiny。" in chinese
    assert "只有 2 篇文章，不足以推及其他文章。" in chinese


def test_tie_has_no_winner_and_says_what_could_be_seen() -> None:
    """Systems that differ by chance are no winners; the smallest visible difference is told."""
    english, chinese = said(
        found(
            {
                "qwen": right(5, 10, articles=6, spread=2),
                "llama": right(5, 10, articles=6, spread=-1),
            }
        )
    )
    assert "No winner shown between qwen and llama." in english
    assert re.search(
        r"With 6 articles, a difference below 0\.\d\d in em may well be missed for articles like",
        english,
    )
    assert "qwen 和 llama 未分出高下。" in chinese
    assert re.search(r"只有 6 篇文章，同类文章上 em 不到 0\.\d\d 的差别很可能看不出来。", chinese)


def test_one_article_says_nothing_of_others() -> None:
    """One article shows no spread: whatever it shows holds for it alone."""
    english, chinese = said(found({"qwen": [[1.0] * 20], "tiny": [[0.0] * 20]}))
    assert "qwen is better than tiny on the 1 article tested." in english
    assert "1 article is too few to say this of others." in english
    assert "只有 1 篇文章，不足以推及其他文章。" in chinese


def test_missing_outputs_that_could_reverse_it_leave_no_verdict() -> None:
    """A system that left out what may be hard for it is neither better nor worse."""
    late = [[0.0] * 5 + [1.0] * 5] * 20
    english, chinese = said(found({"qwen": right(4, 5, articles=20), "tiny": late}))
    assert "No verdict on qwen and tiny: the missing outputs could reverse it." in english
    assert "qwen 和 tiny 没有结论：缺少的输出可能使结果反转。" in chinese


def test_system_without_scores_is_named() -> None:
    """A model that could not run is said to be unjudged, not left out."""
    summary = found({"qwen": right(5, 10, articles=6)})
    english, chinese = said(replace(summary, systems=(*summary.systems, row("broken"))))
    assert "broken is not judged: no output was scored." in english
    assert "broken 没有得分：没有可评分的输出。" in chinese


@pytest.mark.parametrize(
    ("failure", "english", "chinese"),
    [
        (
            "stopped before its budget is passed: 1 of 1 is spent; raise `budget` and run again",
            "qwen stopped at its budget with only 12 of 60 answers",
            "qwen 因费用达到预算而停止：60 条回答只有 12 次有输出",
        ),
        ("", "qwen gave only 12 of 60 answers", "qwen 的 60 条回答只有 12 次有输出"),
    ],
)
def test_many_missing_outputs_are_said_before_anything_else(
    failure: str, english: str, chinese: str
) -> None:
    """With the budget where that is why; a few do not lead the verdict."""
    answers = found({"qwen": right(1, 2, articles=6)}, issue("qwen", "missing", 48, 60))
    (system,) = answers.systems
    summary = replace(answers, systems=(replace(system, failure=failure),))
    for text, words in zip(said(summary), (english, chinese), strict=True):
        assert words in text.splitlines()[0]
    few = replace(summary, issues=(issue("qwen", "missing", 3, 60),))
    assert "are there" not in said(few)[0]


def test_copying_is_a_line_to_beat_and_never_a_winner() -> None:
    """One model above one baseline and level with the other is not shown to beat copying."""
    english, chinese = said(
        found(
            {
                "lead": right(1, 10, articles=30),
                "textrank": right(6, 10, articles=30, spread=1),
                "qwen": right(6, 10, articles=30, spread=-1),
            }
        )
    )
    assert (
        "qwen is not shown to be better than copying sentences (textrank), which needs no model."
        in english
    )
    assert "没有证据表明 qwen 优于照抄原句（textrank），而照抄不需要模型。" in chinese
    assert "winner" not in english


@pytest.mark.parametrize(
    ("qwen", "english", "chinese"),
    [
        (
            9,
            "qwen is better than copying sentences (lead) on articles",
            "qwen 优于照抄原句（lead）",
        ),
        (1, "qwen is worse than copying sentences (lead) on articles", "qwen 不如照抄原句（lead）"),
    ],
)
def test_copying_beaten_or_not(qwen: int, english: str, chinese: str) -> None:
    """A model is said to be better or worse than copying where that is shown."""
    texts = said(
        found({"lead": right(5, 10, articles=30), "qwen": right(qwen, 10, articles=30, spread=1)})
    )
    assert english in texts[0]
    assert chinese in texts[1]


def test_summaries_are_measured_by_people() -> None:
    """The distance to people is a share of their score, with how many summaries theirs is of."""
    values: Answers = {"qwen": [[0.2, 0.2], [0.2, 0.2]], "human": [[0.4], [0.4, 0.4]]}
    english, chinese = said(found(values, metric="rougeLsum", kind="summary"))
    assert (
        "reaches 50% of what people reach "
        "(rougeLsum 0.200 against 0.400, theirs from the 3 of 4 summaries with several references)."
    ) in english
    assert (
        "的得分为人工摘要的 50%（rougeLsum：模型 0.200，人工 0.400；4 篇中有 3 篇备有多份参考摘要，"
        in chinese
    )


def test_nine_systems_are_not_all_listed() -> None:
    """Many systems that cannot be told apart are counted, not listed one by one."""
    nine = {f"m{i}": right(5, 10, articles=6, spread=i % 3 - 1) for i in range(9)}
    english, chinese = said(found(nine))
    assert re.search(r"No winner shown among m\d, m\d, m\d and 6 others\.", english)
    assert re.search(r"m\d、m\d、m\d 和另外 6 个未分出高下。", chinese)


def test_worse_of_nine_systems_are_told_from_the_leading_ones() -> None:
    """Systems that the first is shown to beat are not among those without a winner."""
    many = {f"m{i}": right(8, 10, articles=30, spread=i % 2) for i in range(2)}
    many |= {f"w{i}": right(1, 10, articles=30, spread=1) for i in range(7)}
    english, _ = said(found(many))
    assert re.search(
        r"No winner shown among m\d and m\d; on articles like these, m\d is better than w", english
    )


@pytest.mark.parametrize(
    ("counted", "english", "chinese"),
    [
        (
            issue("qwen", "invented", 20, 20),
            "invents an answer on all 20 questions",
            "20 题，qwen 全都编造了答案",
        ),
        (
            issue("qwen", "invented", 19, 20),
            "invents an answer on 19 of 20 questions",
            "20 题中，qwen 有 19 题编造了答案",
        ),
        (
            issue("qwen", "repeats", 30, 100),
            "repeats itself in 30 of 100 answers",
            "有 30 次内容重复",
        ),
        (issue("qwen", "declined", 3, 210), None, None),
        (issue("qwen", "truncated", 1, 2), None, None),
    ],
)
def test_worst_habit_is_what_is_frequent(
    counted: IssueCount, english: str | None, chinese: str | None
) -> None:
    """A habit shows in a tenth of the outputs that could have it, and more than once."""
    summary = found({"qwen": right(5, 10, articles=6)}, counted)
    texts = said(summary)
    assert len(conclude(summary)[0].habits) == (english is not None)
    assert (english or "") in texts[0]
    assert (chinese or "") in texts[1]


def test_of_two_habits_the_more_frequent_is_told() -> None:
    """Each model has one habit, the most frequent over all tasks of the kind."""
    few, many = issue("qwen", "copied", 2, 10), issue("qwen", "truncated", 5, 10)
    english, _ = said(found({"qwen": right(5, 10, articles=6)}, few, many))
    assert "cut off" in english
    assert "copies" not in english


def test_other_metric_with_another_winner_is_told() -> None:
    """Where another headline metric shows another model to be better, the verdict says so."""
    em = found({"qwen": right(9, 10, articles=30), "tiny": right(2, 10, articles=30, spread=1)})
    f1 = found(
        {"qwen": right(2, 10, articles=30), "tiny": right(9, 10, articles=30, spread=1)},
        metric="f1",
    )
    english, chinese = said(
        replace(
            em, metrics=(*em.metrics, *f1.metrics), comparisons=(*em.comparisons, *f1.comparisons)
        )
    )
    assert "In f1, tiny is better." in english
    assert "若看 f1，则 tiny 更好。" in chinese


def test_each_condition_has_its_own_conclusion() -> None:
    """Models asked in two wordings are judged under each, the title naming which."""
    summary = found({"qwen@a": right(5, 10, articles=6), "qwen@b": right(5, 10, articles=6)})
    a, b = summary.systems
    conditions = (
        replace(a, condition=Condition(wording="a")), replace(b, condition=Condition(wording="b"))
    )  # fmt: skip
    found_ = conclude(replace(summary, systems=conditions))
    assert [c.title for c in found_] == [
        ("Answering questions, a", "回答问题（a）"),
        ("Answering questions, b", "回答问题（b）"),
    ]


def test_sentences_are_joined_as_each_language_does() -> None:
    """With a space in English, without one in Chinese, on the page as in the terminal."""
    (conclusion,) = conclude(found({"qwen": right(9, 10, articles=30, spread=1)}))
    assert conclusion.support == tuple(
        conclusion.text(language).removeprefix(first).strip()
        for language, first in zip(LANGUAGES, conclusion.sentences[0], strict=True)
    )
    assert "。 " not in conclusion.support[1]


def test_of_many_models_those_with_the_same_habit_share_a_line() -> None:
    """Each is named with its counts, the best first."""
    many = {f"m{i}": right(9 - i, 10, articles=30, spread=i % 2) for i in range(5)}
    counts = [issue(name, "invented", 10 + i, 20) for i, name in enumerate(many)]
    english, chinese = said(found(many, *counts))
    assert (
        "Invented an answer: m0 10 of 20, m1 11 of 20, m2 12 of 20, m3 13 of 20, m4 14" in english
    )
    assert "编造答案：m0 10/20、m1 11/20" in chinese


def test_run_without_scores_has_no_conclusion() -> None:
    """Nothing is said of a task that nothing was scored on."""
    facts: MetricFacts = metric_facts("em")
    assert conclude(summarise("run", [row("qwen")], [facts], [])) == []


VALUES = st.lists(
    st.lists(st.sampled_from([0.0, 1.0]), min_size=1, max_size=6), min_size=1, max_size=5
)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(["qwen", "tiny", "llama", "lead"]), VALUES, min_size=1))
def test_every_sentence_is_whole_in_every_language(answers: Answers) -> None:
    """Whatever the values, no sentence lacks a word, a language or its full stop."""
    for conclusion in conclude(found(answers)):
        assert conclusion.sentences
        for english, chinese in (*conclusion.sentences, *(h.words for h in conclusion.habits)):
            assert english.endswith(".")
            assert chinese.endswith("。")
            assert not {"{", "}"} & {*english, *chinese}


def test_a_share_of_the_questions_is_over_questions() -> None:
    """Seven of nine are 78%, whatever the mean over articles of unequal size."""
    english, _ = said(found({"qwen": [[1.0] * 2 + [0.0] * 2, [1.0] * 3, [1.0] * 2]}))
    assert "qwen is right on 78% of the questions." in english


def test_people_are_no_measure_where_few_examples_have_them() -> None:
    """With fewer than half of the examples no share of what people reach is told."""
    values: Answers = {"qwen": [[0.2, 0.2, 0.2], [0.2, 0.2]], "human": [[0.4], [0.4]]}
    english, _ = said(found(values, metric="rougeLsum", kind="summary"))
    assert "qwen scores 0.200 in rougeLsum." in english
    assert "people" not in english
