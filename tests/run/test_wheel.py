"""The built wheel holds all that evalkit needs, and works where no repository is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

from tests.support.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = ("evalkit", "pyproject.toml", "README.md", "LICENSE")


def test_a_built_wheel_works_outside_the_repository(tmp_path: Path) -> None:
    """Unpacked alone, it begins a comparison of data that lies elsewhere, and runs it."""
    source = tmp_path / "source"
    source.mkdir()
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, source / name)
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path), str(source)]
    subprocess.run(build, check=True, capture_output=True)  # noqa: S603 - our own program
    (wheel,) = tmp_path.glob("evalkit-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "site")
    assert "evalkit/py.typed" in names
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/"))]
    shutil.copy(ROOT / "tests/golden/squad-sample.json", tmp_path / "data.json")
    for command in (
        "init mine --squad data.json",
        "check mine/config.yaml",
        "run mine/config.yaml",
    ):
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "evalkit", *command.split()],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "mine/prompts/answer/default.jinja").is_file()
    assert (tmp_path / "mine/runs/mine/report.html").stat().st_size > 100_000
