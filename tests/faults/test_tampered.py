"""Promise: what a person changed in a run's folder, or in what it was made of, is never guessed at.

It is one clear error with the way out, or it is left out and counted.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.cli import main
from evalkit.records import ScoreLine
from evalkit.store.jsonl import read_all

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project

RUN = "runs/run"


def edit_json(file: Path, *keys: str | int, value: object) -> None:
    """Change one place of a JSON file."""
    content = place = json.loads(file.read_bytes())
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (["providers"], []),
        (["providers", "lead"], 1),
        (["providers", "tiny", "speed"], "fast"),
        (["providers", "tiny", "speed", "generate_s"], "long"),
        (["providers", "tiny", "speed", "warp"], 9),
        (["systems"], {}),
        (["config"], []),
        (["sessions"], 1),
        (["sessions", 0, "machine"], None),
        (["articles"], []),
        (["status"], "finished"),
        (["started"], 7),
    ],
)
def test_a_manifest_edited_by_hand_is_one_clear_error(
    project: Project, keys: list[str | int], value: object, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every command names the place, and the list of runs still lists it."""
    manifest = project.root / RUN / "manifest.json"
    edit_json(manifest, *keys, value=value)
    for command in ("rescore", "repeat", "report", "compare"):
        assert main([command, RUN]) in {1, 2}
        (line,) = capsys.readouterr().err.splitlines()
        assert f"{RUN}/manifest.json: {'.'.join(map(str, keys))}" in line
        assert "delete it and run again" in line
    assert main(["runs"]) == main(["runs", "show", RUN]) == 0
    assert "damaged" in capsys.readouterr().out


def test_a_run_without_its_manifest_is_made_whole_again(project: Project) -> None:
    """Its generations are still there, and none is made again."""
    (project.root / RUN / "manifest.json").unlink()
    assert "tiny" not in project.run()
    assert main(["compare", RUN]) == 0


def references(project: Project) -> tuple[Path, list[dict[str, Any]]]:
    """Return the references of the first article, and its questions."""
    file = project.root / "references/a.yaml"
    return file, json.loads(file.read_bytes())["questions"]


def scored(project: Project) -> set[tuple[str, str]]:
    """Return which examples have a score, and of which system."""
    scores = read_all(project.root / RUN / "scores.jsonl", ScoreLine)
    return {(score.system, score.example) for score in scores}


def test_an_answer_is_not_judged_by_a_question_that_was_not_asked(project: Project) -> None:
    """Where a question was edited, a rescore has no score and says incomplete; a run asks it."""
    before = scored(project)
    file, _ = references(project)
    edit_json(file, "questions", 0, "question", value="第一件大事是什么？")
    assert main(["rescore", RUN]) == 1
    assert before - scored(project) == {(m, "a/q1") for m in ("lead", "oracle", "tiny")}
    assert project.run()["tiny"] == ["a/q1"]
    assert scored(project) == before


def test_a_question_that_was_removed_is_left_out(project: Project) -> None:
    """A rescore is complete without it, and one that was added is missing."""
    before = scored(project)
    file, questions = references(project)
    edit_json(file, "questions", value=questions[:-1])
    assert main(["rescore", RUN]) == 0
    assert before - scored(project) == {(m, "a/q3") for m in ("lead", "oracle", "tiny")}
    edit_json(file, "questions", value=[*questions, {**questions[0], "id": "q4"}])
    assert main(["rescore", RUN]) == 1
    assert scored(project) == before


@pytest.mark.parametrize("name", ["requests.jsonl", "generations.jsonl"])
def test_a_run_that_lost_a_file_keeps_its_scores(
    project: Project, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A committed baseline holds nothing to score: a rescore refuses, and touches nothing."""
    folder = project.root / RUN
    (folder / name).unlink()
    before = {file: file.read_bytes() for file in folder.iterdir()}
    assert main(["rescore", RUN]) == 2
    assert f"{name}: does not exist: there is nothing to score" in capsys.readouterr().err
    assert {file: file.read_bytes() for file in folder.iterdir()} == before
