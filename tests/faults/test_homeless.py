"""Promise: a user without a home folder, as in many containers, gets results or one clear line."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.support.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import Project

UNKNOWN_USER = """\
import pwd, sys
def unknown(uid): raise KeyError(f"getpwuid(): uid not found: {uid}")
pwd.getpwuid = unknown
from evalkit.cli import main
sys.exit(main(sys.argv[1:]))
"""


def evalkit(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a user whom the system does not know, in an environment without HOME."""
    dropped = {"HOME", "EVALKIT_CACHE", "XDG_CACHE_HOME", "USERPROFILE"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", UNKNOWN_USER, *arguments],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_a_place_for_the_cache_nothing_begins(project: Project) -> None:
    """One line says what to set; no folder of a run is made."""
    project.write("config.yaml", project.config | {"name": "fresh"})
    for command in ("check", "run"):
        done = evalkit(project.root, command, "config.yaml")
        assert done.returncode == 2, done.stderr
        line = "EVALKIT_CACHE: is not set, and this user has no home folder; "
        assert done.stderr == f"{line}set it to a folder for the cache\n"
    assert not (project.root / "runs/fresh").exists()


def test_with_a_cache_a_run_needs_no_home(project: Project) -> None:
    """Models run, and the page has its charts."""
    project.write("config.yaml", project.config | {"name": "fresh"})
    done = evalkit(project.root, "run", "config.yaml", EVALKIT_CACHE=str(project.root / "cache"))
    assert done.returncode == 0, done.stderr
    page = (project.root / "runs/fresh/report.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert "home" not in done.stderr


def test_a_home_that_cannot_be_written_costs_the_cache_alone(project: Project) -> None:
    """Baselines run; a model whose weights are made in the cache says what to set."""
    project.config["models"][2]["weights"] = {"tiny": 1}
    project.write("config.yaml", project.config | {"name": "fresh", "cache": True})
    done = evalkit(project.root, "run", "config.yaml", HOME="/proc", TMPDIR="/proc")
    assert done.returncode == 1
    assert "continuing without the cache: /proc/.cache/evalkit/generations.sqlite3" in done.stderr
    assert "tiny: /proc/.cache: cannot be written" in done.stderr
    assert done.stderr.count("EVALKIT_CACHE") == 2
    assert "Traceback" not in done.stderr
    assert (project.root / "runs/fresh/report.html").is_file()
