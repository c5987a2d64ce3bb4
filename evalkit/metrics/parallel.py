"""Scores many cases, on several cores where there are many."""

from __future__ import annotations

import os
import pickle
import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial
from itertools import chain
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from evalkit.interfaces import Metric
    from evalkit.records import Case, NothingToScore, Score

_Scored: TypeAlias = "list[tuple[Score | NothingToScore, ...]]"
_CHUNK = 250  # cases sent to a process at a time
_WORTH_IT = 3_000_000  # characters, about two seconds of ROUGE: starting processes takes one


def score_all(
    metrics: Sequence[Metric], cases: Sequence[Case], *, processes: int = 1
) -> Iterator[tuple[Score | NothingToScore, ...]]:
    """Yield, for each case in order, the scores of all metrics in order.

    Args:
        metrics: What scores.
        cases: What is scored.
        processes: How many may work at once. Few or short cases are scored in this one; so are
            all where another process could not import a metric, such as one of a notebook, and
            what is left when a process is killed.

    >>> from evalkit.metrics import metric
    >>> from evalkit.records import Case
    >>> cases = [Case(id="1", prediction="襄阳", references=("襄阳",))]
    >>> [score.value for (score,) in score_all([metric("rouge1")], cases)]
    [1.0]
    """
    size = sum(len(case.prediction) + sum(map(len, case.references)) for case in cases)
    chunks = [cases[start : start + _CHUNK] for start in range(0, len(cases), _CHUNK)]
    work = partial(_score_chunk, metrics)
    n_processes = min(processes, len(chunks))
    if n_processes <= 1 or size < _WORTH_IT or not _can_be_sent(metrics):
        yield from chain.from_iterable(map(work, chunks))
        return
    n_done = 0
    for scores in _in_processes(work, chunks, n_processes):
        n_done += 1
        yield from scores
    yield from chain.from_iterable(map(work, chunks[n_done:]))  # what no process could do


def _in_processes(
    work: Callable[[Sequence[Case]], _Scored], chunks: Sequence[Sequence[Case]], n_processes: int
) -> Iterator[_Scored]:
    """Yield what is made of each chunk, up to the first that processes cannot do.

    There may be no processes at all, as without /dev/shm; or one is killed for want of memory.
    """
    try:
        # Not forked: a caller with threads, such as a progress display, could hang its children.
        pool = ProcessPoolExecutor(
            n_processes, mp_context=get_context("spawn"), initializer=_end_with_parent
        )
    except (ImportError, OSError):
        return
    try:
        with suppress(BrokenProcessPool):
            yield from pool.map(work, chunks)
    finally:
        pool.shutdown(cancel_futures=True)


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


def _can_be_sent(metrics: Sequence[Metric]) -> bool:
    try:
        pickle.dumps(metrics)
    except (AttributeError, TypeError, pickle.PicklingError):
        return False
    return all(type(metric).__module__ != "__main__" for metric in metrics)


def _score_chunk(
    metrics: Sequence[Metric], cases: Sequence[Case]
) -> list[tuple[Score | NothingToScore, ...]]:
    return [tuple(metric.score(case) for metric in metrics) for case in cases]
