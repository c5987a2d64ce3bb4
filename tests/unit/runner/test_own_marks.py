"""A model's own marks of thinking: the run knows them, and whoever reads it."""

from __future__ import annotations

import json
import shutil
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.analysis.run import load
from evalkit.config.loading import parse
from evalkit.runner.execute import run
from evalkit.runner.job import prepare
from evalkit.runner.rescore import rescore
from tests.support.paths import GOLDEN
from tests.support.problems import problems_of
from tests.support.progress import Said

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.analysis.run import Run

MARKS = {"start": "<plan>", "end": "</plan>"}
OUTPUTS = {"BRIDGE_1": "<plan>桥</plan>周福生", "BRIDGE_2": "<plan>85万元", "LIBRARY_1": "周一"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder with a data set, and predictions that think in marks of their own."""
    folder = tmp_path / "project"
    folder.mkdir()
    shutil.copy(GOLDEN / "squad-sample.json", folder / "dev.json")
    (folder / "mine.json").write_text(json.dumps(OUTPUTS), encoding="utf-8")
    return folder


def config(project: Path, **entry: object) -> dict[str, Any]:
    """Return a config of these predictions."""
    return {
        "name": "marks",
        "output": str(project / "runs"),
        "data": {"squad": str(project / "dev.json")},
        "tasks": {"answer": {}},
        "metrics": {"summary": [], "answer": ["em", "f1"]},
        "models": [{"name": "mine", "predictions": str(project / "mine.json"), **entry}],
        "cache": False,
    }


def run_of(project: Path, *, adopt: bool = False, **entry: object) -> Run:
    """Return the finished run of a config."""
    return run(prepare(parse(config(project, **entry))), Said(), adopt=adopt)


def read(found: Run) -> dict[str, tuple[str, bool]]:
    """Return prediction and whether the thinking is unclosed, by question."""
    return {
        example.rpartition("/")[2]: (one.prediction, one.unclosed_thinking)
        for (_, example, _), one in found.generations.items()
    }


STRIPPED = {"BRIDGE_1": ("周福生", False), "BRIDGE_2": ("", True), "LIBRARY_1": ("周一", False)}


def test_a_run_is_scored_again_without_its_config(project: Path, tmp_path: Path) -> None:
    """Its folder alone, copied from where nothing else is left, reads the marks and counts them."""
    found = run_of(project, thinking=MARKS)
    copy = shutil.copytree(found.path, tmp_path / "copy")
    shutil.rmtree(project)
    for again in (load(copy), rescore(copy, Said())):
        assert {key: value for key, value in read(again).items() if key in STRIPPED} == STRIPPED
        assert again.summary.systems[0].counts.n_unclosed_thinking == 1
        assert again.scores == found.scores


def test_marks_that_are_named_later_are_adopted(project: Path) -> None:
    """The answers are there already; only how they are read changes."""
    before = run_of(project)
    assert read(before)["BRIDGE_1"] == (OUTPUTS["BRIDGE_1"], False)
    assert problems_of(partial(run_of, project, thinking=MARKS))[0].code == "conflict"
    after = run_of(project, thinking=MARKS, adopt=True)
    assert read(after)["BRIDGE_1"] == ("周福生", False)
    written = (after.path / "generations.jsonl").read_text(encoding="utf-8")
    assert len(written.splitlines()) == len(before.generations)
