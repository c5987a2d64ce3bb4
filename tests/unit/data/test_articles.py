"""Articles and references: read right, or refused with a place and a remedy."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import pytest

from evalkit import data as corpus
from evalkit.config.schema import ArticleData
from evalkit.data import encoding
from tests.support.paths import ROOT
from tests.support.problems import corpus_problems

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
    assert found[2] == "questions.0.type: cannot be 'nummer'; did you mean `number`?"


def test_a_folder_without_references_is_refused(data: ArticleData, tmp_path: Path) -> None:
    """Empty folder and missing folder are told apart."""
    empty = tmp_path / "empty"
    empty.mkdir()
    assert problems(data.model_copy(update={"references": empty}))[0].startswith(
        f"{empty}: holds no references"
    )
    assert "is not a folder" in problems(data.model_copy(update={"references": tmp_path / "no"}))[0]
