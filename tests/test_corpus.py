"""Articles, references and public data sets: read right, or refused with a place and a remedy."""

from __future__ import annotations

import gc
import io
import json
import tarfile
import warnings
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from evalkit import corpus
from evalkit.config import ArticleData, Columns, HubData, SquadData, TableData
from evalkit.corpus import encoding
from evalkit.errors import InputError
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SHARED_TEXT = (
    "汉江流域创客英雄汇活动在襄阳市举行，13名创客代表讲述了他们的故事，社区事项减少了60.18％。"
)
DATA = ArticleData(articles=ROOT / "seeds" / "index.yaml", references=ROOT / "references")

INDEX = """\
articles:
  - {id: a, file: a.txt, title: t, source: s, date: d, kind: news}
"""
REFERENCES = """\
article: a
headline: 标题
summaries:
  - {id: s1, length: short, text: 摘要。}
questions:
  - {id: q1, type: number, difficulty: 1, question: 几名？, answers: [3名], evidence: [三名]}
"""
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def tar(content: bytes) -> bytes:
    """Return an archive of one file: valid UTF-8 where the file is, and mostly NULs."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as file:
        entry = tarfile.TarInfo("a.txt")
        entry.size = len(content)
        file.addfile(entry, io.BytesIO(content))
    return archive.getvalue()


@pytest.fixture
def data(tmp_path: Path) -> ArticleData:
    """Return a corpus of one article, free to be spoilt."""
    (tmp_path / "seeds").mkdir()
    (tmp_path / "references").mkdir()
    (tmp_path / "seeds" / "index.yaml").write_text(INDEX, encoding="utf-8")
    (tmp_path / "seeds" / "a.txt").write_text("三名代表。", encoding="utf-8")
    (tmp_path / "references" / "a.yaml").write_text(REFERENCES, encoding="utf-8")
    return ArticleData(
        articles=tmp_path / "seeds" / "index.yaml", references=tmp_path / "references"
    )


def problems(data: ArticleData | SquadData | TableData | HubData) -> list[str]:
    """Return the problems of a corpus, each as its line."""
    with pytest.raises(InputError) as raised:
        corpus.load(data)
    return [str(problem) for problem in raised.value.problems]


def test_the_five_articles_are_read_with_their_references() -> None:
    """Every article of the index has its references, in the index's order."""
    loaded = corpus.load(DATA)
    assert [article.id[:3] for article in loaded.articles] == ["000", "001", "002", "003", "004"]
    assert all(loaded.references[article.id].questions for article in loaded.articles)


def test_a_limit_takes_the_first_articles() -> None:
    """`limit: 2` reads two, and the references of the others are no strays."""
    loaded = corpus.load(DATA, limit=2)
    assert len(loaded.articles) == len(loaded.references) == 2


def test_an_article_is_its_bytes(data: ArticleData) -> None:
    """The text is never repaired: spaces, widths and line breaks stay."""
    flawed = "　　三名代表,\r\n报\n到６０．１８％。\n"
    (data.articles.parent / "a.txt").write_bytes(flawed.encode())
    assert corpus.load(data).articles[0].text == flawed


@pytest.mark.parametrize(
    ("codec", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf_16_le"),
        ("utf-16-be", "utf_16_be"),
    ],
)
def test_chinese_text_is_read_in_any_encoding(codec: str, found: str) -> None:
    """With and without a byte order mark, the text comes out the same."""
    data = SHARED_TEXT.encode(codec)
    assert encoding.detect(data) == found
    assert data.decode(found) == SHARED_TEXT


def test_a_stray_nul_is_a_character_of_the_text(data: ArticleData) -> None:
    """U+0000 does not make a binary file of an article in UTF-8."""
    text = "襄阳\0有三名代表。"
    (data.articles.parent / "a.txt").write_bytes(text.encode())
    (article,) = corpus.load(data).articles
    assert (article.text, article.encoding) == (text, "utf-8")


def test_traditional_text_in_big5_is_read() -> None:
    """Big5 is told from GB18030 by what it says."""
    text = "漢江流域創客英雄匯活動在襄陽市舉行，十三名創客代表講述了他們的故事。"
    assert encoding.detect(text.encode("big5")) == "big5"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (bytes(range(256)) * 4, "a.txt holds bytes that are no text; save it as UTF-8"),
        (b"", "a.txt is empty; give it text"),
        (b" \n", "a.txt is empty; give it text"),
        (b"\xff\xfe\x00\xd8\x00\xd8", "a.txt holds bytes that are no text; save it as UTF-8"),
        (PNG, "a.txt holds bytes that are no text; save it as UTF-8"),
        (tar("襄阳市".encode() * 30), "a.txt holds bytes that are no text; save it as UTF-8"),
        (bytes(1000), "a.txt holds bytes that are no text; save it as UTF-8"),
    ],
)
def test_a_file_without_text_is_refused(data: ArticleData, content: bytes, what: str) -> None:
    """Binary files and emptiness are named, at the line of the index that names the file."""
    (data.articles.parent / "a.txt").write_bytes(content)
    assert problems(data) == [f"{data.articles}:2: articles.0.file: {what}"]


def test_a_missing_article_is_named_where_the_index_names_it(data: ArticleData) -> None:
    """The problem stands at the index's line."""
    (data.articles.parent / "a.txt").unlink()
    assert problems(data) == [
        (
            f"{data.articles}:2: articles.0.file: a.txt cannot be read "
            "(No such file or directory); check the path"
        )
    ]


def test_an_article_cannot_leave_the_folder_of_its_index(data: ArticleData) -> None:
    """A path such as ../../secret is refused unread."""
    data.articles.write_text(INDEX.replace("a.txt", "../references/a.yaml"), encoding="utf-8")
    assert "leaves the folder" in problems(data)[0]


def test_two_articles_of_one_id_are_refused(data: ArticleData) -> None:
    """An id names one article."""
    data.articles.write_text(INDEX + INDEX.splitlines()[1] + "\n", encoding="utf-8")
    assert problems(data) == [
        f"{data.articles}:3: articles.1.id: `a` stands twice; give each its own id"
    ]


def test_an_index_without_articles_is_refused(data: ArticleData) -> None:
    """There is nothing to run on."""
    data.articles.write_text("articles: []\n", encoding="utf-8")
    assert problems(data) == [f"{data.articles}:1: articles: is empty; list at least one article"]


def test_references_and_articles_must_pair(data: ArticleData) -> None:
    """An article without references and references without an article are both named."""
    (data.references / "a.yaml").rename(data.references / "b.yaml")
    text = REFERENCES.replace("article: a", "article: b")
    (data.references / "b.yaml").write_text(text, encoding="utf-8")
    missing, stray = problems(data)
    assert missing.startswith(f"{data.references / 'a.yaml'}: is missing")
    assert stray.startswith(f"{data.references / 'b.yaml'}:1: article: no such article")


def test_all_problems_of_all_reference_files_come_at_once(data: ArticleData) -> None:
    """A wrong name, a repeated id and a wrong type in two files: three lines."""
    (data.references / "a.yaml").write_text(
        REFERENCES.replace("article: a", "article: x") + "  - " + REFERENCES.splitlines()[-1][4:],
        encoding="utf-8",
    )
    (data.references / "c.yaml").write_text(
        REFERENCES.replace("number", "nummer"), encoding="utf-8"
    )
    found = [line.split(": ", 1)[1] for line in problems(data)]
    assert found[0] == "questions.1.id: `q1` stands twice; give each its own id"
    assert found[1] == "article: `x` is not the name of this file; write `article: a`"
    assert found[2].startswith("questions.0.type: input should be 'number'")


def test_a_folder_without_references_is_refused(data: ArticleData, tmp_path: Path) -> None:
    """Empty folder and missing folder are told apart."""
    empty = tmp_path / "empty"
    empty.mkdir()
    assert problems(data.model_copy(update={"references": empty}))[0].startswith(
        f"{empty}: holds no references"
    )
    assert "is not a folder" in problems(data.model_copy(update={"references": tmp_path / "no"}))[0]


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
