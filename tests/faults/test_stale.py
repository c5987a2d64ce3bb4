"""Promise: nothing stale is used; what depends on a change is done again, and nothing else."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from evalkit.analysis.run import load
from evalkit.cli import main
from evalkit.cli.progress import PlainProgress
from evalkit.records import Generation
from evalkit.store.folder import RunFolder
from evalkit.store.jsonl import read_all
from tests.faults.conftest import RESULTS, results

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.project import Project


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
    change_weights(project)
    assert {model: len(done) for model, done in project.run().items()} == {"tiny": 7}
    manifest = json.loads((project.root / "runs/run/manifest.json").read_bytes())
    speed = manifest["providers"]["tiny"]["speed"]
    newest = read_all(project.root / "runs/run/generations.jsonl", Generation)[-7:]
    assert speed["n_new_tokens"] == sum(generation.n_new_tokens for generation in newest)


def test_twins_have_generations_of_their_own(project: Project) -> None:
    """Two systems of the same weights and settings never borrow each other's answers unseen."""
    project.config["models"].append({**project.config["models"][2], "name": "twin"})
    assert {model: len(done) for model, done in project.run("--adopt").items()} == {"twin": 7}
    summary = json.loads((project.root / "runs/run/summary.json").read_bytes())
    assert summary["status"] == "complete"


def test_another_config_is_refused_with_its_differences_and_can_be_adopted(
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
    assert capsys.readouterr().err.splitlines()[-3:] == [
        f"{folder}: holds a run of another config; {ways}",
        f"{folder}: limit: was not set, is 1 now",
        f"{folder}: models.2.generation.max_new_tokens.answer: was 4, is 5 now",
    ]
    assert project.run("--adopt") == {"tiny": ["a/q1", "a/q2", "a/q3"]}


def change_article(project: Project) -> None:
    """Edit an article."""
    edit(project.root / "seeds/a.txt", lambda text: text + "完。")


def change_template(project: Project) -> None:
    """Edit a template."""
    edit(project.root / "prompts/answer/default.jinja", lambda text: text + "请回答。")


def change_references(project: Project) -> None:
    """Edit references."""
    project.write_references("b", "下雨")


def change_weights(project: Project) -> None:
    """Change one bit of the model."""
    file = project.root / "weights/model.safetensors"
    data = bytearray(file.read_bytes())
    data[-1] ^= 0x01
    file.write_bytes(bytes(data))


@pytest.mark.parametrize(
    "change",
    [change_article, change_template, change_references, change_weights],
)
def test_a_stopped_change_leaves_no_older_result_behind(
    project: Project, change: Callable[[Project], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """While a changed run is not done, no former result lies in its folder, or passes for its own.

    Without the change, a stop leaves them; they hold again when the run has ended.
    """
    project.run()  # its paths are those of this folder now
    folder = project.root / "runs/run"

    def stop() -> str:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("evalkit.runner.execute.score", stopped)
            assert main(["run", "config.yaml"]) == 130
        status = json.loads((folder / "manifest.json").read_bytes())["status"]
        capsys.readouterr()
        code = main(["gate", "runs/run", "--min", "oracle:em=0.1"])
        assert code == (0 if status == "complete" else 2)
        return str(status)

    assert stop() == "complete"
    change(project)
    assert stop() == "incomplete"
    assert not {path.name for path in folder.iterdir()} & {*RESULTS}
    project.run()
    assert main(["gate", "runs/run", "--min", "oracle:em=0.1"]) == 0
    assert results(folder) == results(project.fresh())


def test_a_change_that_is_stopped_at_once_is_a_change_for_the_next_command(
    project: Project,
) -> None:
    """No manifest tells of new inputs while the results are those of the old ones."""
    project.run()
    folder = project.root / "runs/run"
    change_references(project)
    before = (folder / "examples.jsonl").read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RunFolder, "drop_results", stopped)
        assert main(["run", "config.yaml"]) == 130
    assert (folder / "examples.jsonl").read_bytes() == before
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("evalkit.runner.execute.score", stopped)
        assert main(["run", "config.yaml"]) == 130
    assert not {path.name for path in folder.iterdir()} & {*RESULTS}


def stopped(*_: object, **__: object) -> None:
    """Press Ctrl-C at the step that this replaces."""
    raise KeyboardInterrupt


def test_a_rescore_that_is_stopped_leaves_the_run_as_it_was(project: Project) -> None:
    """Until the new results are whole the old ones stay, though references have changed since."""
    folder = project.root / "runs/run"
    before = contents(folder)
    project.write_references("b", "下雨")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("evalkit.runner.rescore.score", stopped)
        assert main(["rescore", "runs/run"]) == 130
    assert contents(folder) == before
    assert main(["compare", "runs/run"]) == 0


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files of a run but its log and its lock."""
    files = [file for file in folder.iterdir() if file.name not in {"log.jsonl", ".lock"}]
    return {file.name: file.read_bytes() for file in files}


def test_an_edit_while_a_run_is_on_is_for_the_next_run(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All systems are asked in the words that the run began with; the next run asks anew."""
    begin = PlainProgress.stage

    def edit_after(progress: PlainProgress, name: str, total: int, n_kept: int = 0) -> None:
        begin(progress, name, total, n_kept)
        if name == "tiny":
            change_template(project)

    project.config["models"].append({**project.config["models"][2], "name": "twin"})
    with monkeypatch.context() as patch:
        patch.setattr(PlainProgress, "stage", edit_after)
        assert list(project.run("--adopt")) == ["twin"]
    written = RunFolder(path=project.root / "runs/run").generations()
    asked = {g.template_sha256 for g in written if g.example == "a/q1"} - {""}
    assert asked == {project.manifest().prompts["answer/default"]}
    done = project.run()
    assert {model: len(names) for model, names in done.items()} == {"tiny": 5, "twin": 5}


def test_an_article_that_left_the_index_is_left_out(project: Project) -> None:
    """Scored again, the run is of the articles that are left, and may be compared as such."""
    index = json.loads((project.root / "seeds/index.yaml").read_bytes())
    project.write("seeds/index.yaml", {"articles": index["articles"][:1]})
    (project.root / "references/b.yaml").unlink()
    assert main(["rescore", "runs/run"]) == 0
    manifest = json.loads((project.root / "runs/run/manifest.json").read_bytes())
    assert [*manifest["articles"]] == [*manifest["references"]] == ["a"]
    assert main(["compare", "runs/run"]) == 0


def test_a_rescore_needs_neither_weights_nor_templates(project: Project) -> None:
    """What was generated is judged without whatever it was generated with."""
    before = results(project.root / "runs/run")
    shutil.rmtree(project.root / "weights")
    shutil.rmtree(project.root / "prompts")
    assert main(["rescore", "runs/run"]) == 0
    assert results(project.root / "runs/run") == before


def test_a_reason_is_the_present_one(project: Project) -> None:
    """Where another context is too small as well, the example fails for that, not for the old."""
    for context in (64, 70):
        project.config["models"][2]["max_context"] = context
        project.write("config.yaml", project.config)
        assert main(["run", "config.yaml", "--adopt"]) == 1
        run = load(project.root / "runs/run")
        problems = {request.problem for request in run.requests if request.problem}
        assert problems
        assert all(f"over the limit of {context}" in problem for problem in problems)


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
