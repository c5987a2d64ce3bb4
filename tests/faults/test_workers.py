"""Promises: how many workers there are, and which are lost, changes no answer and no score."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import psutil
import pytest

from evalkit.analysis.run import load
from evalkit.cli import main
from evalkit.records import Generation
from evalkit.store.jsonl import read_all
from tests.faults.conftest import results
from tests.support.worker_runs import (
    N_REQUESTS,
    STOP,
    running,
    send,
    stopped_at_first_answer,
    texts,
    write_project,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.conftest import Start


def workers_of(pid: int) -> list[psutil.Process]:
    """Return the processes that hold sessions for a process."""
    children = psutil.Process(pid).children(recursive=True)
    return [child for child in children if "spawn_main" in " ".join(child.cmdline())]


def test_three_workers_of_which_one_is_killed_write_what_one_process_does(
    start: Start, alone: Path, tmp_path: Path
) -> None:
    """The same answers, each once, and the same bytes of scores; the manifest names the loss."""
    folder = tmp_path / "runs/run"
    run = start("run", write_project(tmp_path, workers={"devices": ["cpu"] * 3}), watched=STOP)
    pid = stopped_at_first_answer(run)
    workers = workers_of(pid)
    workers[0].kill()
    os.kill(pid, signal.SIGCONT)
    assert run.end() == 0, run.said
    assert "lost a worker" in run.said
    assert texts(folder) == texts(alone)
    assert results(folder) == results(alone)
    facts = load(folder).manifest.providers["tiny"].facts
    assert sum("lost" in worker for worker in facts["workers"]) == 1
    assert running(worker.pid for worker in workers) == []


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGKILL, -9)], ids=["TERM", "KILL"]
)
def test_workers_end_with_their_run_and_another_number_resumes_it(
    start: Start, alone: Path, tmp_path: Path, number: int, code: int
) -> None:
    """Terminated or killed in the middle; one worker goes on to the bytes of one process."""
    folder = tmp_path / "runs/run"
    written = folder / "generations.jsonl"
    run = start("run", write_project(tmp_path, workers={"devices": ["cpu", "cpu"]}), watched=STOP)
    pid = stopped_at_first_answer(run)
    workers = workers_of(pid)
    send(pid, number)
    assert run.end() == code, run.said
    assert "Traceback" not in run.said
    assert "leaked" not in run.said
    assert running(worker.pid for worker in workers) == []
    assert 0 < len(read_all(written, Generation)) < N_REQUESTS
    assert main(["run", str(write_project(tmp_path, workers={"devices": ["cpu"]}))]) == 0
    assert texts(folder) == texts(alone)
    assert results(folder) == results(alone)
