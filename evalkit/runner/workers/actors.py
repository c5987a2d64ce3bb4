"""Workers on a Ray cluster: an actor for each, on whichever node has room."""

from __future__ import annotations

import logging
import os
import socket
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import ray
from ray.exceptions import RayError, RayTaskError

from evalkit.config.environment import cache_folder
from evalkit.errors import ProviderError, WorkerLostError
from evalkit.runner.interrupt import keeping_handlers
from evalkit.runner.workers.host import SessionHost

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.config.workers import RayWorkers
    from evalkit.records import Request
    from evalkit.runner.workers.host import Assignment, Report

_CONNECT_S: Final = 10.0


@contextmanager
def connected(settings: RayWorkers, assignment: Assignment) -> Iterator[ActorWorkers]:
    """Be connected to a cluster, which is never started here.

    Raises:
        ProviderError: there is none at the address, or none that this Ray can join.
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    address = os.environ.get("RAY_ADDRESS", "auto") if settings.ray == "auto" else settings.ray
    try:
        _require_head(address)
        # what actors print is in Ray's own logs; what they log comes with their reports
        with keeping_handlers():
            ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except (OSError, RuntimeError, ValueError, RayError) as error:
        first = next(iter(str(error).splitlines()), "")
        message = f"no Ray cluster at `{address}`: {first}; start one with `ray start --head`"
        raise ProviderError(message) from error
    try:
        yield ActorWorkers(settings, assignment)
    finally:
        ray.shutdown()


def _require_head(address: str) -> None:
    """Raise where nothing listens at an address, to which Ray itself would try for minutes.

    Raises:
        OSError: nothing does.
    """
    host, _, port = address.rpartition(":")
    if host:
        socket.create_connection((host, int(port)), timeout=_CONNECT_S).close()


class ActorWorkers:
    """Actors with the resources of the config."""

    def __init__(self, settings: RayWorkers, assignment: Assignment) -> None:
        """Prepare to start them."""
        self._settings = settings
        self._assignment = assignment
        environment = {"OMP_NUM_THREADS": str(settings.cpus)}  # Ray would set it to 1
        if "EVALKIT_CACHE" in os.environ:
            environment["EVALKIT_CACHE"] = str(cache_folder().absolute())
        if not settings.gpus:  # or all GPUs of the node are seen
            environment["CUDA_VISIBLE_DEVICES"] = ""
        self._actor: Any = ray.remote(SessionHost).options(
            num_cpus=settings.cpus,
            num_gpus=settings.gpus,
            max_restarts=0,  # the pool replaces a lost worker, and counts
            max_task_retries=0,
            runtime_env={"env_vars": environment},
        )

    @property
    def n(self) -> int:
        """How many are wanted."""
        return self._settings.n

    @property
    def wait_s(self) -> float:
        """How many seconds there may be none."""
        return self._settings.wait_s

    def start(self, _place: int) -> ActorWorker:
        """Ask for an actor; the cluster starts it when it has room."""
        return ActorWorker(self._actor.remote(), self._assignment)

    def lack(self) -> str:
        """Return what was asked for and what the cluster has."""
        library: Any = ray  # these two have no types
        there, free = library.cluster_resources(), library.available_resources()
        asked = self._settings
        return (
            f"asked for {asked.n} with {asked.cpus} CPUs and {asked.gpus:g} GPUs each; the cluster "
            f"has {there.get('CPU', 0):g} CPUs ({free.get('CPU', 0):g} free) and "
            f"{there.get('GPU', 0):g} GPUs ({free.get('GPU', 0):g} free)"
        )


class ActorWorker:
    """A session host in an actor."""

    def __init__(self, actor: Any, assignment: Assignment) -> None:  # noqa: ANN401 - Ray has no type for it
        """Take an actor that may not have started yet."""
        self._actor = actor
        self._assignment = assignment
        self._started = _result(actor.__ray_ready__.remote())

    def open(self) -> Future[Report]:
        """Have the host open its session."""
        return _result(self._actor.open.remote(self._assignment))

    def generate(self, requests: Sequence[Request], *, finish: bool) -> Future[Report]:
        """Have the host answer requests."""
        return _result(self._actor.generate.remote(requests, finish=finish))

    def has_started(self) -> bool:
        """Return whether the cluster has found room for it."""
        return self._started.done()

    def stop(self) -> None:
        """Kill it."""
        ray.kill(self._actor)


def _result(reference: Any) -> Future[Any]:  # noqa: ANN401 - what an actor's method returns
    """Return the future of a call; what only Ray can raise means that the actor is lost."""
    result: Future[Any] = Future()

    def pass_on(done: Future[Any]) -> None:
        error = done.exception()
        if error is None:
            result.set_result(done.result())
        elif isinstance(error, RayError) and not isinstance(error, RayTaskError):
            result.set_exception(WorkerLostError(_reason(error)))
        else:
            result.set_exception(error)

    reference.future().add_done_callback(pass_on)
    return result


def _reason(error: RayError) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
