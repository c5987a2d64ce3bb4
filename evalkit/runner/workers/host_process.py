"""An object in another process of this machine, whose methods are called through a pipe."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from evalkit.errors import WorkerLostError

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from multiprocessing.connection import Connection

_Call: TypeAlias = "tuple[str, tuple[object, ...], dict[str, object]]"

_KILLED: Final = -9  # SIGKILL, which Windows does not have
_IGNORED: Final = ("SIGINT", "SIGTERM", "SIGHUP")  # sent to a whole group: the run decides


class HostProcess:
    """A process that holds an object and answers calls of its methods; it ends with this one."""

    def __init__(self, make: Callable[[], object]) -> None:
        """Start it; `make` is called there, and returns the object."""
        # Not forked: torch and a progress display have threads, and CUDA cannot be forked.
        context = get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, make), daemon=True)
        self._process.start()
        theirs.close()  # so that its end is the end of the pipe
        self._thread = ThreadPoolExecutor(1)

    def call(self, method: str, *arguments: object, **options: object) -> Future[Any]:
        """Have a method called, after all that was called before.

        The future raises WorkerLostError if the process is gone.
        """
        return self._thread.submit(self._call, (method, arguments, options))

    def stop(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.join()
        self._thread.shutdown()
        self._ours.close()

    def _call(self, call: _Call) -> object:
        try:
            self._ours.send(call)
            return self._ours.recv()
        except (EOFError, OSError) as error:
            self._process.join(1)
            message = f"its process ended with code {self._process.exitcode}"
            if self._process.exitcode == _KILLED:
                message += " (killed, as for want of memory)"
            raise WorkerLostError(message) from error


def _serve(pipe: Connection, make: Callable[[], object]) -> None:
    """Answer the calls that come through a pipe, until it is closed."""
    for name in _IGNORED:
        if hasattr(signal, name):  # Windows has no SIGHUP
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    calls: SimpleQueue[_Call] = SimpleQueue()
    Thread(target=_receive, args=(pipe, calls), daemon=True).start()
    host = make()
    while True:
        method, arguments, options = calls.get()
        pipe.send(getattr(host, method)(*arguments, **options))


def _receive(pipe: Connection, calls: SimpleQueue[_Call]) -> None:
    """Queue the calls; end this process when the other one does, however busy it is."""
    try:
        while True:
            calls.put(pipe.recv())
    except (EOFError, OSError):
        os._exit(1)
