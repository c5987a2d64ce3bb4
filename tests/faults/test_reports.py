"""Promises: no report makes a run incomplete; no file of a user's is deleted."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from evalkit.cli import main
from tests.faults.conftest import results, size
from tests.support.paths import ROOT
from tests.support.phases import KillIn

if TYPE_CHECKING:
    from tests.faults.conftest import Start
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


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTRAP], ids=["KILL", "TRAP"])
def test_what_ends_the_process_while_it_draws_costs_the_page_alone(
    start: Start, project: Project, number: int
) -> None:
    """As a native drawing engine would: the run is complete, and `report` makes its page."""
    project.write("config.yaml", project.config)
    folder = project.root / "runs/run"
    before = results(folder)
    shutil.rmtree(folder)
    drawing = KillIn(phase="drawing", after_s=0, signal=number)
    assert start("run", project.root / "config.yaml", watched=drawing).end() == -number
    assert json.loads((folder / "manifest.json").read_bytes())["status"] == "complete"
    assert results(folder) == before
    assert not (folder / "report.html").exists()
    assert start("report", folder).end() == 0
    assert "<svg" in (folder / "report.html").read_text(encoding="utf-8")
    assert main(["compare", "runs/run"]) == 0


@pytest.mark.parametrize("limit", ["unset HOME", "ulimit -n 12", "ulimit -v 1500000"])
def test_charts_are_drawn_under_limits(project: Project, limit: str) -> None:
    """No home folder, few file descriptors, a small address space: a whole run, with charts."""
    project.config["models"].pop()  # torch takes more of either
    project.write("config.yaml", project.config | {"name": "fresh"})
    done = subprocess.run(  # noqa: S603 - our own program
        ["/bin/sh", "-c", f'{limit} && exec "$@"', "sh", sys.executable, "-m", "evalkit", "run",
         "config.yaml"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "<svg" in (project.root / "runs/fresh/report.html").read_text(encoding="utf-8")


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
