"""Public data sets and tables of one's own, read like articles with their references."""

from __future__ import annotations

import gc
import json
import warnings
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from evalkit import corpus
from evalkit.config import Columns, HubData, SquadData, TableData
from tests.conftest import ROOT, problems

if TYPE_CHECKING:
    from pathlib import Path


def test_a_squad_file_gives_contexts_questions_and_all_answers() -> None:
    """Two contexts, three questions, repeated answers once: CMRC 2018 and DRCD read so."""
    loaded = corpus.load(SquadData(squad=ROOT / "tests" / "golden" / "squad-sample.json"))
    bridge, library = loaded.articles
    assert bridge.text.startswith("青石桥建于1873年")
    first, second = loaded.references[bridge.id].questions
    assert (first.id, first.answers) == ("BRIDGE_1", ("周福生", "石匠周福生"))
    assert second.answers == ("85万元",)
    assert [q.id for q in loaded.references[library.id].questions] == ["LIBRARY_1"]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ([], "is not valid"),
        (None, "is not valid"),
        ({"paragraphs": []}, "is not valid"),
        ({"data": [1]}, "is not in SQuAD's layout"),
        ({"data": [{"paragraphs": 1}]}, "is not in SQuAD's layout"),
        ({"data": [{"paragraphs": [{"qas": [{"id": "1"}]}]}]}, "is not in SQuAD's layout"),
        ({"data": []}, "holds no rows"),
    ],
)
def test_a_file_in_another_layout_than_squad_s_is_refused(
    tmp_path: Path, content: object, what: str
) -> None:
    """One line, wherever the layout ends."""
    file = tmp_path / "squad.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    assert problems(SquadData(squad=file))[0].startswith(f"{file}: {what}")


def test_a_question_id_stands_once_in_an_article(tmp_path: Path) -> None:
    """Two examples of one name would be taken for one another."""
    asked = [{"id": "1", "question": text, "answers": {"text": 3}} for text in ("几？", "谁？")]
    content = {"data": [{"paragraphs": [{"context": "甲文。", "qas": asked}]}]}
    file = tmp_path / "squad.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    assert problems(SquadData(squad=file)) == [
        f"{file}:row 2: `1` stands twice in one article; give each its own id"
    ]


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".tsv", ".parquet"])
def test_a_table_with_named_columns_is_read(tmp_path: Path, suffix: str) -> None:
    """In-house data: the config names the columns; rows of one text are one article."""
    frame = pd.DataFrame(
        {
            "正文": ["甲文。", "甲文。", "乙文。"],
            "摘要": ["甲一", "甲二", "乙一"],
            "问": ["谁？", "哪？", "几？"],
            "答": ["王", "襄阳", "3名"],
        }
    )
    file = tmp_path / f"data{suffix}"
    if suffix == ".jsonl":
        frame.to_json(file, orient="records", lines=True, force_ascii=False)
    elif suffix == ".parquet":
        frame.to_parquet(file)
    else:
        frame.to_csv(file, index=False, sep="\t" if suffix == ".tsv" else ",", encoding="gb18030")
    columns = Columns(article="正文", summary="摘要", question="问", answers="答")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the library leaves its CSV files open
        loaded = corpus.load(TableData(table=file, columns=columns))
        limited = corpus.load(TableData(table=file, columns=columns), limit=1)
        gc.collect()
    assert [article.text for article in loaded.articles] == ["甲文。", "乙文。"]
    first = loaded.references[loaded.articles[0].id]
    assert [summary.text for summary in first.summaries] == ["甲一", "甲二"]
    assert [(q.id, q.question, q.answers) for q in first.questions] == [
        ("q01", "谁？", ("王",)),
        ("q02", "哪？", ("襄阳",)),
    ]
    assert len(limited.articles) == 1


def test_a_row_without_text_is_named(tmp_path: Path) -> None:
    """A wrong column name is told row by row, not met as a crash later."""
    file = tmp_path / "data.jsonl"
    file.write_text(json.dumps({"text": "甲"}) + "\n", encoding="utf-8")
    table = TableData(table=file, columns=Columns(article="body", summary="text"))
    assert problems(table) == [f"{file}:row 1: has no text in column body; name the right columns"]


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("a.jsonl", "{broken", "is not valid"),
        ("a.xlsx", "x", "has the ending '.xlsx'"),
        ("a.csv", " ", "is empty"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(
    tmp_path: Path, name: str, content: str, what: str
) -> None:
    """Whatever the library stumbles over becomes one line."""
    file = tmp_path / name
    file.write_text(content, encoding="utf-8")
    found = problems(TableData(table=file, columns=Columns(article="a")))
    assert found[0].startswith(f"{file}: {what}")


def test_a_missing_table_is_refused(tmp_path: Path) -> None:
    """The path is named."""
    missing = tmp_path / "none.csv"
    assert problems(TableData(table=missing, columns=Columns(article="a"))) == [
        f"{missing}: cannot be read (no such file); check the path"
    ]


def test_a_hub_data_set_without_a_hub_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline, the data set is named in one line."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)  # read at import
    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", True)
    hub = HubData(hub_dataset="someone/data", revision="0" * 40, split="train")
    assert problems(hub)[0].startswith("someone/data: ")
