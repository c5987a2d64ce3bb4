"""Promise: a run is understood wherever it is read, and tells on which machines it was made."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
import torch

from evalkit.cli import main
from evalkit.providers.local.session import LocalSession
from tests.faults.conftest import results
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from tests.support.project import Project


@pytest.mark.parametrize("command", ["rescore", "repeat", "report", "compare"])
def test_a_run_is_read_from_any_folder(
    project: Project,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
) -> None:
    """Its config was written with relative paths, and they are found all the same."""
    folder = project.root / "runs/run"
    before = results(folder)
    monkeypatch.chdir(tmp_path)
    assert main([command, str(folder)]) == 0
    assert "changed" not in capsys.readouterr().out
    assert results(folder) == before
    assert "三件大事" in (folder / "report.html").read_text(encoding="utf-8")


def test_a_project_that_has_moved_goes_on(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing lies where it lay: all is found beside the run, and nothing is done again."""
    assert project.run() == {}
    project.root = Path(shutil.move(project.root, tmp_path / "moved"))
    monkeypatch.chdir(tmp_path)
    assert main(["rescore", "moved/runs/run"]) == 0
    monkeypatch.chdir(project.root)
    assert project.run() == {}


def test_a_run_that_was_copied_alone_is_scored(project: Project, tmp_path: Path) -> None:
    """Its articles are where they were, if not where they would lie beside the copy."""
    assert project.run() == {}
    alone = tmp_path / "far/away/run"
    shutil.copytree(project.root / "runs/run", alone)
    assert main(["rescore", str(alone)]) == 0


def test_a_current_folder_that_is_gone_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No path of the user leads anywhere from there."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert main(["runs"]) == 2
    assert capsys.readouterr().err == ".: this folder is gone; change to another\n"


def test_a_manifest_names_no_user(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be shown to anyone: what lies in the user's own folder begins with `~`."""
    monkeypatch.setenv("HOME", str(tmp_path))
    assert project.run() == {}
    text = (project.root / "runs/run/manifest.json").read_text(encoding="utf-8")
    assert str(tmp_path) not in text
    assert json.loads(text)["config"]["data"]["references"] == "~/project/references"
    monkeypatch.chdir("/")
    assert main(["rescore", str(project.root / "runs/run")]) == 0


def test_a_run_that_goes_on_on_another_machine_tells_of_both(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One entry a session, with its time, machine and versions; `runs show` has a line for each."""
    monkeypatch.setattr("evalkit.runner.provenance._processor", lambda: "Another Processor")
    for _ in range(2):
        assert project.run() == {}
    manifest = project.manifest()
    here, there, again = manifest.sessions
    assert there.machine.processor == "Another Processor" != here.machine.processor
    assert there.libraries == here.libraries
    assert manifest.started == here.started <= there.started <= again.started
    capsys.readouterr()
    assert main(["runs", "show", "runs/run"]) == 0
    assert capsys.readouterr().out.count(" on Another Processor, ") == 1


@dataclass(frozen=True, kw_only=True, slots=True)
class OnGpu:
    """What a session's facts ask of a model."""

    device: torch.device
    dtype: torch.dtype = torch.float32


def test_the_manifest_names_the_gpu(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each model that runs on one its own; of a model on the CPU none."""
    devices = {"one": "cuda:0", "two": "cuda:1"}
    names = {torch.device("cuda:0"): "NVIDIA H200", torch.device("cuda:1"): "NVIDIA L4"}
    facts = cast("property", LocalSession.facts).fget
    assert facts is not None

    def facts_on_gpu(session: LocalSession) -> dict[str, object]:
        model = OnGpu(device=torch.device(devices[session.entry.name]))
        found: dict[str, object] = facts(replace(session, model=cast("PreTrainedModel", model)))
        return found

    monkeypatch.setattr(torch.cuda, "get_device_name", names.__getitem__)
    monkeypatch.setattr(LocalSession, "facts", property(facts_on_gpu))
    tiny = project.config["models"][2]
    project.config["models"] += [{**tiny, "name": name} for name in devices]
    assert project.run("--adopt").keys() == {"one", "two"}
    providers = project.manifest().providers
    assert providers["one"].facts["accelerator"] == "NVIDIA H200"
    assert providers["two"].facts["accelerator"] == "NVIDIA L4"
    assert "accelerator" not in providers["tiny"].facts


@pytest.mark.parametrize(
    ("command", "written", "place"),
    [
        ("run", "config.yaml", "config.yaml:1: output"),
        ("check", "config.yaml", "config.yaml:1: output"),
        ("check", "seeds/index.yaml", "seeds/index.yaml:1: articles.0.file"),
    ],
)
def test_a_path_that_the_locale_cannot_encode_is_one_clear_error(
    project: Project, command: str, written: str, place: str
) -> None:
    """In a bare container file names may have to be ASCII."""
    project.write("config.yaml", project.config)
    file = project.root / written
    text = file.read_text(encoding="utf-8")
    changed = text.replace('"runs"', '"运行"').replace('"a.txt"', '"襄阳.txt"')
    file.write_text(changed, encoding="utf-8")
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "evalkit", command, "config.yaml"],
        cwd=project.root,
        env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert changed != text
    assert done.returncode == 2
    assert done.stderr == f"{place}: cannot be encoded in ascii; set PYTHONUTF8=1\n"
