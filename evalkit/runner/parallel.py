"""Scores many cases, on several cores where that takes a while."""

from __future__ import annotations

import os
import pickle
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias

from evalkit.errors import WorkerLostError
from evalkit.runner.workers.host_process import HostProcess

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Future

    from evalkit.interfaces import Metric
    from evalkit.records import Case, NothingToScore, Score

Work: TypeAlias = "tuple[Case, tuple[Metric, ...]]"
Scores: TypeAlias = "tuple[Score | NothingToScore, ...]"
_Scored: TypeAlias = "list[Scores] | Future[list[bytes] | None]"  # here, or by another process

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
        self._others: list[_Other] | None = None

    def __enter__(self) -> Self:
        """Return self; no process is started yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the other processes."""
        for other in self._others or ():
            other.process.stop()

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
                yield from self._with_others(chunks)

    def _with_others(self, chunks: Iterator[list[Work]]) -> Iterator[Scores]:
        """Yield the scores of chunks, made by others, and here while these have enough."""
        waiting: deque[tuple[list[Work], _Scored]] = deque()
        most = _AHEAD * self._n_others + _BEHIND
        for chunk in chunks:
            waiting.append((chunk, self._send(chunk) or _score_chunk(chunk)))
            while waiting and (_is_done(waiting[0][1]) or len(waiting) > most):
                yield from _result(*waiting.popleft())
        while waiting:
            yield from _result(*waiting.popleft())

    def _send(self, chunk: list[Work]) -> Future[list[bytes] | None] | None:
        """Have another process score a chunk; None where none can, or all have enough."""
        if not _can_be_sent(chunk):
            return None
        if self._others is None:
            self._others = _start(self._n_others)
        for other in self._others:
            if other.has_room():
                return other.send(chunk)
        return None


@dataclass(kw_only=True, slots=True)
class _Other:
    """Another process that scores, with the chunks that it was sent."""

    process: HostProcess
    scored: deque[Future[list[bytes] | None]] = field(default_factory=deque)
    is_lost: bool = False

    def has_room(self) -> bool:
        """Return whether it can be sent a chunk: one ahead of the one in work."""
        while self.scored and self.scored[0].done():
            self.is_lost |= self.scored.popleft().exception() is not None
        return not self.is_lost and len(self.scored) < _AHEAD

    def send(self, chunk: list[Work]) -> Future[list[bytes] | None]:
        """Have it score a chunk."""
        scored: Future[list[bytes] | None] = self.process.call("score", pickle.dumps(chunk))
        self.scored.append(scored)
        return scored


class ChunkScorer:
    """What another process holds; a chunk is sent as a pickle, its scores as a pickle a case.

    Unpickled in one piece, they would take the process that asked from what it scores itself.
    """

    def score(self, chunk: bytes) -> list[bytes] | None:
        """Return the scores of each case; None where that fails, so that it is tried again.

        The process that asked then imports what this one cannot, or fails itself.
        """
        try:
            work: Any = pickle.loads(chunk)  # noqa: S301 - from the process that started this one
            return [pickle.dumps(scores) for scores in _score_chunk(work)]
        except Exception:  # noqa: BLE001 - a metric's code raises anything; never a score, as above
            return None


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


def _start(n: int) -> list[_Other]:
    """Return other processes, as many as can be had."""
    others: list[_Other] = []
    with suppress(OSError):
        while len(others) < n:
            others.append(_Other(process=HostProcess(ChunkScorer)))
    return others


def _is_done(scored: _Scored) -> bool:
    return isinstance(scored, list) or scored.done()


def _result(chunk: list[Work], scored: _Scored) -> Iterable[Scores]:
    """Return the scores of a chunk, made here where its process could not."""
    if isinstance(scored, list):
        return scored
    with suppress(WorkerLostError):  # killed, for want of memory
        if (found := scored.result()) is not None:
            return map(pickle.loads, found)
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
