"""Scores many cases, on several cores where that takes a while."""

from __future__ import annotations

import os
import pickle
import signal
import time
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from itertools import islice
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Future

    from evalkit.interfaces import Metric
    from evalkit.records import Case, NothingToScore, Score

Work: TypeAlias = "tuple[Case, tuple[Metric, ...]]"
Scores: TypeAlias = "tuple[Score | NothingToScore, ...]"

_CHUNK: Final = 100  # cases sent to a process at a time
_WORTH_IT_S: Final = 2.0  # starting processes takes about half of it
_AHEAD: Final = 2  # chunks of each process that are made before they are asked for


def score_all(work: Iterable[Work], *, processes: int = 1) -> Iterator[Scores]:
    """Yield, for each case in order, the scores of its metrics in order.

    Args:
        work: Cases, each with the metrics that score it; read only as far ahead as it takes.
        processes: How many may work at once, from when this one has been at it for two seconds.
            All is scored in this one where another process could not import a metric, such as one
            of a notebook; so is what is left when a process is killed.

    >>> from evalkit.metrics import metric
    >>> from evalkit.records import Case
    >>> case = Case(id="1", prediction="襄阳", references=("襄阳",))
    >>> [score.value for (score,) in score_all([(case, (metric("rouge1"),))])]
    [1.0]
    """
    chunks = _chunks(work)
    start = time.perf_counter()
    for chunk in chunks:
        yield from _score_chunk(chunk)
        if processes > 1 and time.perf_counter() - start >= _WORTH_IT_S:
            break
    yield from _in_processes(chunks, processes)


def n_cores() -> int:
    """Return how many cores this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)  # not on every system
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def _chunks(work: Iterable[Work]) -> Iterator[list[Work]]:
    rest = iter(work)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk


def _in_processes(chunks: Iterator[list[Work]], n: int) -> Iterator[Scores]:
    """Yield the scores of chunks, made by so many processes as far as these can."""
    pool = _pool(n)
    waiting: deque[tuple[list[Work], Future[list[Scores]] | None]] = deque()
    try:
        for chunk in chunks:
            waiting.append((chunk, _send(chunk, pool)))
            if len(waiting) > _AHEAD * n:
                yield from _result(*waiting.popleft())
        while waiting:
            yield from _result(*waiting.popleft())
    finally:
        if pool is not None:
            pool.shutdown(cancel_futures=True)


def _pool(n: int) -> ProcessPoolExecutor | None:
    """Return processes that score; None where there can be none, as without /dev/shm."""
    try:
        # Not forked: a caller with threads, such as a progress display, could hang its children.
        return ProcessPoolExecutor(n, mp_context=get_context("spawn"), initializer=_end_with_parent)
    except (ImportError, OSError):
        return None


def _send(chunk: list[Work], pool: ProcessPoolExecutor | None) -> Future[list[Scores]] | None:
    """Have a process score a chunk; None where none can."""
    if pool is None or not _can_be_sent(chunk):
        return None
    try:
        return pool.submit(_score_chunk, chunk)
    except BrokenProcessPool:
        return None


def _result(chunk: list[Work], future: Future[list[Scores]] | None) -> list[Scores]:
    """Return the scores of a chunk, made here where no process could."""
    if future is not None:
        with suppress(BrokenProcessPool):  # one was killed, for want of memory
            return future.result()
    return _score_chunk(chunk)


def _can_be_sent(chunk: list[Work]) -> bool:
    metrics = {metric.name: metric for _, chosen in chunk for metric in chosen}.values()
    try:
        pickle.dumps(tuple(metrics))
    except (AttributeError, TypeError, pickle.PicklingError):
        return False
    return all(type(metric).__module__ != "__main__" for metric in metrics)


def _score_chunk(chunk: list[Work]) -> list[Scores]:
    return [tuple(metric.score(case) for metric in metrics) for case, metrics in chunk]


def _end_with_parent() -> None:
    """Have this process end when the one that started it does, however that ends.

    Ctrl-C reaches all processes of a terminal: the parent alone decides what it means.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if (parent := parent_process()) is not None:

        def watch() -> None:
            parent.join()
            os._exit(1)

        Thread(target=watch, daemon=True).start()
