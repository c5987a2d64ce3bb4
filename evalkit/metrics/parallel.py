"""Scores many cases, on several cores where there are many."""

from __future__ import annotations

import pickle
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain
from multiprocessing import get_context
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.interfaces import Metric
    from evalkit.records import Case, NothingToScore, Score

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
            all where another process could not import a metric, such as one of a notebook.

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
    # Not forked: a caller with threads, such as a progress display, could hang its children.
    with ProcessPoolExecutor(n_processes, mp_context=get_context("spawn")) as pool:
        yield from chain.from_iterable(pool.map(work, chunks))


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
