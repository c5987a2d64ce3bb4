"""Promise: a disk that fails under a file (EIO) is one clear line, and at worst one model fails.

Linux's /proc/self/mem is such a file: a regular one, whose first byte cannot be read.
"""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evalkit.cli import main
from evalkit.providers.local.weights.tiny import make_tiny
from evalkit.store.log import logging_to, note
from tests.faults.test_model_folders import try_out

if TYPE_CHECKING:
    from tests.support.project import Project

FAILING = Path("/proc/self/mem")
pytestmark = pytest.mark.skipif(not FAILING.exists(), reason="this file is Linux's")


def test_such_a_file_fails_for_real() -> None:
    """The kernel says EIO of what seems to be a regular file."""
    assert FAILING.is_file()
    with FAILING.open("rb") as file, pytest.raises(OSError, match=os.strerror(errno.EIO)):
        file.read(1)


@pytest.mark.parametrize("name", ["config.yaml", "seeds/index.yaml", "references/a.yaml"])
@pytest.mark.parametrize("command", ["check", "run"])
def test_an_input_on_a_failing_disk_is_one_clear_line(
    project: Project, name: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the file and the reason; the run of before is as it was."""
    project.write("config.yaml", project.config)
    before = {f: f.read_bytes() for f in (project.root / "runs/run").iterdir() if f.is_file()}
    fail(project.root / name)
    capsys.readouterr()
    assert main([command, "config.yaml"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert name in line
    assert os.strerror(errno.EIO) in line
    assert all(file.read_bytes() == content for file, content in before.items())


@pytest.mark.parametrize(
    "name", ["tokenizer.json", "tokenizer_config.json", "config.json", "model.safetensors"]
)
def test_a_model_on_a_failing_disk_fails_alone(tmp_path: Path, name: str) -> None:
    """In one line that names its folder and the reason."""
    make_tiny(0, ["襄阳在哪里？"], tmp_path)
    fail(tmp_path / name)
    reason = try_out(tmp_path)
    assert str(tmp_path) in reason
    assert os.strerror(errno.EIO) in reason
    assert "\n" not in reason


def test_a_log_on_a_failing_disk_costs_the_log_alone(project: Project) -> None:
    """Nothing that must not be lost is only there."""
    with logging_to(FAILING):
        note("hallo")
    log = project.root / "runs/run/log.jsonl"
    log.unlink()
    log.mkdir()
    assert main(["rescore", "runs/run"]) in {0, 1}


def test_predictions_on_a_failing_disk_are_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever their format."""
    for ending in ("jsonl", "csv", "parquet", "json"):
        file = tmp_path / f"in.{ending}"
        file.symlink_to(FAILING)
        assert main(["score", "answers", str(file)]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith(str(file))


def fail(file: Path) -> None:
    """Have a file be on a failing disk."""
    assert file.exists()
    shutil.move(file, f"{file}.whole")
    file.symlink_to(FAILING)
