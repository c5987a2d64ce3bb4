"""Articles and references: read right, or refused with a place and a remedy."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import pytest

from evalkit import data as corpus
from evalkit.config.sources import ArticleData
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
  - {id: s1, task: short, text: 摘要。}
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
def references(tmp_path: Path) -> Path:
    """Return the folder of that corpus's references."""
    return tmp_path / "references"


@pytest.fixture
def data(tmp_path: Path) -> ArticleData:
    """Return a corpus of one article that a test may change."""
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
    """`limit: 2` reads two, and the references of the others are not reported."""
    loaded = corpus.load(DATA, limit=2)
    assert len(loaded.articles) == len(loaded.references) == 2


def test_a_limit_counts_the_articles_that_have_references(data: ArticleData) -> None:
    """An article without a file, or with placeholders alone, is passed over."""
    entry = INDEX.partition("\n")[2]
    text = f"articles:\n{entry.replace('id: a', 'id: b')}{entry}"
    data.articles.write_text(text, encoding="utf-8")
    loaded = corpus.load(data, limit=1)
    assert [article.id for article in loaded.articles] == ["a"]
    assert loaded.left_out == ()


def test_an_article_is_its_characters(data: ArticleData) -> None:
    """The text is never repaired: spaces, widths and line breaks stay, whatever ends the lines."""
    flawed = "　　三名代表,\r\n报\n到６０．１８％。\n"
    (data.articles.parent / "a.txt").write_bytes(flawed.encode())
    assert corpus.load(data).articles[0].text == flawed.replace("\r\n", "\n")


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


@pytest.mark.parametrize(
    ("words", "codec"),
    [
        ("45个", "gb18030"),
        ("6支 13名", "gb18030"),
        ("襄阳市", "gb18030"),
        ("45個", "big5"),
        ("襄陽市", "big5"),
    ],
)
def test_a_few_characters_are_read_as_the_common_ones_that_they_are(words: str, codec: str) -> None:
    """A table of short answers, as a spreadsheet saves it, has few: 个 in GBK is 跺 in Big5."""
    assert encoding.detect(f"id,prediction\nq1,{words}\n".encode(codec)) == codec


def test_a_stray_nul_is_a_character_of_the_text(data: ArticleData) -> None:
    """U+0000 does not make a binary file of an article in UTF-8."""
    text = "襄阳\0有三名代表。"
    (data.articles.parent / "a.txt").write_bytes(text.encode())
    (article,) = corpus.load(data).articles
    assert (article.text, article.encoding) == (text, "utf-8")


def test_traditional_text_in_big5_is_read() -> None:
    """Big5 and GB18030 are distinguished by how coherent the text is."""
    text = "漢江流域創客英雄匯活動在襄陽市舉行，十三名創客代表講述了他們的故事。"
    assert encoding.detect(text.encode("big5")) == "big5"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (bytes(range(256)) * 4, "not-text"),
        (b"", "empty"),
        (b" \n", "empty"),
        (b"\xff\xfe\x00\xd8\x00\xd8", "not-text"),
        (PNG, "not-text"),
        (tar("襄阳市".encode() * 30), "not-text"),
        (bytes(1000), "not-text"),
    ],
)
def test_a_file_without_text_is_refused(data: ArticleData, content: bytes, code: str) -> None:
    """Binary files and emptiness are named, at the line of the index that names the file."""
    (data.articles.parent / "a.txt").write_bytes(content)
    (problem,) = corpus_problems(data)
    assert (problem.file, problem.line, problem.key, problem.code) == (
        str(data.articles),
        2,
        "articles.0.file",
        code,
    )
    assert problem.what.startswith("a.txt ")


def test_a_missing_article_is_named_where_the_index_names_it(data: ArticleData) -> None:
    """The problem has the line of the index, the file, the reason and the remedy."""
    (data.articles.parent / "a.txt").unlink()
    (problem,) = corpus_problems(data)
    assert problem.code == "unreadable"
    assert str(problem) == (
        f"{data.articles}:2: articles.0.file: a.txt cannot be read "
        "(No such file or directory); check the path"
    )


def test_an_article_cannot_leave_the_folder_of_its_index(data: ArticleData) -> None:
    """A path such as ../../secret is refused unread."""
    data.articles.write_text(INDEX.replace("a.txt", "../references/a.yaml"), encoding="utf-8")
    (problem,) = corpus_problems(data)
    assert (problem.code, problem.key) == ("unsafe", "articles.0.file")


def test_two_articles_of_one_id_are_refused(data: ArticleData) -> None:
    """An id names one article."""
    data.articles.write_text(INDEX + INDEX.splitlines()[1] + "\n", encoding="utf-8")
    (problem,) = corpus_problems(data)
    assert (problem.code, problem.line, problem.key) == ("duplicate", 3, "articles.1.id")


def test_an_index_without_articles_is_refused(data: ArticleData) -> None:
    """There is nothing to run on."""
    data.articles.write_text("articles: []\n", encoding="utf-8")
    (problem,) = corpus_problems(data)
    assert (problem.code, problem.line, problem.key) == ("empty", 1, "articles")


def test_the_headline_is_a_reference_of_the_task_headline(data: ArticleData) -> None:
    """Beside the summaries, each of which names its task."""
    summaries = corpus.load(data).references["a"].summaries
    assert [(item.id, item.task, item.text) for item in summaries] == [
        ("s1", "short", "摘要。"),
        ("headline", "headline", "标题"),
    ]


def test_a_summary_may_be_of_any_task(data: ArticleData, references: Path) -> None:
    """Adding a task needs no change of the format; its name is one."""
    file = references / "a.yaml"
    file.write_text(REFERENCES.replace("short", "微博"), encoding="utf-8")
    assert corpus.load(data).references["a"].summaries[0].task == "微博"
    file.write_text(REFERENCES.replace("short", "'a/b'"), encoding="utf-8")
    (problem,) = corpus_problems(data)
    assert (problem.line, problem.key) == (4, "summaries.0.task")


def test_the_key_of_the_first_version_is_read_as_the_task(
    data: ArticleData, references: Path
) -> None:
    """`length: short` means what `task: short` does; both at once are refused."""
    file = references / "a.yaml"
    file.write_text(REFERENCES.replace("task: short", "length: short"), encoding="utf-8")
    assert corpus.load(data).references["a"].summaries[0].task == "short"
    both = REFERENCES.replace("task: short", "task: short, length: long")
    file.write_text(both, encoding="utf-8")
    (problem,) = corpus_problems(data)
    assert (problem.code, problem.key) == ("unknown", "summaries.0.length")


def test_an_article_without_references_is_left_out_and_named(
    data: ArticleData, references: Path
) -> None:
    """As long as somebody has still to write them, a run goes without the article."""
    index = data.articles.read_text(encoding="utf-8")
    entry = index.partition("articles:\n")[2]
    data.articles.write_text(index + entry.replace("id: a", "id: b"), encoding="utf-8")
    loaded = corpus.load(data)
    assert [article.id for article in loaded.articles] == ["a"]
    (problem,) = loaded.left_out
    assert (problem.code, problem.file) == ("missing", str(references / "b.yaml"))


def test_references_without_an_article_are_refused(data: ArticleData, references: Path) -> None:
    """A slip in a name would otherwise drop what somebody wrote."""
    text = REFERENCES.replace("article: a", "article: b")
    (references / "b.yaml").write_text(text, encoding="utf-8")
    (unknown,) = corpus_problems(data)
    assert (unknown.code, unknown.file) == ("unknown", str(references / "b.yaml"))
    assert (unknown.line, unknown.key) == (1, "article")


@pytest.mark.parametrize(
    ("written", "key"), [("摘要。", "summaries.0"), ("标题", "headline"), ("几名？", "questions.0")]
)
def test_a_placeholder_is_never_a_reference(
    data: ArticleData, references: Path, written: str, key: str
) -> None:
    """The entry that holds it is left out and named; the others stay."""
    text = REFERENCES.replace(written, "待写", 1)
    assert text != REFERENCES
    (references / "a.yaml").write_text(text, encoding="utf-8")
    loaded = corpus.load(data)
    assert [problem.key for problem in loaded.left_out] == [key]
    found = loaded.references["a"]
    n_before = 3
    assert len(found.summaries) + len(found.questions) == n_before - 1
    assert "待写" not in str(found)


def test_articles_may_come_without_references(data: ArticleData) -> None:
    """Without a folder of references every article is there, and none has any."""
    loaded = corpus.load(data.model_copy(update={"references": None}))
    assert [article.id for article in loaded.articles] == ["a"]
    assert (loaded.references, loaded.left_out) == ({}, ())


def test_all_problems_of_all_reference_files_come_at_once(
    data: ArticleData, references: Path
) -> None:
    """A wrong name, duplicate ids and a wrong type in two files: four problems."""
    summary, question = REFERENCES.splitlines()[3], REFERENCES.splitlines()[-1]
    text = REFERENCES.replace("article: a", "article: x").replace(
        summary, f"{summary}\n{summary.replace('s1', 'headline')}"
    )
    (references / "a.yaml").write_text(f"{text}{question}\n", encoding="utf-8")
    (references / "c.yaml").write_text(REFERENCES.replace("number", "nummer"), encoding="utf-8")
    found = corpus_problems(data)
    assert [(problem.code, problem.key) for problem in found[:3]] == [
        ("duplicate", "summaries.1.id"),
        ("duplicate", "questions.1.id"),
        ("mismatch", "article"),
    ]
    assert found[3].key == "questions.0.type"
    assert "did you mean `number`?" in found[3].remedy


def test_a_folder_without_references_is_refused(data: ArticleData, tmp_path: Path) -> None:
    """An empty folder and a missing one are different problems."""
    empty = tmp_path / "empty"
    empty.mkdir()
    for folder, what in ((empty, "holds no references"), (tmp_path / "no", "is not a folder")):
        (problem,) = corpus_problems(data.model_copy(update={"references": folder}))
        assert (problem.code, problem.file, problem.what) == ("missing", str(folder), what)
