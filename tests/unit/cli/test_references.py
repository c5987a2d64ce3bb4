"""Promises of `evalkit references`: it checks, begins new files, shows its schema."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
import yaml

from evalkit.cli import main
from evalkit.config import document as strict_yaml
from evalkit.data import articles
from evalkit.data.references import ReferencesFile
from evalkit.lint import check
from evalkit.lint.skeleton import write_skeleton
from tests.support.paths import ROOT
from tests.support.problems import problems_of

SHIPPED = ["--articles", str(ROOT / "seeds" / "index.yaml")]
SHIPPED += ["--references", str(ROOT / "references")]
OWN = ["--articles", "index.yaml", "--references", "references"]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder with one article and its index, as yet without references."""
    monkeypatch.chdir(tmp_path)
    Path("towns.txt").write_text("江北县有六个乡镇。\n东山镇有３名党员。", encoding="utf-8")
    fields = {"title": "六镇", "source": "not stated", "date": "not stated", "kind": "news"}
    index = {"articles": [{"id": "towns", "file": "towns.txt", **fields}]}
    Path("index.yaml").write_text(yaml.safe_dump(index), encoding="utf-8")


def new(article: str, index: str = "index.yaml", folder: str = "references") -> tuple[Path, str]:
    """Write a skeleton; return its file and what the index needs."""
    made = write_skeleton(Path(article), Path(index), Path(folder))
    return made.file, made.index_entry


def test_a_skeleton_is_valid_and_not_yet_written() -> None:
    """`new` writes a file that parses, and the check says of each part that it is not written."""
    file, entry = new("towns.txt")
    assert (file, entry) == (Path("references/towns.yaml"), "")
    strict_yaml.read(file).parse(ReferencesFile)
    findings = check(Path("index.yaml"), Path("references"))
    assert {p.key for p in findings.unwritten} == (
        {"headline"}
        | {f"summaries.{i}" for i in range(3)}
        | {f"focused.0.references.{i}" for i in range(2)}
        | {f"questions.{i}" for i in range(5)}
    )
    assert not findings.wrong
    assert [problem.key for problem in findings.few] == ["summaries", "questions"]


def test_new_never_overwrites() -> None:
    """A second `new` is refused, and what was written stays."""
    file, _ = new("towns.txt")
    file.write_text("mine", encoding="utf-8")
    (problem,) = problems_of(lambda: new("towns.txt"))
    assert (problem.code, problem.file) == ("unwritable", str(file))
    assert file.read_text(encoding="utf-8") == "mine"


def test_new_says_what_the_index_needs(capsys: pytest.CaptureFixture[str]) -> None:
    """The printed lines, put into the index, make the new article part of the corpus."""
    Path("新 town.txt").write_bytes("“山：水”镇\n有3名党员。".encode("gb18030"))
    assert main(["references", "new", "新 town.txt", *OWN]) == 0
    entry = capsys.readouterr().out.partition("\n\n")[2]
    Path("index.yaml").write_text("articles:\n" + entry, encoding="utf-8")
    findings = check(Path("index.yaml"), Path("references"))
    assert [article.article for article in findings.articles] == ["新-town"]
    Path("references/新-town.yaml").unlink()
    assert main(["references", "new", "新 town.txt", *OWN]) == 0
    assert "index" not in capsys.readouterr().out


def test_new_works_before_there_is_an_index() -> None:
    """The first article of a corpus has no index yet, nor a folder for its references."""
    file, entry = new("towns.txt", "none.yaml", "fresh/references")
    assert file.is_file()
    assert yaml.safe_load(entry)[0]["file"] == "towns.txt"


@pytest.mark.parametrize(
    ("article", "folder", "code"),
    [
        ("《》.txt", "references", "invalid"),
        ("none.txt", "references", "unreadable"),
        ("towns.txt", "index.yaml", "unwritable"),
    ],
)
def test_new_refuses_what_it_cannot_do(article: str, folder: str, code: str) -> None:
    """A name without letters, a missing article, a file in place of the folder: one line each."""
    Path("《》.txt").write_text("有3名党员。", encoding="utf-8")
    (problem,) = problems_of(lambda: new(article, folder=folder))
    assert problem.code == code


def test_the_published_schema_is_the_one_the_program_uses(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """references/schema.json is what `references schema` prints, byte for byte."""
    assert main(["references", "schema"]) == 0
    published = (ROOT / "references" / "schema.json").read_text(encoding="utf-8")
    assert capsys.readouterr().out == published
    assert json.loads(published) == ReferencesFile.model_json_schema()


def test_sound_references_end_with_exit_code_0(capsys: pytest.CaptureFixture[str]) -> None:
    """The shipped references print their tables and nothing wrong."""
    assert main(["references", "check", *SHIPPED]) == 0
    printed = capsys.readouterr()
    assert re.search(r" 0 wrong, 0 not written, 0 few, \d+ warnings\.$", printed.out.strip())
    assert "Wrong" not in printed.err


def test_wrong_references_end_with_exit_code_2_and_unwritten_ones_with_1(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What is wrong comes first; every finding is a line of its own, and is in the JSON too."""
    file, _ = new("towns.txt")
    assert main(["references", "check", *OWN]) == 1
    capsys.readouterr()
    text = file.read_text(encoding="utf-8").replace("headline: 待写", "headline: 九个乡镇", 1)
    file.write_text(text, encoding="utf-8")
    findings = check(Path("index.yaml"), Path("references"))
    assert main(["references", "check", *OWN]) == 2
    printed = capsys.readouterr()
    groups = (findings.wrong, findings.unwritten, findings.few)
    lines = [line for line in printed.err.splitlines() if not line.endswith(":")]
    assert lines == [str(problem) for group in groups for problem in group]
    assert [len(group) for group in groups] == [1, 10, 2]
    assert "1 wrong, 10 not written, 2 few, 0 warnings." in printed.out
    assert main(["references", "check", "--json", *OWN]) == 2
    printed_json = json.loads(capsys.readouterr().out)
    assert [found["key"] for found in printed_json["wrong"]] == ["headline"]
    assert len(printed_json["unwritten"]) == 10
    assert printed_json["articles"][0]["types"]["number"] == 0


def test_without_any_references_it_says_what_is_missing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """With no references at all there is no table, only what is missing."""
    assert main(["references", "check", *OWN]) == 1
    printed = capsys.readouterr()
    assert "towns.yaml: is missing" in printed.err
    assert "Questions" not in printed.out


def test_on_a_terminal_the_table_is_as_wide_as_the_screen(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No line of a table is broken by the terminal, and no name and no figure is lost."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    printed = {}
    for width in (200, 80):
        monkeypatch.setenv("COLUMNS", str(width))
        assert main(["references", "check", *SHIPPED]) == 0
        out = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
        tables = [line for line in out.splitlines() if line[:1] in "┃│"]
        assert max(map(len, tables)) <= width
        printed[width] = sorted(
            re.findall(r"\d{3}-[\w-]+|(?<= )\d+(?= )|\d\.\d{3}", "".join(tables))
        )
    assert set(printed[80]) == set(printed[200])
    assert len([word for word in printed[200] if word.startswith("00")]) == 10


def test_new_writes_the_index_of_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    """Of all articles in it, in whatever format; a second time nothing is overwritten."""
    Path("mine").mkdir()
    text = "武汉\r\n市民代表讲述了他们的故事，社区事项减少了60.18%。"
    Path("mine/二.txt").write_bytes(text.encode("gb18030"))
    Path("mine/one.md").write_text("# 襄阳\n修路。", encoding="utf-8")
    Path("mine/photo.jpg").touch()
    Path("mine/~$one.docx").touch()
    Path("mine/more").mkdir()
    Path("mine/references.html").write_text("<p>武汉", encoding="utf-8")  # the page of annotate
    assert main(["references", "new", "mine"]) == 0
    said = capsys.readouterr().out
    assert "mine/index.yaml with 2 articles" in said
    assert "Not listed, being in no format of articles, or a folder: more/, photo.jpg" in said
    found = articles.load(Path("mine/index.yaml"))
    assert [(one.id, one.title, one.text) for one in found] == [
        ("one", "襄阳", "# 襄阳\n修路。"),
        ("二", "武汉", text.replace("\r\n", "\n")),
    ]
    assert main(["references", "new", "mine"]) == 2
    assert "mine/index.yaml: exists already" in capsys.readouterr().err


def test_new_names_every_file_of_a_folder_that_cannot_be_read(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """With its format and what to do; no index is half written."""
    Path("mine").mkdir()
    for name in ("a.doc", "b.rtf", "c.txt"):
        Path("mine", name).write_text("下雨了。", encoding="utf-8")
    assert main(["references", "new", "mine"]) == 2
    said = capsys.readouterr().err
    assert "mine/a.doc: is in the format .doc, which is not read; save it as .docx" in said
    assert "mine/b.rtf" in said
    assert not Path("mine/index.yaml").exists()


def test_the_remedy_of_an_article_without_references_writes_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The command that `check` prints, with the article's name put in, is all that is needed."""
    Path("my towns").mkdir()
    for name in ("towns.txt", "index.yaml"):
        Path(name).rename(Path("my towns") / name)
    places = ["--articles", "my towns/index.yaml", "--references", "our references"]
    assert main(["references", "check", *places]) == 1
    (line,) = (line for line in capsys.readouterr().err.splitlines() if "references new" in line)
    command = line.partition("python -m evalkit ")[2].replace("ARTICLE.txt", "'my towns/towns.txt'")
    assert main(shlex.split(command)) == 0
    assert "index" not in capsys.readouterr().out  # which lists the article already
    text = Path("our references/towns.yaml").read_text(encoding="utf-8")
    (line,) = (line for line in text.splitlines() if "references check" in line)
    assert main(shlex.split(line.partition("python -m evalkit ")[2])) == 1
    assert "not written yet" in capsys.readouterr().err
