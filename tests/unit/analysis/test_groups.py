"""Examples are divided by what the data has."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evalkit.analysis.groups import groups_of, place
from tests.support.runs import ARTICLES, EXAMPLES

EXAMPLE_BY_ID = {example.id: example for example in EXAMPLES}
ARTICLE_BY_ID = {article.id: article for article in ARTICLES}


def test_examples_are_divided_by_task_type_difficulty_and_place() -> None:
    """Summaries by task, answers by the rest; groups come in their order."""
    found = groups_of(EXAMPLE_BY_ID, ARTICLE_BY_ID)
    assert set(found) == {"task", "type", "difficulty", "evidence"}
    assert found["task"] == {f"{article.id}/short": "short" for article in ARTICLES}
    assert found["type"]["bridge/q1"] == "number"
    assert list(dict.fromkeys(found["difficulty"].values())) == ["1", "2", "3"]
    assert list(dict.fromkeys(found["evidence"].values())) == ["beginning", "end", "none"]


def test_what_the_data_does_not_have_divides_nothing() -> None:
    """Public data has no types, difficulties or evidence."""
    bare = {
        id_: replace(example, type=None, difficulty=None, evidence=())
        for id_, example in EXAMPLE_BY_ID.items()
        if example.kind == "answer"
    }
    assert groups_of(bare, ARTICLE_BY_ID) == {}


def test_without_the_text_of_an_article_nothing_has_a_place() -> None:
    """As in an upgraded run whose project is gone."""
    unread = {id_: replace(article, text="") for id_, article in ARTICLE_BY_ID.items()}
    for articles in ({}, unread):
        assert "evidence" not in groups_of(EXAMPLE_BY_ID, articles)


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        (("甲",), "beginning"),
        (("己",), "middle"),
        (("癸",), "end"),
        (("甲", "癸"), "several"),
        (("甲", "乙"), "beginning"),
        ((), "none"),
        (("子",), "none"),
    ],
)
def test_place_of_evidence(evidence: tuple[str, ...], expected: str) -> None:
    """The place is the third of the article in which the evidence begins."""
    assert place(evidence, "甲乙丙丁戊己庚辛壬癸") == expected
