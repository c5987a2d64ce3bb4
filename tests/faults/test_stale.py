"""Promise: nothing stale is used; what depends on a change is done again, and nothing else."""

from __future__ import annotations

import copy
import json
import re
import shutil
from contextlib import chdir
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.cli import main
from evalkit.records import Generation
from evalkit.store.records import read_all
from tests.conftest import ROOT
from tests.faults.conftest import results

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

N_EXAMPLES = {"a": 4, "b": 3}


class Project:
    """A small project of its own: two articles, their references, templates, a config."""

    def __init__(self, root: Path) -> None:
        """Write it."""
        self.root = root
        shutil.copytree(ROOT / "prompts", root / "prompts")
        (root / "seeds").mkdir()
        (root / "references").mkdir()
        entries = []
        for name, text in (("a", "襄阳市今年有三件大事。第一件是修路。"), ("b", "武汉下雨了。")):
            (root / f"seeds/{name}.txt").write_text(text * 5, encoding="utf-8")
            entries.append({
                "id": name, "file": f"{name}.txt", "title": name, "source": "无", "date": "2019",
                "kind": "news",
            })  # fmt: skip
            self.write_references(name, "修路")
        self.write("seeds/index.yaml", {"articles": entries})
        self.config: dict[str, Any] = {
            "name": "run",
            "output": "runs",
            "data": {"articles": "seeds/index.yaml", "references": "references"},
            "prompts": {"folder": "prompts"},
            "cache": False,
            "models": [
                {"name": "lead", "baseline": "lead"},
                {"name": "oracle", "baseline": "oracle"},
                {
                    "name": "tiny",
                    "weights": {"folder": "weights"},
                    "dtype": "float32",
                    "generation": {"max_new_tokens": {"answer": 4, "short": 4, "long": 4}},
                },
            ],
        }

    def write(self, name: str, content: object) -> None:
        """Write a YAML file; JSON is YAML."""
        (self.root / name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    def write_references(self, name: str, answer: str) -> None:
        """Write an article's references: one summary, and questions with one answer."""
        questions = [
            {"id": f"q{i}", "type": "phrase", "difficulty": 1, "question": f"第{i}件是什么？",
             "answers": [answer]}
            for i in range(1, N_EXAMPLES[name])
        ]  # fmt: skip
        summary = {"id": "s1", "length": "short", "text": "今年修路。"}
        self.write(
            f"references/{name}.yaml",
            {"article": name, "headline": "大事", "summaries": [summary], "questions": questions},
        )

    def run(self, *options: str) -> dict[str, list[str]]:
        """Run it, and return the examples that each system did this time."""
        self.write("config.yaml", self.config)
        written = self.root / "runs/run/generations.jsonl"
        n_before = len(read_all(written, Generation))
        assert main(["run", "config.yaml", *options]) == 0
        done: dict[str, list[str]] = {}
        for generation in read_all(written, Generation)[n_before:]:
            done.setdefault(generation.model, []).append(generation.example_id)
        return done

    def fresh(self) -> dict[str, bytes]:
        """Return what the project comes to in a folder where nothing was ever done."""
        self.config["output"] = "fresh"
        self.write("config.yaml", self.config)
        assert main(["run", "config.yaml"]) == 0
        return results(self.root / "fresh/run")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, smoke_run: Path, cache: Path) -> Project:
    """Return a project that has been run once, with weights of its own."""
    assert smoke_run.is_dir()
    root = tmp_path_factory.mktemp("project")
    tiny = next(path for path in (cache / "weights").glob("tiny-*") if path.is_dir())
    shutil.copytree(tiny, root / "weights")
    made = Project(root)
    with chdir(root):
        done = made.run()
    assert {model: len(names) for model, names in done.items()} == {
        "lead": 7, "oracle": 7, "tiny": 7,
    }  # fmt: skip
    return made


@pytest.fixture
def project(first: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a copy of that project, and be in its folder."""
    root = tmp_path / "project"
    shutil.copytree(first.root, root)
    monkeypatch.chdir(root)
    mine = copy.deepcopy(first)
    mine.root = root
    return mine


def edit(file: Path, change: Callable[[str], str]) -> None:
    """Change a text file."""
    file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")


def test_an_edited_article_is_read_again_and_the_other_is_not(project: Project) -> None:
    """All of its examples are done again by all systems, and the end is that of a fresh run."""
    edit(project.root / "seeds/a.txt", lambda text: text.replace("三件", "四件"))
    examples = ["a/q1", "a/q2", "a/q3", "a/short"]
    done = project.run()
    assert {model: sorted(names) for model, names in done.items()} == {
        "lead": examples, "oracle": examples, "tiny": examples,
    }  # fmt: skip
    assert results(project.root / "runs/run") == project.fresh()


def test_an_edited_template_is_asked_again_of_language_models_alone(project: Project) -> None:
    """Only the task of that template, and baselines read none."""
    edit(project.root / "prompts/answer/default.jinja", lambda text: text + "\n请回答。")
    assert {model: sorted(names) for model, names in project.run().items()} == {
        "tiny": ["a/q1", "a/q2", "a/q3", "b/q1", "b/q2"]
    }
    assert results(project.root / "runs/run") == project.fresh()


def test_an_edited_reference_is_scored_again_and_no_language_model_asked(project: Project) -> None:
    """The tiny model does nothing, and all scores are those of a fresh run."""
    project.write_references("b", "下雨")
    assert "tiny" not in project.run()
    assert results(project.root / "runs/run") == project.fresh()


def test_other_weights_under_the_same_name_answer_for_themselves(project: Project) -> None:
    """One changed bit of a weight is another model: everything is done again, no figure is kept."""
    file = project.root / "weights/model.safetensors"
    data = bytearray(file.read_bytes())
    data[-1] ^= 0x01
    file.write_bytes(bytes(data))
    assert {model: len(done) for model, done in project.run().items()} == {"tiny": 7}
    manifest = json.loads((project.root / "runs/run/manifest.json").read_bytes())
    speed = manifest["systems"]["tiny"]["speed"]
    newest = read_all(project.root / "runs/run/generations.jsonl", Generation)[-7:]
    assert speed["n_new_tokens"] == sum(generation.n_new_tokens for generation in newest)


def test_twins_have_generations_of_their_own(project: Project) -> None:
    """Two systems of the same weights and settings never borrow each other's answers unseen."""
    project.config["models"].append({**project.config["models"][2], "name": "twin"})
    assert {model: len(done) for model, done in project.run("--adopt").items()} == {"twin": 7}
    summary = json.loads((project.root / "runs/run/summary.json").read_bytes())
    assert summary["status"] == "complete"


def test_another_config_is_told_apart_and_can_be_adopted(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each difference with both values, and both ways to go on; adopted, the rest is reused."""
    project.config["limit"] = 1
    project.config["models"][2]["generation"]["max_new_tokens"]["answer"] = 5
    project.write("config.yaml", project.config)
    capsys.readouterr()
    assert main(["run", "config.yaml"]) == 2
    folder = "runs/run"
    ways = "set another `name`, or pass --adopt to reuse what still matches"
    assert capsys.readouterr().err.splitlines() == [
        f"{folder}: holds a run of another config; {ways}",
        f"{folder}: limit: was null, is 1 now",
        f"{folder}: models.2.generation.max_new_tokens.answer: was 4, is 5 now",
    ]
    assert project.run("--adopt") == {"tiny": ["a/q1", "a/q2", "a/q3"]}


def test_a_stopped_change_leaves_no_older_result_behind(project: Project) -> None:
    """While a changed run is not done, nothing of the former result lies in its folder."""
    folder = project.root / "runs/run"
    edit(project.root / "seeds/a.txt", lambda text: text + "完。")
    written = folder / "generations.jsonl"
    damaged = written.read_text(encoding="utf-8").replace('"key"', '"kez"', 1)
    written.write_text(damaged, encoding="utf-8")  # fails the run after it began
    assert main(["run", "config.yaml"]) == 1
    left = {path.name for path in folder.iterdir()}
    assert not left & {"summary.json", "scores.jsonl", "report.md", "report.html"}
    assert json.loads((folder / "manifest.json").read_bytes())["status"] == "incomplete"


def test_a_rescore_refuses_articles_that_were_not_read(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a model wrote of one text is not judged by another."""
    edit(project.root / "seeds/a.txt", lambda text: text + "完。")
    assert main(["rescore", "runs/run"]) == 2
    assert re.fullmatch(
        r".*manifest\.json: articles\.a: the article is not the one that was read; .*\n",
        capsys.readouterr().err,
    )
