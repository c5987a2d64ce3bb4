"""Workers on this machine: a process for each device."""

from __future__ import annotations

import os
from functools import partial
from math import inf
from threading import RLock
from typing import TYPE_CHECKING

from evalkit.providers.local.cores import n_physical_cores
from evalkit.runner.workers.host import SessionHost
from evalkit.runner.workers.host_process import HostProcess

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    from evalkit.records import Request
    from evalkit.runner.workers.host import Assignment, Report


class ProcessWorkers:
    """Processes that share the cores of this machine."""

    wait_s = inf

    def __init__(self, assignments: Sequence[Assignment]) -> None:
        """Prepare to start one for each assignment."""
        self._assignments = assignments

    @property
    def n(self) -> int:
        """How many are wanted."""
        return len(self._assignments)

    def start(self, place: int) -> ProcessWorker:
        """Start a process."""
        n_threads = max(1, n_physical_cores() // self.n)
        return ProcessWorker(self._assignments[place], n_threads=n_threads)

    def lack(self) -> str:
        """Return nothing: processes are there at once."""
        return ""


class ProcessWorker:
    """A session host in a process of this machine, which ends with this one."""

    def __init__(self, assignment: Assignment, *, n_threads: int) -> None:
        """Start it."""
        self._assignment = assignment
        self._process = HostProcess(partial(_session_host, n_threads))

    def open(self) -> Future[Report]:
        """Have the host open its session."""
        return self._process.call("open", self._assignment)

    def generate(self, requests: Sequence[Request], *, finish: bool) -> Future[Report]:
        """Have the host answer requests."""
        return self._process.call("generate", requests, finish=finish)

    def has_started(self) -> bool:
        """Return that it has."""
        return True

    def stop(self) -> None:
        """Kill it."""
        self._process.stop()


def _session_host(n_threads: int) -> SessionHost:
    """Return a session host in a process of its own, which computes on so many threads."""
    os.environ.setdefault("OMP_NUM_THREADS", str(n_threads))  # before torch is imported
    from tqdm import tqdm  # noqa: PLC0415 - libraries of the extra `local` use it

    tqdm.set_lock(RLock())  # its own is a semaphore that counts as leaked when this is killed
    return SessionHost()
