"""What the tests share: the project's own files, real processes, one finished smoke run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent


class Evalkit(Protocol):
    """Runs the command line in a process of its own."""

    def __call__(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Return the finished process."""
        ...


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep the tests' cache apart from the user's, and the tiny model in it."""
    folder = tmp_path_factory.mktemp("cache")
    before = os.environ.get("EVALKIT_CACHE")
    os.environ["EVALKIT_CACHE"] = str(folder)
    yield folder
    if before is None:
        del os.environ["EVALKIT_CACHE"]
    else:
        os.environ["EVALKIT_CACHE"] = before


@pytest.fixture(scope="session")
def evalkit(cache: Path) -> Evalkit:
    """Return a function that runs `python -m evalkit` in a real process."""

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "evalkit", *map(str, arguments)],
            cwd=ROOT,
            env={**os.environ, "EVALKIT_CACHE": str(cache)},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    return run


@pytest.fixture(scope="session")
def smoke_run(evalkit: Evalkit, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a finished smoke run on one article; tests may read it only."""
    output = tmp_path_factory.mktemp("smoke")
    done = evalkit("run", "configs/smoke.yaml", "--set", f"output={output}", "--set", "limit=1")
    assert done.returncode == 0, done.stderr
    return output / "smoke"
