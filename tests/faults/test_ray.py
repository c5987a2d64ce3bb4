"""Promises: nodes of a cluster may come and go; no actor outlives its run; lack is said."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.analysis.run import load
from evalkit.cli import main
from evalkit.records import Generation
from evalkit.store.jsonl import read_all
from tests.faults.conftest import results, size
from tests.support.ray_nodes import Nodes, actors, nodes
from tests.support.worker_runs import (
    N_REQUESTS,
    STOP,
    running,
    send,
    stopped_at_first_answer,
    texts,
    wait_until,
    write_project,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.faults.conftest import Start

pytest.importorskip("ray", reason="the extra `ray` is not installed")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Nodes]:
    """Return a cluster whose head alone is there."""
    with nodes() as found:
        yield found


def on(cluster: Nodes, **changes: Any) -> dict[str, object]:  # noqa: ANN401 - any key
    """Return the key `workers` for a cluster."""
    return {"ray": cluster.address, "n": 3, "wait_s": 300, **changes}


def test_nodes_that_come_late_and_go_change_nothing(
    start: Start, cluster: Nodes, alone: Path, tmp_path: Path
) -> None:
    """Nodes join after the start; the first fails in its work: the same answers and scores."""
    folder = tmp_path / "runs/run"
    run = start("run", write_project(tmp_path, workers=on(cluster)), watched=STOP)
    wait_until(lambda: size(folder / "requests.jsonl") > 0)
    cluster.add()
    driver = stopped_at_first_answer(run)
    first = actors()
    for pid in first:
        os.kill(pid, signal.SIGSTOP)  # with work in hand, however soon the others do the rest
    os.kill(driver, signal.SIGCONT)
    for _ in range(2):
        cluster.add()
    wait_until(lambda: len(actors()) > len(first))
    cluster.remove()
    for pid in set(first) & set(actors()):
        os.kill(pid, signal.SIGCONT)
    assert run.end() == 0, run.said
    assert "lost a worker" in run.said
    assert texts(folder) == texts(alone)
    assert results(folder) == results(alone)
    facts = load(folder).manifest.providers["tiny"].facts
    assert facts["n_threads"] == 1
    assert running(actors()) == []


def test_a_driver_that_is_killed_or_terminated_leaves_no_actor_and_is_resumed(
    start: Start, cluster: Nodes, alone: Path, tmp_path: Path
) -> None:
    """SIGKILL, the same command, SIGTERM, one process: the same bytes; exit code 143."""
    folder = tmp_path / "runs/run"
    written = folder / "generations.jsonl"
    config = write_project(tmp_path, workers=on(cluster, n=1))
    for number, code in ((signal.SIGKILL, -9), (signal.SIGTERM, 143)):
        run = start("run", config, watched=STOP)
        driver = stopped_at_first_answer(run)
        holding = actors()
        send(driver, number)
        assert run.end() == code, run.said
        assert "Traceback" not in run.said
        assert holding
        assert running(holding) == []
    assert 0 < len(read_all(written, Generation)) < N_REQUESTS
    assert main(["run", str(write_project(tmp_path))]) == 0
    assert texts(folder) == texts(alone)
    assert results(folder) == results(alone)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"gpus": 1, "wait_s": 3}, "asked for 3 with 1 CPUs and 1 GPUs each; the cluster has"),
        ({"ray": "127.0.0.1:9"}, "no Ray cluster at `127.0.0.1:9`"),
    ],
    ids=["no-gpu", "no-cluster"],
)
def test_what_a_cluster_lacks_is_said_soon(
    start: Start, cluster: Nodes, tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    """The run ends as incomplete, and says what was asked for and what there is."""
    run = start("run", write_project(tmp_path, workers=on(cluster, **changes)))
    assert run.end() == 1
    assert said in run.said
    assert "Traceback" not in run.said
