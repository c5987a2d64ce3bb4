"""The sentences of the verdict: true of the numbers, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.records import Condition
from evalkit.report.labels import LANGUAGES
from evalkit.report.verdict import conclude
from evalkit.results import IssueCount
from evalkit.stats.summarise import summarise
from tests.support.results import metric_facts, row, score

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.records import Kind
    from evalkit.results import Issue, MetricFacts, Summary, SystemSummary

    Answers = Mapping[str, Sequence[Sequence[float]]]

BASELINES = ("lead", "textrank")


def rows(names: Sequence[str]) -> list[SystemSummary]:
    """Return a row for each name; those of baselines and people have their roles."""
    return [
        row(name, role="baseline" if name in BASELINES else "human")
        if name in {*BASELINES, "human"}
        else row(name)
        for name in names
    ]


def found(
    answers: Answers,
    *issues: IssueCount,
    metric: str = "em",
    kind: Kind = "answer",
) -> Summary:
    """Return the summary of a run: of each system, the values of each article's examples."""
    sizes = [
        (str(i), len(values))
        for by_article in answers.values()
        for i, values in enumerate(by_article)
    ]
    n_by_article = {i: max(n for j, n in sizes if i == j) for i, _ in sizes}
    facts = replace(metric_facts(metric, n_by_article=n_by_article), kind=kind)
    scores = [
        score(f"{i}/{j}", value, system=name, metric=metric)
        for name, by_article in answers.items()
        for i, values in enumerate(by_article)
        for j, value in enumerate(values)
    ]
    summary = summarise("run", rows(list(answers)), [facts], scores)
    return replace(summary, issues=issues)


def said(summary: Summary) -> tuple[str, str]:
    """Return the text of the only conclusion, in English and in Chinese."""
    (conclusion,) = conclude(summary)
    english, chinese = ("\n".join(conclusion.lines(language)) for language in LANGUAGES)
    return english, chinese


def right(n: int, of: int, *, articles: int, spread: int = 0) -> list[list[float]]:
    """Return answers of which `n` of each article are right, more or fewer by turns."""
    return [[float(j < n + spread * (-1) ** i) for j in range(of)] for i in range(articles)]


def issue(name: str, issue: Issue, n: int, n_of: int, kind: Kind = "answer") -> IssueCount:
    """Return how many outputs of a system have an issue."""
    task = "answer" if kind == "answer" else "long"
    return IssueCount(
        system=name, kind=kind, step="article", task=task, issue=issue, n=n, n_of=n_of
    )


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
    assert "就所测的 2 篇文章而言，qwen 优于 tiny。" in chinese
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
        r"With 6 articles, only a difference of 0\.\d\d or more in em would show for articles like",
        english,
    )
    assert "qwen 和 llama 未分胜负。" in chinese
    assert re.search(
        r"只有 6 篇文章，em 相差 0\.\d\d 以上，才能认定在同类文章上也有差别。", chinese
    )


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
    assert "broken 没有评分：没有可评的输出。" in chinese


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
        "(rougeLsum 0.20 against 0.40, from the 3 of 4 summaries with several references)."
    ) in english
    assert (
        "的得分为人工摘要的 50%（rougeLsum：模型 0.20，人工 0.40；4 篇中有 3 篇备有多份参考摘要，"
        in chinese
    )


def test_nine_systems_are_not_all_listed() -> None:
    """Many systems that cannot be told apart are counted, not listed one by one."""
    nine = {f"m{i}": right(5, 10, articles=6, spread=i % 3 - 1) for i in range(9)}
    english, chinese = said(found(nine))
    assert re.search(r"No winner shown among m\d, m\d, m\d and 6 others\.", english)
    assert re.search(r"m\d、m\d、m\d 和另外 6 个未分胜负。", chinese)


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
            "invents an answer on 20 of 20 questions",
            "20 题编造了",
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
        (6, 6, "No reason yet to use a model for this task.", "暂不建议使用模型。"),
        (2, 9, "No reason yet to use a model for this task.", "暂不建议使用模型。"),
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


def test_sentences_are_joined_as_each_language_does() -> None:
    """With a space in English, without one in Chinese, on the page as in the terminal."""
    (conclusion,) = conclude(found({"qwen": right(9, 10, articles=30, spread=1)}))
    assert conclusion.support == tuple(
        conclusion.text(language).removeprefix(first).strip()
        for language, first in zip(LANGUAGES, conclusion.sentences[0], strict=True)
    )
    assert "。 " not in conclusion.support[1]


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


def test_a_share_of_the_questions_is_over_questions() -> None:
    """Seven of nine are 78%, whatever the mean over articles of unequal size."""
    english, _ = said(found({"qwen": [[1.0] * 2 + [0.0] * 2, [1.0] * 3, [1.0] * 2]}))
    assert "qwen is right on 78% of the questions." in english


def test_people_are_no_measure_where_few_examples_have_them() -> None:
    """With fewer than half of the examples no share of what people reach is told."""
    values: Answers = {"qwen": [[0.2, 0.2, 0.2], [0.2, 0.2]], "human": [[0.4], [0.4]]}
    english, _ = said(found(values, metric="rougeLsum", kind="summary"))
    assert "qwen scores 0.20 in rougeLsum." in english
    assert "people" not in english


def test_baselines_alone_lead_to_a_model_or_to_people() -> None:
    """Without a model they are lines to beat; without references people are to judge."""
    summary = found({"lead": [[0.2, 0.3]]}, metric="rougeLsum", kind="summary")
    assert "these are the lines that a model has to beat" in said(summary)[0]
    assert "annotate" not in said(summary)[0]
    facts = tuple(replace(facts, reads_references=False) for facts in summary.metrics)
    assert "let people judge them" in said(replace(summary, metrics=facts))[0]
