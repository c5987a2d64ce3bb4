"""What the fault tests share: real processes that can be hurt, and what an unhurt run leaves.

The processes are forked from a server that has the heavy libraries loaded: a run takes a second.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.context import ForkServerProcess
    from pathlib import Path

RESULTS = ("scores.jsonl", "summary.json")
HEAVY = ("evalkit.backends.language_model", "evalkit.pipeline", "transformers.models.qwen2")


@dataclass(frozen=True, kw_only=True, slots=True)
class Running:
    """A process of the command line; all that it says goes to a file."""

    process: ForkServerProcess
    said_file: Path

    @property
    def said(self) -> str:
        """What it has said so far, on both streams."""
        return self.said_file.read_text(encoding="utf-8") if self.said_file.exists() else ""

    def end(self) -> int:
        """Wait for its end, and return its exit code; -9 after SIGKILL."""
        self.process.join(120)
        assert self.process.exitcode is not None, self.said
        return self.process.exitcode

    def kill(self) -> int:
        """Send SIGKILL, and return the exit code: -9, unless it had ended."""
        self.process.kill()
        return self.end()

    def wait_until(self, happened: Callable[[], bool]) -> None:
        """Wait until something has happened, or the process is gone, or a minute is over."""
        end = time.monotonic() + 60
        while not happened() and self.process.is_alive() and time.monotonic() < end:
            time.sleep(0.001)


class Start(Protocol):
    """Starts a command line."""

    def __call__(self, *arguments: object, max_file_bytes: int | None = None) -> Running:
        """Return the running process."""
        ...


@pytest.fixture
def start(smoke_run: Path, tmp_path: Path) -> Iterator[Start]:
    """Return a function that starts a command line; what still runs after the test is killed.

    The smoke run comes first, so that the tiny model is in the cache.
    """
    assert smoke_run.is_dir()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(HEAVY))
    started: list[Running] = []

    def begin(*arguments: object, max_file_bytes: int | None = None) -> Running:
        said = tmp_path / f"said-{len(started)}.txt"
        settings = (list(map(str, arguments)), said, dict(os.environ), max_file_bytes)
        process = context.Process(target=_be_evalkit, args=settings)
        process.start()
        started.append(Running(process=process, said_file=said))
        return started[-1]

    yield begin
    for running in started:
        running.kill()


def _be_evalkit(
    arguments: list[str], said: Path, environment: dict[str, str], max_file_bytes: int | None
) -> None:
    """Become `python -m evalkit` with these arguments."""
    os.chdir(ROOT)
    os.environ.update(environment)
    with said.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    if max_file_bytes is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (max_file_bytes, max_file_bytes))
    from evalkit.cli import main  # noqa: PLC0415 - in the child alone

    sys.exit(main(arguments))


def smoke(output: Path, *settings: str) -> list[str]:
    """Return the command of a smoke run on one article."""
    changes = ["limit=1", f"output={output}", *settings]
    options = [word for change in changes for word in ("--set", change)]
    return ["run", "configs/smoke.yaml", *options]


def results(folder: Path) -> dict[str, bytes]:
    """Return the bytes of what a run found."""
    return {name: (folder / name).read_bytes() for name in RESULTS}


def size(file: Path) -> int:
    """Return the size of a file, 0 where there is none."""
    return file.stat().st_size if file.exists() else 0
