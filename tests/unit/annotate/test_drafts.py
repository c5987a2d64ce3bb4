"""Files of references from what the page saved."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.annotate.drafts import unpack, yaml_of
from evalkit.annotate.pages import references_page
from evalkit.cli import main
from evalkit.config.document import Document
from evalkit.data.references import TO_DO, ReferencesFile, read_file
from evalkit.errors import InputError
from evalkit.lint import check
from tests.support.pages import read_data
from tests.support.runs import ARTICLES

TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).filter(str.strip)


def entry(article: str = "bridge", **changes: object) -> dict[str, Any]:
    """Return what the page saves for an article of which little is written."""
    question = {
        "id": "q1",
        "type": "number",
        "difficulty": 1,
        "question": "大桥有多长？",
        "answers": ["3公里"],
        "evidence": ["大桥长3公里"],
    }
    written = {"article": article, "headline": TO_DO, "summaries": [], "questions": [question]}
    return written | changes


def write_draft(file: Path, *entries: dict[str, Any]) -> Path:
    """Write what the page saved, and return the file."""
    draft = {"format": "evalkit references 1", "articles": entries}
    file.write_text(json.dumps(draft, ensure_ascii=False), encoding="utf-8")
    return file


@settings(deadline=None)
@given(headline=TEXTS, answer=TEXTS, note=TEXTS)
def test_any_text_comes_back_from_the_file(headline: str, answer: str, note: str) -> None:
    """Whatever a person types is read from the YAML as it was typed."""
    draft = entry(headline=headline)
    draft["questions"][0] |= {"answers": [answer], "note": note, "unit": "yes", "ordered": True}
    made = Document("x", json.dumps(draft)).parse(ReferencesFile)
    assert Document("x", yaml_of(made)).parse(ReferencesFile) == made


def test_what_is_not_written_yet_is_said_by_the_command(tmp_path: Path) -> None:
    """A draft in progress becomes a file whose gaps `references check` names."""
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds/bridge.txt").write_text(ARTICLES[0].text, encoding="utf-8")
    assert main(["annotate", "references", str(tmp_path / "seeds")]) == 0
    assert (tmp_path / "seeds/references.html").is_file()
    draft = write_draft(tmp_path / "draft.json", entry())
    folder = tmp_path / "references"
    assert main(["annotate", "unpack", str(draft), "--into", str(folder)]) == 0
    loaded, problems = read_file(folder / "bridge.yaml")
    assert problems == []
    assert loaded.references.questions[0].evidence == ("大桥长3公里",)
    found = check(tmp_path / "seeds/index.yaml", folder)
    assert ("headline", "missing") in [(problem.key, problem.code) for problem in found.unwritten]


def test_each_command_names_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Copied as they are printed, they put references beside their own articles and check them."""
    monkeypatch.chdir(tmp_path)
    Path("my articles").mkdir()
    Path("my articles/bridge.txt").write_text(ARTICLES[0].text, encoding="utf-8")
    write_draft(tmp_path / "draft.json", entry())
    words = ["annotate", "references", "my articles"]
    for action in ("unpack", "check"):
        capsys.readouterr()
        main(words)
        told = capsys.readouterr().out.splitlines()[-1].replace("FILE…", "draft.json")
        words = shlex.split(told.partition("python -m evalkit ")[2])
        assert words[1] == action
    assert Path("my articles/references/bridge.yaml").is_file()
    assert main(words) == 1  # something is not written yet


def test_nothing_is_overwritten_and_all_is_said_at_once(tmp_path: Path) -> None:
    """A file that exists, an article in two drafts, a draft that is none: no file is written."""
    folder = tmp_path / "references"
    folder.mkdir()
    (folder / "rain.yaml").write_text("mine", encoding="utf-8")
    drafts = [
        write_draft(tmp_path / "one.json", entry("rain"), entry("fair")),
        write_draft(tmp_path / "two.json", entry("fair")),
        write_draft(tmp_path / "three.json"),
        write_draft(tmp_path / "four.json", entry("x", questions=[{"id": "q1"}])),
    ]
    with pytest.raises(InputError) as error:
        unpack(drafts, folder)
    found = [(problem.code, problem.key) for problem in error.value.problems]
    assert found[:3] == [
        ("duplicate", "articles.0.article"),
        ("duplicate", "articles.0.article"),
        ("empty", "articles"),
    ]
    assert {key for _, key in found[3:]} == {
        f"articles.0.questions.0.{name}" for name in ("type", "difficulty", "question", "answers")
    }
    assert [file.name for file in folder.iterdir()] == ["rain.yaml"]
    assert (folder / "rain.yaml").read_text(encoding="utf-8") == "mine"


def test_an_article_cannot_leave_the_folder(tmp_path: Path) -> None:
    """A name with a way out of the folder is refused, as in any file of references."""
    draft = write_draft(tmp_path / "draft.json", entry("../elsewhere"))
    with pytest.raises(InputError, match=r"articles\.0\.article"):
        unpack([draft], tmp_path / "references")
    assert not (tmp_path / "elsewhere.yaml").exists()


def test_the_page_holds_articles_as_a_text_area_shows_them() -> None:
    """Ends of line are those of a text area, so that places in both are the same."""
    article = ARTICLES[0]
    windows = type(article)(id="w", title="</script>", text="一\r\n二\r三", sha256="0" * 64)
    data = read_data(references_page([article, windows]))
    assert [a["text"] for a in data["articles"]] == [article.text, "一\n二\n三"]
    assert data["articles"][1]["title"] == "</script>"
