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
from tests.support.runs import reseal

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


def test_a_run_alone_is_compared_gated_and_reported(
    project: Project,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Copied to another machine it needs neither project nor weights; a rescore uses its copies."""
    assert project.run() == {}
    before = results(project.root / "runs/run")
    shutil.move(project.root / "runs/run", tmp_path / "alone")
    shutil.rmtree(project.root)
    monkeypatch.chdir(tmp_path)
    for command in (
        ["rescore", "alone"],
        ["compare", "alone"],
        ["gate", "alone", "--min", "oracle:em=0.9", "--no-worse-than", "alone"],
        ["report", "alone"],
        ["runs", "--folder", ".", "show", "alone"],
    ):
        assert main(command) == 0, command
    assert "references: the run's own copies" in capsys.readouterr().err
    assert results(tmp_path / "alone") == before
    assert "三件大事" in (tmp_path / "alone/report.html").read_text(encoding="utf-8")


def test_characters_outside_the_bmp_are_in_paths_and_settings(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder 𠮷野 and an emoji to stop at come back from the manifest as they were."""
    project.root = Path(shutil.move(project.root, tmp_path / "𠮷野"))
    monkeypatch.chdir(project.root)
    project.config["models"][2]["generation"]["stop"] = ["🀄️", "𠮷"]
    project.run("--adopt")
    before = results(project.root / "runs/run")
    for command in ("rescore", "repeat", "report", "compare"):
        assert main([command, "runs/run"]) == 0, command
    assert project.run() == {}
    assert results(project.root / "runs/run") == before
    config = project.manifest().config
    assert config["output"] == f"{project.root}/runs"
    assert config["models"][2]["generation"]["stop"] == ["🀄️", "𠮷"]


def test_a_metric_of_a_later_version_is_read_like_any_other(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """All that a reader must know of it is in the run; only scoring again needs its code."""
    folder = project.root / "runs/run"
    for name in ("manifest.json", "summary.json", "scores.jsonl", "details.jsonl"):
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_text(text.replace('"em"', '"em_next"'), encoding="utf-8")
    reseal(folder)
    for command in (
        ["compare", "runs/run"],
        ["gate", "runs/run", "--min", "oracle:em_next=0.9", "--no-worse-than", "runs/run"],
        ["report", "runs/run"],
        ["runs", "show", "runs/run"],
    ):
        assert main(command) == 0, command
    assert "em_next" in (folder / "report.html").read_text(encoding="utf-8")
    capsys.readouterr()
    assert main(["rescore", "runs/run"]) == 2
    place = "runs/run/manifest.json: metrics.answer.0: `em_next`"
    assert capsys.readouterr().err.startswith(place)


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


def test_a_run_that_goes_on_on_another_machine_records_both(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One entry a session, with its time, machine and versions; `runs show` has a line for each."""
    monkeypatch.setattr("evalkit.runner.provenance.processor_name", lambda: "Another Processor")
    for _ in range(2):
        assert project.run() == {}
    manifest = project.manifest()
    here, there, again = manifest.sessions
    assert there.machine.processor == "Another Processor" != here.machine.processor
    assert there.libraries == here.libraries
    assert manifest.started == here.started <= there.started <= again.started
    capsys.readouterr()
    assert main(["runs", "show", "runs/run"]) == 0
    assert capsys.readouterr().out.count(" on Another Processor with ") == 1


@dataclass(frozen=True, kw_only=True, slots=True)
class OnGpu:
    """A model that says it is on another device."""

    model: PreTrainedModel
    device: torch.device

    def __getattr__(self, name: str) -> object:
        """Answer all else as the model does."""
        return getattr(self.model, name)


def test_the_manifest_names_the_gpu(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each model that runs on one its own; of a model on the CPU none."""
    devices = {"one": "cuda:0", "two": "cuda:1"}
    names = {torch.device("cuda:0"): "NVIDIA H200", torch.device("cuda:1"): "NVIDIA L4"}
    facts = cast("property", LocalSession.facts).fget
    assert facts is not None

    def facts_on_gpu(session: LocalSession) -> dict[str, object]:
        device = torch.device(devices[session.entry.name])
        model = OnGpu(model=session.model, device=device)
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
