"""`evalkit init` writes a comparison that can be checked and run as it is."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from evalkit.cli import main
from evalkit.config.loading import load
from evalkit.config.sources import ArticleData, TableData
from evalkit.data import articles
from evalkit.language import choose_language
from evalkit.runner.job import prepare
from evalkit.runner.new_project import write_project
from tests.support.paths import GOLDEN, PROMPTS, ROOT
from tests.support.problems import problems_of
from tests.support.served import hang, same, serving

if TYPE_CHECKING:
    from pathlib import Path


def test_without_data_it_writes_a_sample_that_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The commands that are printed next check it and run it; templates are copies to edit."""
    folder = tmp_path / "新闻"
    assert main(["init", str(folder)]) == 0
    *_, check, run = capsys.readouterr().out.splitlines()
    for line, command in ((check, "check"), (run, "run")):
        words = line.removeprefix("  python -m evalkit ").replace("'", "").split(" ", 1)
        assert words == [command, str(folder / "config.yaml")]
        assert main(words) == 0
    assert (folder / "runs/新闻/report.html").is_file()
    copies = {file.relative_to(folder / "prompts") for file in folder.glob("prompts/*/*")}
    assert copies == {file.relative_to(PROMPTS) for file in PROMPTS.glob("*/*")}
    assert json.loads((folder / "schema.json").read_text(encoding="utf-8"))["title"] == "Config"


def test_a_folder_of_texts_gets_an_index(tmp_path: Path) -> None:
    """With an id from each file's name and a title from its first line, in any encoding."""
    source = tmp_path / "文章"
    source.mkdir()
    (source / "第 一 篇.txt").write_text("开幕\n今天开幕。", encoding="gb18030")
    (source / "第-一-篇.txt").write_text("闭幕\n昨天闭幕。", encoding="utf-8")
    (source / "no.txt").write_text("a: b #\n正文", encoding="utf-8")
    made = write_project(tmp_path / "mine", ("articles", source))
    listed = articles.load(source / "index.yaml")
    assert [article.id for article in listed] == ["no", "第-一-篇", "003-第-一-篇"]
    assert [article.title for article in listed] == ["a: b #", "开幕", "闭幕"]
    data = load(tmp_path / "mine/config.yaml")[0].data
    assert isinstance(data, ArticleData)
    assert data.articles.resolve() == source / "index.yaml"
    assert data.references is None, "nobody has written any"
    assert [command[0] for command in made.commands] == ["check", "run"]
    assert [main(list(command)) for command in made.commands] == [0, 0]


def test_an_index_that_is_there_is_used(tmp_path: Path) -> None:
    """It is the user's, and stays as it is."""
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    made = write_project(tmp_path / "mine", ("articles", tmp_path / "seeds"))
    assert tmp_path / "seeds/index.yaml" not in made.files
    assert main(list(made.commands[0])) == 0, "the references of the first article are begun"
    assert list((tmp_path / "mine/references").glob("*.yaml"))


def test_a_server_is_asked_for_its_models(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first is in the config, the others beside it."""
    listed = {"data": [{"id": "Qwen3-8B"}, {"id": "glm: 4 # 9b"}]}
    with serving(same(hang), models=listed) as served:
        assert main(["init", str(tmp_path / "mine"), "--endpoint", served.address]) == 0
    text = (tmp_path / "mine/config.yaml").read_text(encoding="utf-8")
    assert 'model: "Qwen3-8B" # it also serves "glm: 4 # 9b"\n' in text
    config, _ = load(tmp_path / "mine/config.yaml")
    assert config.models[-1].model_dump()["model"] == "Qwen3-8B"
    assert "are not known" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("address", "reason"),
    [("http://127.0.0.1:9/v1", "no connection"), ("127.0.0.1:9", "http")],
)
def test_a_server_that_does_not_answer_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], address: str, reason: str
) -> None:
    """In one line with the reason and what to do; the config is written all the same."""
    assert main(["init", str(tmp_path / "mine"), "--endpoint", address]) == 0
    said = capsys.readouterr().out.splitlines()[0]
    assert said.startswith(f"{address}: its models are not known (")
    assert reason in said
    assert "model: MODEL" in (tmp_path / "mine/config.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "content", "columns", "tasks"),
    [
        ("qa.csv", "正文,问题,答案\n甲来了。,谁来了？,甲\n", "article question answers", "answer"),
        ("s.jsonl", '{"text": "甲来了。", "summary": "甲来"}\n', "article summary", "short"),
        ("both.tsv", "text\tsummary\tquestion\tanswer\n甲来了。\t甲\t谁？\t甲\n",
         "article question answers summary", "short answer"),
    ],
)  # fmt: skip
def test_columns_of_a_table_are_found_by_their_names(
    tmp_path: Path, name: str, content: str, columns: str, tasks: str
) -> None:
    """The tasks are those that the columns have references for."""
    (tmp_path / name).write_text(content, encoding="utf-8")
    write_project(tmp_path / "mine", ("table", tmp_path / name))
    config, document = load(tmp_path / "mine/config.yaml")
    assert isinstance(config.data, TableData)
    assert set(config.data.columns.model_dump(exclude_none=True)) == set(columns.split())
    assert list(config.tasks) == tasks.split()
    assert prepare(config, document).examples


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("source", [None, ("squad", GOLDEN / "squad-sample.json")])
@pytest.mark.parametrize("endpoint", ["", "http://127.0.0.1:8000/v1"])
def test_every_config_is_valid(
    tmp_path: Path, language: str, source: tuple[str, Path] | None, endpoint: str
) -> None:
    """In both languages, for each kind of data, with a server or without."""
    choose_language(["--lang", language])
    write_project(tmp_path / "mine", source, endpoint=endpoint)  # type: ignore[arg-type] # the literal is widened by parametrize
    config, _ = load(tmp_path / "mine/config.yaml")
    assert [entry.name for entry in config.models] == ["lead", "textrank"] + ["served"] * bool(
        endpoint
    )


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """A second time each file that exists is named, and the folder stays as it is."""
    write_project(tmp_path)
    (tmp_path / "schema.json").unlink()
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    found = problems_of(lambda: write_project(tmp_path))
    assert {problem.code for problem in found} == {"unwritable"}
    assert len(found) == len(before)
    assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before


def test_data_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """Before anything is written."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "list.json").write_text("[]", encoding="utf-8")
    for source in (("articles", tmp_path / "empty"), ("squad", tmp_path / "list.json")):
        assert problems_of(lambda source=source: write_project(tmp_path / "mine", source))  # type: ignore[misc] # bound now
    assert not (tmp_path / "mine").exists()
