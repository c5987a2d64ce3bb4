"""`check` refuses what could not be scored, and says once what holds of many examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from evalkit.cli import main
from tests.support.project import Project

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project with one baseline, and be in its folder."""
    monkeypatch.chdir(tmp_path)
    project = Project(tmp_path)
    project.config["models"] = project.config["models"][:1]
    return project


@pytest.mark.parametrize(
    ("metrics", "tasks"),
    [({"answer": []}, "answer"), ({"summary": []}, "short")],
)
def test_what_is_asked_has_a_metric(
    project: Project, capsys: pytest.CaptureFixture[str], metrics: dict[str, Any], tasks: str
) -> None:
    """An empty list is refused with the tasks that it leaves without scores."""
    project.write("config.yaml", project.config | {"metrics": metrics})
    assert main(["check", "config.yaml"]) == 2
    (kind,) = metrics
    assert capsys.readouterr().err == (
        f"config.yaml:1: metrics.{kind}: is empty, so that nothing scores {tasks}; "
        "name a metric, or leave that out of `tasks`\n"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"metrics": {"summary": []}, "tasks": {"answer": {}}},
        {"metrics": {"answer": []}, "tasks": {"short": {}}},
        {"metrics": {"summary": [], "answer": ["em_from_summary"]}},
    ],
)
def test_what_is_not_asked_needs_no_metric(project: Project, changes: dict[str, Any]) -> None:
    """Nor do summaries that the questions of a later step are asked about."""
    project.write("config.yaml", project.config | changes)
    assert main(["check", "config.yaml"]) == 0


def test_of_prompts_that_are_too_long_five_are_shown(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """The others are counted; where worked examples take the room, that is said too."""
    tiny = {"name": "tiny", "weights": {"tiny": 0}, "max_context": 64}
    project.write("config.yaml", project.config | {"models": [tiny], "few_shot": 1})
    assert main(["check", "config.yaml"]) == 2
    *_, first, second, third, fourth, fifth, rest = capsys.readouterr().out.splitlines()
    for line in (first, second, third, fourth, fifth):
        assert "over the limit of 64; raise max_context, or lower few_shot" in line
    assert rest == "tiny: 2 more like these"
