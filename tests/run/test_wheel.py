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
    """Unpacked alone, it runs a config of data that lies elsewhere, and writes the page."""
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
    config = tmp_path / "config.yaml"
    shutil.copy(ROOT / "tests/golden/squad-sample.json", tmp_path / "data.json")
    config.write_text(
        "name: run\noutput: runs\ndata: {squad: data.json}\ntasks: {answer: {}}\n"
        "models: [{name: lead, baseline: lead}, {name: textrank, baseline: textrank}]\n",
        encoding="utf-8",
    )
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "evalkit", "run", str(config)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "runs/run/report.html").stat().st_size > 100_000
