"""Promise: nothing stale is used; what depends on a change is done again, and nothing else."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from evalkit.cli import main
from evalkit.records import Generation
from evalkit.store.records import read_all
from tests.faults.conftest import results

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from tests.faults.project import Project


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
    assert results(project.root / "runs/run") == results(project.fresh())


def test_an_edited_template_is_asked_again_of_language_models_alone(project: Project) -> None:
    """Only the task of that template, and baselines read none."""
    edit(project.root / "prompts/answer/default.jinja", lambda text: text + "\n请回答。")
    assert {model: sorted(names) for model, names in project.run().items()} == {
        "tiny": ["a/q1", "a/q2", "a/q3", "b/q1", "b/q2"]
    }
    assert results(project.root / "runs/run") == results(project.fresh())


def test_an_edited_reference_is_scored_again_and_no_language_model_asked(project: Project) -> None:
    """The tiny model does nothing, and all scores are those of a fresh run."""
    project.write_references("b", "下雨")
    assert "tiny" not in project.run()
    assert results(project.root / "runs/run") == results(project.fresh())


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
