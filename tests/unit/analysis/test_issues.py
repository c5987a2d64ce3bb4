"""What is wrong with outputs: each issue by its rule, counted by task."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.analysis.issues import count_issues, find_issues, find_repeats, name_issues
from evalkit.records import Example, Generation, PlannedRequest
from evalkit.report.labels import labels
from evalkit.results import Issue
from tests.support.results import score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.analysis.issues import Judged
    from evalkit.records import Place, ScoreLine

ARTICLE = (
    "襄阳大桥今天通车，全长3公里，投资2亿元。市长李明参加了仪式，并讲了话。施工用了MagLev技术。"
)
SHORT = Example(
    id="bridge/short", article_id="bridge", task="short", kind="summary", n_characters=20,
    references=("襄阳大桥通车",),
)  # fmt: skip
LONG = Example(
    id="bridge/long", article_id="bridge", task="long", kind="summary", n_characters=60,
    references=("襄阳大桥今天通车",),
)  # fmt: skip
NAMED = Example(
    id="bridge/q1", article_id="bridge", task="answer", kind="answer", type="person",
    question="谁参加了仪式？", references=("李明",),
)  # fmt: skip
UNTOLD = Example(
    id="bridge/q2", article_id="bridge", task="answer", kind="answer", type="unanswerable",
    question="大桥由谁设计？", references=("文中未提及",),
)  # fmt: skip
LENGTH = Example(
    id="bridge/q3", article_id="bridge", task="answer", kind="answer", type="number",
    question="大桥有多长？", unit="公里", references=("3公里",),
)  # fmt: skip
EXAMPLES = {example.id: example for example in (SHORT, LONG, NAMED, UNTOLD, LENGTH)}


def judge(texts: dict[str, str], scores: Sequence[ScoreLine] = ()) -> dict[Place, Judged]:
    """Return what is found in what one system wrote, by the id of the example."""
    return find_issues(
        requests=[PlannedRequest(system="qwen", step="article", example=id_) for id_ in texts],
        examples=EXAMPLES,
        articles={"bridge": ARTICLE},
        generations={
            ("qwen", id_, 0): Generation(
                key=id_, system="qwen", example=id_, text=text, prediction=text,
                finish_reason="stop",
            )
            for id_, text in texts.items()
        },
        scores=scores,
    )  # fmt: skip


def issues(example: Example, text: str) -> set[Issue]:
    """Return the issues of one output."""
    return set(of_output(judge({example.id: text}), example))


def of_output(found: dict[Place, Judged], example: Example) -> tuple[Issue, ...]:
    """Return the issues of the one output for an example."""
    return name_issues(found).get(("qwen", example.id, 0), ())


@pytest.mark.parametrize(
    ("example", "text", "found"),
    [
        (SHORT, "一座新桥通车，市长到场祝贺，全城欢庆。", set()),
        (SHORT, "新桥建成，便利出行。" * 4, {"repeats"}),
        (SHORT, "新桥。", {"off_length"}),
        (SHORT, "新桥通车，" + "两岸往来不再绕路，商家也盼客流，" * 3, {"off_length", "repeats"}),
        (SHORT, "市长李明参加了仪式，并讲了话。", {"copied"}),
        (SHORT, "A new bridge opened", {"other_language"}),
        (SHORT, "施工用MagLev技术，出行更方便。", set()),
        (NAMED, "MagLev", set()),
        (NAMED, "Li Ming, the mayor", {"other_language"}),
        (NAMED, "文中未提及", {"declined"}),
        (NAMED, "李明", set()),
        (UNTOLD, "王芳", {"invented"}),
        (UNTOLD, "文章没有说明由谁设计。", set()),
        (NAMED, "", {"empty"}),
    ],
)  # fmt: skip
def test_each_issue_has_its_rule(example: Example, text: str, found: set[Issue]) -> None:
    """An output has an issue where its rule holds, and no other."""
    assert issues(example, text) == found


def test_longer_summary_that_says_no_more_is_the_shorter_one_again() -> None:
    """Repeated sentences and the numbers of a list do not make a summary another one."""
    short = "新桥今天通车。市长到场祝贺。"
    for longer, again in (
        (short, True),
        (f"1. {short}2. {short}", True),
        (f"{short}还讲了话。", False),
    ):
        found = judge({SHORT.id: short, LONG.id: longer})
        assert found["qwen", LONG.id, 0]["same_text"] is again
        assert "same_text" not in found["qwen", SHORT.id, 0]


def test_right_answer_with_more_around_is_told_from_wrong_ones() -> None:
    """Of the answers that em calls wrong, those that em_extracted calls right."""
    scores = [
        score(NAMED.id, 0.0), score(NAMED.id, 1.0, metric="em_extracted"),
        score(UNTOLD.id, 0.0), score(UNTOLD.id, 0.0, metric="em_extracted"),
    ]  # fmt: skip
    found = judge({NAMED.id: "是李明参加的。", UNTOLD.id: "王芳"}, scores)
    assert found["qwen", NAMED.id, 0]["in_sentence"]
    assert not found["qwen", UNTOLD.id, 0]["in_sentence"]


@pytest.mark.parametrize(
    ("text", "rule", "extracted", "found"),
    [
        ("2公里", "number", 0.0, {"wrong_value"}),
        ("一座桥", "none", 0.0, {"wrong_other"}),
        ("大桥全长3公里，很长很长", "number", 1.0, {"in_sentence"}),
        ("文中未提及", "number", 0.0, {"declined"}),
    ],
)
def test_an_answer_is_wrong_in_one_way(
    text: str, rule: str, extracted: float, found: set[Issue]
) -> None:
    """Of another value or text, right with more around it, or declined: just one of them."""
    em = replace(score(LENGTH.id, 0.0), rule=rule)
    scores = [em, score(LENGTH.id, extracted, metric="em_extracted")]
    judged = judge({LENGTH.id: text}, scores)
    assert set(of_output(judged, LENGTH)) == found


def test_a_right_answer_has_nothing_wrong() -> None:
    """Whatever it looks like, an answer that em calls right has no issue of its text."""
    judged = judge({NAMED.id: "Mayor Li Ming"}, [score(NAMED.id, 1.0)])
    assert of_output(judged, NAMED) == ()


@given(st.text(alphabet="ab。", max_size=60))
def test_a_repeat_is_in_the_text_before_it(text: str) -> None:
    """Each stretch begins anew something that began earlier, and none overlaps another."""
    found = find_repeats(text)
    for start, end in found:
        assert end - start >= 8
        assert text.find(text[start:end]) < start
    assert all(one[1] <= other[0] for one, other in pairwise(found))


def test_every_issue_has_words() -> None:
    """The report can name each in both languages."""
    assert {f"issue.{name}" for name in get_args(Issue)} <= set(labels())


def test_missing_and_failed_outputs_are_judged_by_nothing_else() -> None:
    """There is no text to judge: what failed is neither too short nor invented."""
    asked = PlannedRequest(system="qwen", step="article", example=UNTOLD.id)
    failed = PlannedRequest(
        system="qwen", step="article", example=NAMED.id, problem="too long for the model"
    )
    found = find_issues(
        requests=[asked, failed],
        examples=EXAMPLES,
        articles={"bridge": ARTICLE},
        generations={},
        scores=(),
    )
    assert of_output(found, UNTOLD) == ("missing",)
    assert of_output(found, NAMED) == ("failed",)
    assert "invented" not in found["qwen", UNTOLD.id, 0]


def test_counts_are_of_the_outputs_that_could_have_the_issue() -> None:
    """Inventing is counted over the questions that the text does not answer."""
    texts = {NAMED.id: "李明", UNTOLD.id: "王芳", SHORT.id: "新桥。"}
    counts = count_issues(judge(texts), EXAMPLES)
    by_issue = {(c.task, c.issue): (c.n, c.n_of) for c in counts}
    assert by_issue["answer", "invented"] == (1, 1)
    assert by_issue["answer", "declined"] == (0, 1)
    assert by_issue["answer", "empty"] == (0, 2)
    assert by_issue["short", "off_length"] == (1, 1)
