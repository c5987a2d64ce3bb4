"""Promises of scoring on several cores: the same scores, whatever becomes of the processes."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from multiprocessing import active_children, parent_process
from typing import TYPE_CHECKING, ClassVar

import pytest

from evalkit.metrics import metric
from evalkit.records import Case, Score
from evalkit.runner import parallel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evalkit.interfaces import Metric
    from evalkit.records import Kind

PER_ARTICLE = 9


@dataclass(frozen=True)
class WhoScores:
    """A slow metric that says which process it runs in."""

    name: ClassVar[str] = "who_scores"
    kind: ClassVar[Kind] = "summary"
    signature: ClassVar[str] = "who_scores|v1"

    def score(self, case: Case) -> Score:
        """Return the case's number, and the number of the process."""
        time.sleep(0.002)
        return Score(value=float(case.id), compared={"process": os.getpid()})


@dataclass(frozen=True)
class KillsProcesses(WhoScores):
    """A metric that ends each process that was started to score."""

    name: ClassVar[str] = "kills_processes"

    def score(self, case: Case) -> Score:
        """Return the case's number."""
        if parent_process() is not None:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().score(case)


@dataclass(frozen=True)
class Fails(WhoScores):
    """A metric that fails from some case on, in every process or in those started to score."""

    name: ClassVar[str] = "fails"
    elsewhere_only: bool

    def score(self, case: Case) -> Score:
        """Return the case's number."""
        if int(case.id) >= 50 and (parent_process() is not None or not self.elsewhere_only):
            message = f"no score of {case.id}"
            raise LookupError(message)
        return super().score(case)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have processes started at once, and sent little at a time."""
    monkeypatch.setattr(parallel, "_WORTH_IT_S", 0)
    monkeypatch.setattr(parallel, "_LEAST", 7)


def work(n: int, *metrics: Metric) -> Iterable[parallel.Work]:
    """Yield cases, several an article."""
    for i in range(n):
        article = f"第{i // PER_ARTICLE}篇。"
        prediction = "襄阳创客" * (i % 5)
        case = Case(id=str(i), prediction=prediction, references=("襄阳",), article=article)
        yield case, metrics


def scored(cases: Iterable[parallel.Work], *, processes: int) -> list[parallel.Scores]:
    """Return the scores of all cases."""
    with parallel.Scorer(processes) as scorer:
        return list(scorer.score_all(cases))


def test_processes_change_nothing() -> None:
    """Scores from several processes are those from one, in the same order."""
    chosen = metric("rougeLsum"), metric("rouge2"), metric("coverage")
    alone = scored(work(60, *chosen), processes=1)
    assert scored(work(60, *chosen), processes=3) == alone
    assert [len(scores) for scores in alone] == [3] * 60


def test_the_process_that_asks_scores_too() -> None:
    """It works on while others start, and no article is divided between two."""
    found = scored(work(300, WhoScores()), processes=2)
    assert [score.value for (score,) in found] == list(range(300))
    processes = [score.compared["process"] for (score,) in found]
    assert len(set(processes)) == 2
    assert processes.count(os.getpid()) > PER_ARTICLE
    for start in range(0, 300, PER_ARTICLE):
        assert len(set(processes[start : start + PER_ARTICLE])) == 1


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_a_killed_process_loses_nothing() -> None:
    """What a process that is killed had to score is scored by the one that asked, in order."""
    found = scored(work(100, KillsProcesses()), processes=2)
    assert [score.value for (score,) in found] == list(range(100))
    assert {score.compared["process"] for (score,) in found} == {os.getpid()}


def test_a_metric_that_fails_in_another_process_is_asked_again_and_fails_here() -> None:
    """A failure is no score, and one that only another process has costs time alone."""
    found = scored(work(100, Fails(elsewhere_only=True)), processes=2)
    assert [score.value for (score,) in found] == list(range(100))
    with pytest.raises(LookupError, match="no score of 5"):
        scored(work(100, Fails(elsewhere_only=False)), processes=2)


def test_no_process_is_left_where_scoring_stops_early() -> None:
    """As on a full disk: they end with the block, though what yields the scores is still open."""
    with parallel.Scorer(2) as scorer:
        found = scorer.score_all(work(5_000, WhoScores()))
        next(score for (score,) in found if score.compared["process"] != os.getpid())
        assert active_children()
    assert not active_children()
