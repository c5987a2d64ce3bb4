"""Workers on this machine: a process for each device."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from math import inf
from multiprocessing import get_context
from queue import SimpleQueue
from threading import RLock, Thread
from typing import TYPE_CHECKING, Final

from evalkit.errors import WorkerLostError
from evalkit.providers.local.cores import n_physical_cores
from evalkit.runner.workers.host import SessionHost

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future
    from multiprocessing.connection import Connection

    from evalkit.records import Request
    from evalkit.runner.workers.host import Assignment, Report

_KILLED: Final = -9  # SIGKILL, which Windows does not have
_IGNORED: Final = ("SIGINT", "SIGTERM", "SIGHUP")  # sent to a whole group: the run decides


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
        # Not forked: torch and a progress display have threads, and CUDA cannot be forked.
        context = get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, n_threads), daemon=True)
        self._process.start()
        theirs.close()  # so that its end is the end of the pipe
        self._thread = ThreadPoolExecutor(1)

    def open(self) -> Future[Report]:
        """Have the host open its session."""
        return self._thread.submit(self._call, "open", self._assignment)

    def generate(self, requests: Sequence[Request], *, finish: bool) -> Future[Report]:
        """Have the host answer requests."""
        return self._thread.submit(self._call, "generate", requests, finish=finish)

    def has_started(self) -> bool:
        """Return that it has."""
        return True

    def stop(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.join()
        self._thread.shutdown()
        self._ours.close()

    def _call(self, method: str, argument: object, **options: bool) -> Report:
        try:
            self._ours.send((method, argument, options))
            report: Report = self._ours.recv()
        except (EOFError, OSError) as error:
            self._process.join(1)
            message = f"its process ended with code {self._process.exitcode}"
            if self._process.exitcode == _KILLED:
                message += " (killed, as for want of memory)"
            raise WorkerLostError(message) from error
        return report


def _serve(pipe: Connection, n_threads: int) -> None:
    """Answer the calls that come through a pipe, until it is closed."""
    for name in _IGNORED:
        if hasattr(signal, name):  # Windows has no SIGHUP
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    os.environ.setdefault("OMP_NUM_THREADS", str(n_threads))  # before torch is imported
    from tqdm import tqdm  # noqa: PLC0415 - libraries of the extra `local` use it

    tqdm.set_lock(RLock())  # its own is a semaphore that counts as leaked when this is killed
    calls: SimpleQueue[tuple[str, object, dict[str, bool]]] = SimpleQueue()
    Thread(target=_receive, args=(pipe, calls), daemon=True).start()
    host = SessionHost()
    while True:
        method, argument, options = calls.get()
        pipe.send(getattr(host, method)(argument, **options))


def _receive(pipe: Connection, calls: SimpleQueue[tuple[str, object, dict[str, bool]]]) -> None:
    """Queue the calls; end this process when the other one does, however busy it is."""
    try:
        while True:
            calls.put(pipe.recv())
    except (EOFError, OSError):
        os._exit(1)
