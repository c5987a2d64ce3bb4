"""Fixtures for all tests: the project's own files, real processes, finished runs."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Protocol

import pytest
from hypothesis import settings

from evalkit.language import choose_language
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from evalkit.analysis.run import Run

os.environ.setdefault("OMP_NUM_THREADS", "1")  # tiny models gain nothing from more threads
os.environ["LC_ALL"] = "C.UTF-8"  # the command line speaks the language of the locale
BASE = settings.get_profile(settings.get_current_profile_name())  # `default`, or `ci`
settings.register_profile("evalkit", BASE, deadline=None)  # a busy machine breaks no law
settings.load_profile("evalkit")


SLOW = {"browser", "faults", "run"}
"""The folders of tests on real processes, whole runs and pages; all of them are marked `slow`."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of the slow folders."""
    for item in items:
        if SLOW.intersection(item.path.relative_to(ROOT).parts):
            item.add_marker(pytest.mark.slow)


class Evalkit(Protocol):
    """Runs the command line in a process of its own."""

    def __call__(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Return the finished process."""
        ...


@pytest.fixture(autouse=True)
def _speaking_english() -> None:
    """Let no test speak the language that one before it chose."""
    choose_language(["--lang", "en"])


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


@pytest.fixture(scope="session")
def baseline_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run of lead and TextRank on two articles; tests may read it only."""
    from evalkit.cli import main  # noqa: PLC0415 - unit tests below need none of it

    output = tmp_path_factory.mktemp("baselines")
    models = "[{name: lead, baseline: lead}, {name: textrank, baseline: textrank}]"
    changes = [f"output={output}", f"models={models}", "limit=2"]
    options = [word for change in changes for word in ("--set", change)]
    assert main(["run", str(ROOT / "configs/smoke.yaml"), *options, "--json"]) == 0
    return output / "smoke"


@pytest.fixture(scope="session")
def finished(baseline_run: Path) -> Run:
    """Return that run, read back."""
    from evalkit.analysis.run import load  # noqa: PLC0415 - unit tests below need none of it

    return load(baseline_run)
