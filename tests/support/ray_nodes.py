"""A Ray cluster of several nodes on this machine, in a process of its own.

As a program it obeys the lines of its standard input: `add` and `remove` (the oldest node but the
head, at once), and answers each with a line; without input it shuts the cluster down.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psutil

from tests.support.paths import ROOT
from tests.support.worker_runs import running

if TYPE_CHECKING:
    from collections.abc import Iterator

_NODE = {"object_store_memory": 80_000_000, "include_dashboard": False}


class Nodes:
    """The cluster, as tests see it; its head has no room for workers."""

    def __init__(self) -> None:
        """Start it."""
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "RAY_USAGE_STATS_ENABLED": "0"}
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tests.support.ray_nodes"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment,
        )  # fmt: skip
        self.address = self._read()

    def add(self) -> None:
        """Add a node with one CPU."""
        self._tell("add")

    def remove(self) -> None:
        """Have the oldest node fail."""
        self._tell("remove")

    def close(self) -> list[int]:
        """Shut down, and return the processes that are left."""
        processes = psutil.Process(self._program.pid).children(recursive=True)
        self._program.communicate(timeout=120)
        return running(process.pid for process in processes)

    def _tell(self, word: str) -> None:
        assert self._program.stdin is not None
        self._program.stdin.write(f"{word}\n")
        self._program.stdin.flush()
        self._read()

    def _read(self) -> str:
        """Return the answer; Ray prints lines of its own."""
        assert self._program.stdout is not None
        for line in self._program.stdout:
            if line.startswith("answer "):
                return line.split()[1]
        message = "the cluster has ended"
        raise AssertionError(message)


@contextmanager
def nodes() -> Iterator[Nodes]:
    """Have a cluster, of which nothing is left at the end."""
    cluster = Nodes()
    try:
        yield cluster
    finally:
        left = cluster.close()
    assert left == []


def actors() -> list[int]:
    """Return the processes in which actors hold sessions."""
    processes = psutil.process_iter(["pid", "name", "cmdline"])
    return [p.pid for p in processes if "SessionHost" in " ".join(p.info["cmdline"] or ())]


def main() -> None:
    """Be the cluster."""
    from ray.cluster_utils import Cluster  # noqa: PLC0415 - in this process alone

    cluster: Any = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, **_NODE})
    print("answer", cluster.address, flush=True)  # noqa: T201 - to the test
    added: list[Any] = []
    for word in sys.stdin:
        if word.strip() == "add":
            added.append(cluster.add_node(num_cpus=1, **_NODE))
        else:
            cluster.remove_node(added.pop(0), allow_graceful=False)
        print("answer done", flush=True)  # noqa: T201 - to the test
    cluster.shutdown()


if __name__ == "__main__":
    main()
