"""A finished run is read from its folder alone."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from evalkit.analysis.run import load, load_all
from evalkit.records import Generation
from evalkit.store.folder import RunFolder
from evalkit.store.jsonl import read_all, write_all
from tests.support.problems import problems_of
from tests.support.runs import EXAMPLES, SYSTEMS, reseal, system, write_run

if TYPE_CHECKING:
    from pathlib import Path


def test_a_run_gives_back_all_that_it_holds(tmp_path: Path) -> None:
    """Summary, scores, examples, articles, and what each system wrote for each example."""
    run = load(write_run(tmp_path / "run"))
    assert [s.name for s in run.systems] == [s.name for s in SYSTEMS]
    assert list(run.examples.values()) == list(EXAMPLES)
    assert list(run.articles) == ["bridge", "rain", "fair"]
    assert len(list(run.details)) == len(run.scores)
    assert run.generations["oracle", "bridge/q1", 0].prediction == "3公里"
    assert len(run.generations) == len(SYSTEMS) * len(EXAMPLES)


def test_three_files_are_enough_for_the_scores(tmp_path: Path) -> None:
    """A baseline may be committed without the rest; what is missing is named when asked for."""
    path = write_run(tmp_path / "run")
    kept = {"manifest.json", "summary.json", "scores.jsonl"}
    for file in path.iterdir():
        if file.name not in kept:
            file.unlink()
    run = load(path)
    assert run.scores
    for read in ("details", "examples", "articles", "requests", "generations"):
        (problem,) = problems_of(partial(lambda name: list(getattr(run, name)), read))
        assert problem.code == "missing"
        assert problem.file.endswith(".jsonl")


def test_a_damaged_file_is_named_when_it_is_needed(tmp_path: Path) -> None:
    """File and line, as a problem and not as a traceback."""
    path = write_run(tmp_path / "run")
    (path / "scores.jsonl").write_text("{}\n", encoding="utf-8")
    reseal(path)
    run = load(path)
    (problem,) = problems_of(lambda: run.scores)
    assert problem.code == "unreadable"
    assert "scores.jsonl:1" in problem.what


@pytest.mark.parametrize(
    ("name", "code"), [("manifest.json", "missing"), ("summary.json", "unreadable")]
)
def test_a_folder_without_a_finished_run_is_refused(tmp_path: Path, name: str, code: str) -> None:
    """Scores alone do not say what they are scores of."""
    path = write_run(tmp_path / "run")
    (path / name).unlink()
    (problem,) = problems_of(lambda: load(path))
    assert problem.code == code
    assert str(path) in problem.file


@pytest.mark.parametrize("status", ["running", "incomplete"])
def test_results_that_are_not_those_of_the_run_now_are_refused(tmp_path: Path, status: str) -> None:
    """While it runs, or where it ended otherwise than its summary says."""
    path = write_run(tmp_path / "run")
    file = path / "manifest.json"
    manifest = json.loads(file.read_bytes()) | {"status": status}
    file.write_text(json.dumps(manifest), encoding="utf-8")
    (problem,) = problems_of(lambda: load(path))
    assert problem.code == "unfinished"


def test_every_folder_without_a_run_is_named(tmp_path: Path) -> None:
    """Not only the first."""
    paths = [tmp_path / "a", tmp_path / "b"]
    problems = problems_of(lambda: load_all(paths))
    assert [problem.file for problem in problems] == [f"{path}/manifest.json" for path in paths]


def test_systems_that_several_runs_have_are_named_by_run(tmp_path: Path) -> None:
    """In all that is read of them; the others and the people keep their names."""
    common, human = system("qwen"), system("human", "human")
    first = write_run(tmp_path / "first", systems=(common, system("llama"), human))
    second = write_run(tmp_path / "second", systems=(common, human))
    one, two = load_all([first, second])
    assert [s.name for s in one.summary.systems] == ["first/qwen", "llama", "human"]
    assert [s.model for s in two.systems] == ["second/qwen"]
    assert {score.system for score in one.scores} == {"first/qwen", "llama"}
    assert {detail.system for detail in two.details} == {"second/qwen"}
    assert {request.system for request in two.requests} == {"second/qwen"}
    assert {system for system, _, _ in two.generations} == {"second/qwen"}


def test_runs_of_one_name_are_told_apart_by_their_paths(tmp_path: Path) -> None:
    """By as much of the path as it takes; the same folder counts once."""
    first = write_run(tmp_path / "here/run", systems=SYSTEMS[:1])
    shutil.copytree(first, tmp_path / "there/run")
    runs = load_all([first, tmp_path / "there/run", tmp_path / "here/../here/run"])
    assert [run.systems[0].name for run in runs] == ["here/run/qwen", "there/run/qwen"]


def test_an_answer_to_another_question_is_not_given_back(tmp_path: Path) -> None:
    """Where an example was edited, what was written before does not answer it."""
    path = write_run(tmp_path / "run")
    edited = [replace(e, question="大桥有多宽？") if e.id == "bridge/q1" else e for e in EXAMPLES]
    RunFolder(path=path).write_examples(edited)
    reseal(path)
    found = load(path).generations
    assert ("qwen", "bridge/q1", 0) not in found
    assert ("qwen", "bridge/q2", 0) in found


def test_the_latest_attempt_at_a_request_counts(tmp_path: Path) -> None:
    """One that failed before stays in the file, and out of the results."""
    path = write_run(tmp_path / "run")
    file = RunFolder(path=path).generations_file
    written = read_all(file, Generation)
    failed = replace(written[0], text="", finish_reason="error", error="out of memory")
    write_all(file, [failed, *written])
    reseal(path)
    key = (written[0].system, written[0].example, 0)
    assert load(path).generations[key].finish_reason == "stop"
