"""Promises: no report makes a run incomplete; no file of a user's is deleted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from evalkit.cli import main
from tests.faults.conftest import results, size

if TYPE_CHECKING:
    from tests.support.project import Project


@pytest.mark.parametrize("name", ["report.html", "report.md", "summary.csv", "examples.csv"])
def test_a_report_that_cannot_be_written_leaves_a_complete_run(
    project: Project, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is named with the reason, the other reports are there, and nothing is lost."""
    folder = project.root / "runs/run"
    before = results(folder)
    (folder / name).unlink()
    (folder / name / "inside").mkdir(parents=True)
    for command in (["rescore", "runs/run"], ["run", "config.yaml"]):
        project.write("config.yaml", project.config)
        assert main([*command, "--json"]) == 0
        assert f"{name}: " in capsys.readouterr().err
        assert json.loads((folder / "manifest.json").read_bytes())["status"] == "complete"
        assert results(folder) == before
    others = {"report.html", "report.md", "summary.csv", "examples.csv"} - {name}
    assert all(size(folder / other) > 1_000 for other in others)
    assert main(["compare", "runs/run"]) == 0


def test_a_user_s_own_files_survive_in_a_run_folder(project: Project) -> None:
    """What only resembles a result is never deleted: not by a rescore, not by a changed run."""
    folder = project.root / "runs/run"
    mine = {"report.pdf", "report", "summary.md", "scores.ods", "scores.jsonl.gz", ".scores.part"}
    for name in mine:
        (folder / name).write_text(name, encoding="utf-8")
    assert main(["rescore", "runs/run"]) == 0
    project.write_references("b", "下雨")
    project.run()
    assert {name: (folder / name).read_text(encoding="utf-8") for name in mine} == {
        name: name for name in mine
    }
