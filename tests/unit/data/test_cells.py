"""Cells of data sets: what is plainly meant is read, and the rest is refused by name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit import data as corpus
from evalkit.config.sources import Columns, TableData
from evalkit.data.cells import UnclearCellError, answers_of, summaries_of, text_of
from tests.support.problems import corpus_problems

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FIRST, SECOND = "襄阳市今年举办创客活动。", "共有四十五个项目参赛"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (False, "false"),
        (3, "3"),
        (FIRST.encode(), FIRST),
        (np.array([FIRST, SECOND]), f"{FIRST}\n{SECOND}"),
        (np.float64(0.5), "0.5"),
        ([FIRST, SECOND], f"{FIRST}\n{SECOND}"),
        ([FIRST], FIRST),
        ([], ""),
        (list(FIRST), FIRST),
        (["是"], "是"),
        (json.dumps([FIRST, SECOND]), f"{FIRST}\n{SECOND}"),
        (str([FIRST, SECOND]), f"{FIRST}\n{SECOND}"),
        ("[本报讯]今天下雨[完]", "[本报讯]今天下雨[完]"),
        ("[1]", "[1]"),
    ],
)
def test_a_text_is_read_from_what_holds_one(cell: object, text: str) -> None:
    """Sentences are lines, characters are joined, bytes and arrays are what they hold."""
    assert text_of(cell) == text


@pytest.mark.parametrize(("speaker", "said"), [("speaker", "utterance"), ("role", "content")])
def test_a_dialogue_is_one_turn_a_line(speaker: str, said: str) -> None:
    """As in customer-service data: who speaks, a colon, and what is said."""
    turns = [{speaker: "用户", said: "什么时候发货"}, {speaker: "客服", said: ["今天"], "turn": 1}]
    assert text_of(turns) == "用户：什么时候发货\n客服：今天"


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ({"title": "甲", "body": "乙"}, "an object with the keys title, body"),
        ([{"title": "甲", "paragraphs": ["乙"]}], "an object with the keys title, paragraphs"),
        ([FIRST, [SECOND]], "holds a list"),
        (["我们", "今天", "下雨"], "3 short texts"),
        (b"\xff\xfe\xfd", "bytes that are not UTF-8"),
        ("['襄阳' '武汉']", "a program has written as text"),
        ("{'text': array(['襄阳'], dtype=object)}", "a program has written as text"),
    ],
)
def test_what_is_not_plainly_a_text_is_refused(cell: object, says: str) -> None:
    """With what it is; never as Python would print it."""
    with pytest.raises(UnclearCellError, match=says):
        text_of(cell)


@pytest.mark.parametrize(
    ("cell", "summaries"),
    [
        (FIRST, (FIRST,)),
        (list(SECOND), (SECOND,)),
        ([FIRST, SECOND], (f"{FIRST}\n{SECOND}",)),
        ([[FIRST, SECOND], list(SECOND)], (f"{FIRST}\n{SECOND}", SECOND)),
        (" ", ()),
        (None, ()),
    ],
)
def test_a_list_of_sentences_is_one_summary(cell: object, summaries: tuple[str, ...]) -> None:
    """Several summaries are lists in a list."""
    assert summaries_of(cell) == summaries


def test_texts_that_may_be_one_summary_or_several_are_refused() -> None:
    """Each holds several sentences: paragraphs of one summary look just like that."""
    with pytest.raises(UnclearCellError, match="one summary or several"):
        summaries_of([FIRST + SECOND + "。", FIRST + FIRST])


@pytest.mark.parametrize(
    ("cell", "answers"),
    [
        ("['周福生', '石匠周福生']", ("周福生", "石匠周福生")),
        ('["周福生", "石匠周福生"]', ("周福生", "石匠周福生")),
        ("{'text': ['周福生'], 'answer_start': [3]}", ("周福生",)),
        ({"text": ["周福生", "周福生", " "]}, ("周福生",)),
        ([{"text": "周福生", "answer_start": 3}], ("周福生",)),
        (np.array(["是", "对"]), ("是", "对")),
        (["", " ", None], ()),
        ([1434, True], ("1434", "true")),
    ],
)
def test_answers_are_one_each(cell: object, answers: tuple[str, ...]) -> None:
    """A list that was written as text is never one answer; blank ones are none."""
    assert answers_of(cell) == answers


@pytest.mark.parametrize(
    ("read", "cell"),
    [
        (answers_of, "['周福生' '石匠']"),
        (answers_of, [["周福生"]]),
        (answers_of, [{"answer": "周福生"}]),
        (answers_of, {"answers": ["周福生"]}),
        (summaries_of, [{"summary": FIRST}]),
    ],
)
def test_other_answers_are_refused(read: Callable[[object], object], cell: object) -> None:
    """An object is nobody's answer."""
    with pytest.raises(UnclearCellError):
        read(cell)


@given(st.lists(st.text("甲乙丙'\"\\[]，。", min_size=1).filter(str.strip), min_size=1))
def test_a_list_written_as_text_is_the_list(answers: list[str]) -> None:
    """Law: in JSON or in Python's notation, a list of answers says the same as the list."""
    expected = answers_of(answers)
    assert answers_of(json.dumps(answers, ensure_ascii=False)) == expected
    assert answers_of(str(answers)) == expected


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text() | st.binary(),
                    lambda some: st.lists(some) | st.dictionaries(st.text(), some)))  # fmt: skip
def test_every_cell_is_read_or_refused(cell: object) -> None:
    """Law: nothing else is raised, and no list or object becomes its Python notation."""
    for read in (text_of, summaries_of, answers_of):
        try:
            found = read(cell)
        except UnclearCellError:
            continue
        assert not isinstance(cell, list | dict) or found != str(cell)


ROW = {"content": FIRST, "summary": SECOND}
COLUMNS = Columns(article="content", summary="summary")


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ROW),
        json.dumps(ROW, indent=2),
        f"{json.dumps(ROW)}\n",
        pd.DataFrame([ROW]).to_json(),
        pd.DataFrame([ROW]).to_json(orient="index"),
        pd.DataFrame([ROW]).to_json(orient="split"),
        pd.DataFrame([ROW]).to_json(orient="table"),
        pd.DataFrame([ROW]).to_json(orient="records", indent=1),
    ],
)
def test_json_may_hold_one_object_or_what_pandas_writes(tmp_path: Path, text: str) -> None:
    """Every orientation that has named columns gives the same row."""
    file = tmp_path / "data.json"
    file.write_text(text, encoding="utf-8")
    loaded = corpus.load(TableData(table=file, columns=COLUMNS))
    assert [article.text for article in loaded.articles] == [FIRST]
    (references,) = loaded.references.values()
    assert [summary.text for summary in references.summaries] == [SECOND]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"content": [FIRST, SECOND], "summary": [SECOND, FIRST]}, "may be one row or 2"),
        ({"version": "1", "data": [{"paragraphs": [], "title": ""}]}, "read it as `squad: data."),
        ({"columns": 5, "data": [[1]]}, "columns.article: has no column"),
        ({"columns": ["content"], "data": [1]}, "columns.article: has no column"),
    ],
)
def test_json_that_is_not_plainly_a_table_is_refused(
    tmp_path: Path, content: object, says: str
) -> None:
    """Two lists may be sentences of one row, or two columns; another layout has its own key."""
    file = tmp_path / "data.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    problem, *_ = corpus_problems(TableData(table=file, columns=COLUMNS))
    assert says in str(problem)


def test_parquet_columns_of_lists_are_read(tmp_path: Path) -> None:
    """Sentences of an article, characters of a summary: the layout of CNewSum."""
    file = tmp_path / "data.parquet"
    frame = pd.DataFrame({"article": [[FIRST, SECOND]], "summary": [list(SECOND)], "id": [7]})
    frame.to_parquet(file)
    columns = Columns(article="article", summary="summary", id="id")
    loaded = corpus.load(TableData(table=file, columns=columns))
    assert [(a.id, a.text) for a in loaded.articles] == [("7", f"{FIRST}\n{SECOND}")]
    assert [s.text for s in loaded.references["7"].summaries] == [SECOND]


def test_a_dialogue_and_its_summary_in_sentences_are_read(tmp_path: Path) -> None:
    """The layout of CSDS."""
    turns = [{"speaker": "Q", "turn": 0, "utterance": "在吗"},
             {"speaker": "A", "turn": 1, "utterance": "在的"}]  # fmt: skip
    row = {"DialogueID": "d1", "Dialogue": turns, "FinalSumm": [FIRST, SECOND]}
    file = tmp_path / "dev.json"
    file.write_text(json.dumps([row]), encoding="utf-8")
    columns = Columns(article="Dialogue", summary="FinalSumm", article_id="DialogueID")
    loaded = corpus.load(TableData(table=file, columns=columns))
    assert [(a.id, a.text) for a in loaded.articles] == [("d1", "Q：在吗\nA：在的")]
    assert [s.text for s in loaded.references["d1"].summaries] == [f"{FIRST}\n{SECOND}"]


def test_documents_of_a_search_engine_are_refused_by_name(tmp_path: Path) -> None:
    """The layout of DuReader: which of the documents is the article, nobody can tell."""
    row = {"documents": [{"title": "甲", "paragraphs": [FIRST], "is_selected": True}]}
    file = tmp_path / "search.jsonl"
    file.write_text(json.dumps(row), encoding="utf-8")
    (problem,) = corpus_problems(TableData(table=file, columns=Columns(article="documents")))
    assert (problem.code, problem.file) == ("invalid", f"{file}:row 1")
    assert "column documents is a list that holds an object with the keys title" in problem.what


def test_two_articles_of_one_id_are_refused(tmp_path: Path) -> None:
    """Their outputs could not be told apart."""
    file = tmp_path / "data.csv"
    file.write_text("id,a,s\n1,甲文,甲\n1,乙文,乙\n", encoding="utf-8")
    columns = Columns(article="a", summary="s", id="id")
    (problem,) = corpus_problems(TableData(table=file, columns=columns))
    assert (problem.code, problem.key) == ("duplicate", "1")
