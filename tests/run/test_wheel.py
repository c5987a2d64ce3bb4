"""The built wheel holds all that evalkit needs, and works where no repository is."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.support.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = ("evalkit", "pyproject.toml", "README.md", "LICENSE")
BASELINE = ("manifest.json", "summary.json", "scores.jsonl")  # what docs/ci.md says to commit


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the unpacked wheel, and nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, source / name)
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(source)]
    subprocess.run(build, check=True, capture_output=True)  # noqa: S603 - our own program
    (wheel,) = folder.glob("evalkit-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def execute(command: str, folder: Path, site: Path) -> None:
    """Run a line of a shell in a folder, with the wheel for Python to import."""
    at_hand = f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ['PATH']}"  # noqa: PTH120
    done = subprocess.run(  # noqa: S602 - our own line
        command,
        shell=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(site), "PATH": at_hand},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


def test_a_built_wheel_works_outside_the_repository(site: Path, tmp_path: Path) -> None:
    """Unpacked alone, it begins a comparison of data that lies elsewhere, and runs it."""
    assert (site / "evalkit/py.typed").is_file()
    assert {path.name for path in site.iterdir() if path.suffix != ".dist-info"} == {"evalkit"}
    shutil.copy(ROOT / "tests/golden/squad-sample.json", tmp_path / "data.json")
    for command in (
        "init mine --squad data.json",
        "check mine/config.yaml",
        "run mine/config.yaml",
    ):
        execute(f"python -m evalkit {command}", tmp_path, site)
    assert (tmp_path / "mine/prompts/answer/default.jinja").is_file()
    assert (tmp_path / "mine/runs/mine/report.html").stat().st_size > 100_000


def test_the_workflow_of_the_documentation_passes_in_another_repository(
    site: Path, tmp_path: Path
) -> None:
    """docs/ci.md: a config, its data and a baseline; the steps of the job, but for installing."""
    fenced = (ROOT / "docs/ci.md").read_text(encoding="utf-8").partition("```yaml\n")[2]
    workflow = yaml.safe_load(fenced.partition("```")[0])
    steps = [step["run"] for step in workflow["jobs"]["gate"]["steps"] if "run" in step]
    commands = [step for step in steps if step.startswith("python -m evalkit ")]
    assert [command.split()[3] for command in commands] == ["run", "gate"]
    (install,) = set(steps) - set(commands)
    assert "./.evalkit[" in install  # from the checkout, never by name from an index
    settings = [step.get("with", {}) for step in workflow["jobs"]["gate"]["steps"]]
    caches = {setting["path"] for setting in settings if "key" in setting}
    assert caches == {"~/.cache/huggingface", "~/.cache/evalkit"}
    folder = tmp_path / "evaluation"
    folder.mkdir()
    squad = ROOT / "tests/golden/squad-sample.json"
    data = json.loads(squad.read_text(encoding="utf-8"))["data"]
    asked = [q for entry in data for paragraph in entry["paragraphs"] for q in paragraph["qas"]]
    answers = {question["id"]: question["answers"][0]["text"] for question in asked}
    (folder / "answers.json").write_text(json.dumps(answers), encoding="utf-8")
    config = {
        "name": "nightly",
        "output": "elsewhere",
        "data": {"squad": shutil.copy(squad, folder)},
        "tasks": {"answer": {}},
        "models": [{"name": "qwen", "predictions": "answers.json"}],
    }
    (folder / "nightly.yaml").write_text(json.dumps(config), encoding="utf-8")
    execute(commands[0], tmp_path, site)
    (folder / "baseline").mkdir()
    for name in BASELINE:
        (tmp_path / "runs/nightly" / name).rename(folder / "baseline" / name)
    shutil.rmtree(tmp_path / "runs")
    for command in commands:
        execute(command, tmp_path, site)
    assert 'failures="0"' in (tmp_path / "gate.xml").read_text(encoding="utf-8")
