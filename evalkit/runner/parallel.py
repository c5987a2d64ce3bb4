"""Scores many cases, on several cores where that takes a while."""

from __future__ import annotations

import os
import pickle
import signal
import time
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import TYPE_CHECKING, Final, Self, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from evalkit.interfaces import Metric
    from evalkit.records import Case, NothingToScore, Score

Work: TypeAlias = "tuple[Case, tuple[Metric, ...]]"
Scores: TypeAlias = "tuple[Score | NothingToScore, ...]"
_Scored: TypeAlias = "list[Scores] | Future[list[bytes]]"  # here, or by a process: a pickle a case

_LEAST: Final = 50  # cases sent to a process at a time, and on to the end of their article
_MOST: Final = 100
_WORTH_IT_S: Final = 0.3  # about what starting processes takes: at most, that was in vain
_AHEAD: Final = 2  # chunks of each process, so that it need not wait for the next
_BEHIND: Final = 64  # chunks scored here while one waits for its process: it may still be starting


class Scorer:
    """Scores many cases; the processes that it starts end with its block, however that is left.

    >>> from evalkit.metrics import metric
    >>> from evalkit.records import Case
    >>> case = Case(id="1", prediction="襄阳", references=("襄阳",))
    >>> with Scorer() as scorer:
    ...     [score.value for (score,) in scorer.score_all([(case, (metric("rouge1"),))])]
    [1.0]
    """

    def __init__(self, processes: int = 1) -> None:
        """Take how many processes may work at once, this one among them."""
        self._n_others = processes - 1
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        """Return self; no process is started yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the other processes, and wait for that."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def score_all(self, work: Iterable[Work]) -> Iterator[Scores]:
        """Yield, for each case in order, the scores of its metrics in order.

        The other processes start when this one has been at it for 0.3 seconds. All is scored in
        this one where another process could not import a metric, such as one of a notebook; so is
        what is left when one is killed.

        Args:
            work: Cases, each with the metrics that score it; read only as far ahead as it takes.
        """
        chunks = _chunks(work)
        start = time.perf_counter()
        for chunk in chunks:
            yield from _score_chunk(chunk)
            if self._n_others and time.perf_counter() - start >= _WORTH_IT_S:
                self._pool = self._pool or _pool(self._n_others)
                yield from _with_others(chunks, self._pool, self._n_others)


def n_cores() -> int:
    """Return how many cores this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)  # not on every system
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def _chunks(work: Iterable[Work]) -> Iterator[list[Work]]:
    """Yield cases in groups that end with an article, where they can: it is read by one process."""
    chunk: list[Work] = []
    for case, metrics in work:
        n = len(chunk)
        if n == _MOST or (n >= _LEAST and case.article != chunk[-1][0].article):
            yield chunk
            chunk = []
        chunk.append((case, metrics))
    if chunk:
        yield chunk


def _with_others(
    chunks: Iterator[list[Work]], pool: ProcessPoolExecutor | None, n: int
) -> Iterator[Scores]:
    """Yield the scores of chunks, made by n other processes, and here while these have enough."""
    waiting: deque[tuple[list[Work], _Scored]] = deque()
    for chunk in chunks:
        n_sent = sum(not _is_done(scored) for _, scored in waiting)
        sent = _send(chunk, pool) if n_sent < _AHEAD * n else None
        waiting.append((chunk, sent or _score_chunk(chunk)))
        while waiting and (_is_done(waiting[0][1]) or len(waiting) > _AHEAD * n + _BEHIND):
            yield from _result(*waiting.popleft())
    while waiting:
        yield from _result(*waiting.popleft())


def _pool(n: int) -> ProcessPoolExecutor | None:
    """Return processes that score; None where there can be none, as without /dev/shm."""
    try:
        # Not forked: a caller with threads, such as a progress display, could hang its children.
        return ProcessPoolExecutor(n, mp_context=get_context("spawn"), initializer=_end_with_parent)
    except (ImportError, OSError):
        return None


def _send(chunk: list[Work], pool: ProcessPoolExecutor | None) -> Future[list[bytes]] | None:
    """Have a process score a chunk; None where none can."""
    if pool is None or not _can_be_sent(chunk):
        return None
    try:
        return pool.submit(_score_pickled, pickle.dumps(chunk))
    except BrokenProcessPool:
        return None


def _is_done(scored: _Scored) -> bool:
    return isinstance(scored, list) or scored.done()


def _result(chunk: list[Work], scored: _Scored) -> Iterable[Scores]:
    """Return the scores of a chunk, made here where its process could not."""
    if isinstance(scored, list):
        return scored
    with suppress(BrokenProcessPool):  # one was killed, for want of memory
        return map(pickle.loads, scored.result())
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


def _score_pickled(chunk: bytes) -> list[bytes]:
    """Score a pickled chunk in another process; return the scores of each case as a pickle.

    The executor would take twice as long to pickle, and unpickle beside what is scored here.
    """
    work = pickle.loads(chunk)  # noqa: S301 - from the process that started this one
    return [pickle.dumps(scores) for scores in _score_chunk(work)]


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
