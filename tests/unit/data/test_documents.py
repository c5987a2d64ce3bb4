"""Articles as people have them: read from their own formats, or refused with a way out."""

from __future__ import annotations

import hashlib
import sys
import zipfile
from typing import TYPE_CHECKING

import docx
import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from evalkit import data as corpus
from evalkit.config.sources import ArticleData
from evalkit.data.documents import join_lines, read_article
from tests.support.problems import problems_of

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.errors import Problem

FIRST = "汉江流域创客英雄汇活动在襄阳市举行，13名创客代表讲述了他们的故事。"
SECOND = "活动由市科技局主办，社区事项减少了60.18%。"
PAGE = f"""<!doctype html>
<html><head><meta charset="gb2312"><title>要闻</title><style>p {{ color: red }}</style></head>
<body><nav><a href="/">首页</a> <a href="/news">新闻</a></nav>
<article><h1>创客英雄汇</h1><p>{FIRST}</p><p>{SECOND}</p></article>
<script>var n = 1;</script><footer>版权所有，未经许可不得转载</footer></body></html>
"""


def problem_of(file: Path) -> Problem:
    """Return the one problem of an article's file."""
    (problem,) = problems_of(lambda: read_article(file))
    return problem


RADICALS = b"""\
begincmap 1 begincodespacerange <00> <FF> endcodespacerange
1 beginbfchar <02> <2ED32F63> endbfchar endcmap"""
"""What a PDF says of its font: the code 2 is the text ⻓⽣."""


def write_pdf(file: Path, *lines: str) -> None:
    """Write a PDF with a page that has some lines, in one of the fonts that every reader has."""
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(width=300, height=200)
    font = DictionaryObject({
        NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
        NameObject("/BaseFont"): NameObject("/Helvetica"),
    })  # fmt: skip
    cmap = DecodedStreamObject()
    cmap.set_data(RADICALS)
    font[NameObject("/ToUnicode")] = writer._add_object(cmap)  # noqa: SLF001 - pypdf has no public way
    fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})  # noqa: SLF001 - as above
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    content, shown = DecodedStreamObject(), " T* ".join(f"({line}) Tj" for line in lines)
    content.set_data(f"BT /F1 12 Tf 14 TL 20 150 Td {shown} ET".encode())
    page[NameObject("/Contents")] = writer._add_object(content)  # noqa: SLF001 - as above
    writer.write(file)


def test_a_web_page_is_read_without_what_stands_around_its_text(tmp_path: Path) -> None:
    """No markup, no navigation, no script, in whatever encoding it is."""
    file = tmp_path / "page.html"
    file.write_bytes(PAGE.encode("gb18030"))
    text, name = read_article(file)
    assert name == "html"
    assert FIRST in text
    assert SECOND in text
    for other in ("首页", "版权", "var n", "<", "color"):
        assert other not in text


def test_a_word_document_is_read_in_its_order(tmp_path: Path) -> None:
    """Paragraphs and the rows of tables, a line each."""
    document = docx.Document()
    document.add_paragraph(FIRST)
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "项目", "45个"
    document.add_paragraph(SECOND)
    document.save(str(tmp_path / "word.docx"))
    expected = f"{FIRST}\n项目\t45个\n{SECOND}"
    assert read_article(tmp_path / "word.docx") == (expected, "docx")


def test_a_pdf_is_read(tmp_path: Path) -> None:
    """The text of its pages."""
    write_pdf(tmp_path / "page.pdf", "GDP rose by 6.5 percent")
    assert read_article(tmp_path / "page.pdf") == ("GDP rose by 6.5 percent", "pdf")


def test_radicals_of_a_pdf_are_the_characters_that_they_look_like(tmp_path: Path) -> None:
    """Its font shows 增长 and 生产, and names ⻓ and ⽣: a model would read other characters."""
    write_pdf(tmp_path / "a.pdf", "\u0002")
    assert read_article(tmp_path / "a.pdf") == ("长生", "pdf")


def test_a_sentence_of_a_pdf_is_not_broken_by_the_width_of_its_page(tmp_path: Path) -> None:
    """Its lines are one; a title and the end of a paragraph keep their ends."""
    lines = [
        "Title",
        "The city built a bridge of three",
        "kilometres this year.",
        "It is open now.",
    ]
    write_pdf(tmp_path / "page.pdf", *lines)
    text, _ = read_article(tmp_path / "page.pdf")
    assert text.splitlines() == ["Title", " ".join(lines[1:3]), lines[3]]
    chinese = "标题\n襄阳大桥今天通车，大桥长\n3公里，投资\n2亿元。\n市长李明今天上午参加了仪式。"
    joined = "标题\n襄阳大桥今天通车，大桥长3公里，投资\n2亿元。\n市长李明今天上午参加了仪式。"
    assert join_lines(chinese) == joined


@given(st.text(alphabet="甲乙。a \n"))
def test_joining_lines_loses_nothing(text: str) -> None:
    """Only white space comes or goes."""
    assert "".join(join_lines(text).split()) == "".join(text.split())


def test_markdown_is_read_as_it_is(tmp_path: Path) -> None:
    """It is text for people."""
    (tmp_path / "a.md").write_text(f"# 创客\n\n{FIRST}", encoding="utf-8")
    assert read_article(tmp_path / "a.md") == (f"# 创客\n\n{FIRST}", "utf-8")


@pytest.mark.parametrize(
    ("name", "says", "remedy"),
    [
        ("a.doc", "format .doc", "save it as .docx"),
        ("a.WPS", "format .wps", "save it as .docx"),
        ("a.epub", "format .epub", "save its text as .txt"),
        ("a.png", "format .png", "recognise its characters"),
        ("a.xlsx", "format .xlsx", "as a `table`"),
    ],
)
def test_other_formats_are_refused_by_name(
    tmp_path: Path, name: str, says: str, remedy: str
) -> None:
    """With what to save the file as."""
    (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0")
    problem = problem_of(tmp_path / name)
    assert says in problem.what
    assert remedy in problem.remedy


@pytest.mark.parametrize("name", ["a.docx", "a.pdf"])
def test_a_damaged_document_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    """Whatever the package that reads it finds."""
    (tmp_path / name).write_bytes(b"PK\x03\x04 broken")
    problem = problem_of(tmp_path / name)
    assert (problem.code, problem.file) == ("malformed", str(tmp_path / name))
    assert "\n" not in str(problem)
    assert problem_of(tmp_path / f"none{name}").code == "unreadable"


def test_a_scanned_pdf_is_refused(tmp_path: Path) -> None:
    """Its pages hold pictures; recognising characters is another program's job."""
    writer = pypdf.PdfWriter()
    writer.add_blank_page(width=300, height=200)
    writer.write(tmp_path / "scan.pdf")
    problem = problem_of(tmp_path / "scan.pdf")
    assert (problem.code, problem.what) == ("empty", "has pages without text, as of a scan")


def test_a_page_without_text_is_refused(tmp_path: Path) -> None:
    """As one that a script fills in the browser."""
    file = tmp_path / "page.html"
    file.write_text("<html><body><div id=app></div></body></html>", encoding="utf-8")
    assert problem_of(file).code == "empty"


def test_a_document_that_unpacks_to_more_than_any_article_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything of it is unpacked."""
    monkeypatch.setattr("evalkit.data.documents.MAX_UNPACKED", 1000)
    with zipfile.ZipFile(tmp_path / "bomb.docx", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/document.xml", "0" * 1001)
    assert problem_of(tmp_path / "bomb.docx").code == "unsafe"


@pytest.mark.parametrize(
    ("module", "name"), [("trafilatura", "a.html"), ("docx", "a.docx"), ("pypdf", "a.pdf")]
)
def test_a_missing_package_is_one_line_with_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, name: str
) -> None:
    """Also where the index names the file."""
    monkeypatch.setitem(sys.modules, module, None)
    (tmp_path / name).touch()
    (tmp_path / "index.yaml").write_text(
        f"articles:\n  - {{id: a, file: {name}, title: t, source: s, date: d, kind: news}}\n",
        encoding="utf-8",
    )
    (problem,) = problems_of(lambda: corpus.load(ArticleData(articles=tmp_path / "index.yaml")))
    assert (problem.code, problem.extra, problem.line) == ("missing-extra", "documents", 2)


def test_an_article_is_the_same_whatever_its_line_ends_and_encoding(tmp_path: Path) -> None:
    """A copy that an editor or a checkout has changed has the same hash, and the same prompts."""
    text = f"{FIRST}\n{SECOND}\n"
    copies = {
        "unix": text.encode(),
        "windows": text.replace("\n", "\r\n").encode(),
        "old": text.replace("\n", "\r").encode(),
        "mark": text.encode("utf-8-sig"),
        "gbk": text.replace("\n", "\r\n").encode("gb18030"),
    }
    entries = ""
    for name, content in copies.items():
        (tmp_path / f"{name}.txt").write_bytes(content)
        entries += f"  - {{id: {name}, file: {name}.txt, title: t, source: s, date: d, kind: n}}\n"
    (tmp_path / "index.yaml").write_text(f"articles:\n{entries}", encoding="utf-8")
    articles = corpus.load(ArticleData(articles=tmp_path / "index.yaml")).articles
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert {(article.text, article.sha256) for article in articles} == {(text, digest)}
