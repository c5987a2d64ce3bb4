"""What the fault tests share: real processes that can be hurt, and what an unhurt run leaves."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Protocol

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

RESULTS = ("scores.jsonl", "summary.json")


class Start(Protocol):
    """Starts `python -m evalkit run configs/smoke.yaml` on one article."""

    def __call__(
        self, output: Path, *settings: str, before: Callable[[], None] | None = None
    ) -> subprocess.Popen[str]:
        """Return the running process."""
        ...


def command(output: Path, *settings: str) -> list[str]:
    """Return the arguments of a smoke run on one article."""
    changes = ["limit=1", f"output={output}", *settings]
    options = [word for change in changes for word in ("--set", change)]
    return [sys.executable, "-m", "evalkit", "run", "configs/smoke.yaml", *options]


@pytest.fixture
def start(cache: Path, smoke_run: Path) -> Iterator[Start]:
    """Return a function that starts a run; what still runs at the end of the test is killed.

    The smoke run comes first, so that the tiny model is in the cache.
    """
    assert smoke_run.is_dir()
    started: list[subprocess.Popen[str]] = []

    def begin(
        output: Path, *settings: str, before: Callable[[], None] | None = None
    ) -> subprocess.Popen[str]:
        process = subprocess.Popen(  # noqa: S603 - our own program
            command(output, *settings),
            cwd=ROOT,
            env={**os.environ, "EVALKIT_CACHE": str(cache)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=before,  # noqa: PLW1509 - sets a limit, starts no thread
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def results(folder: Path) -> dict[str, bytes]:
    """Return the bytes of what a run found."""
    return {name: (folder / name).read_bytes() for name in RESULTS}


def wait_until(happened: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait until something has happened, or the process is gone, or a minute is over."""
    end = time.monotonic() + 60
    while not happened() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.002)


def size(file: Path) -> int:
    """Return the size of a file, 0 where there is none."""
    return file.stat().st_size if file.exists() else 0
