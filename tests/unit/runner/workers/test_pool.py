"""What the pool does when workers are lost, with workers that are threads and die on purpose."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future
from typing import TYPE_CHECKING

import pytest

from evalkit.errors import ProviderError, WorkerLostError
from evalkit.providers import generation_of
from evalkit.runner.workers import pool as pools
from evalkit.runner.workers.agreement import Agreement
from evalkit.runner.workers.host import Event, Report, code_digest
from evalkit.runner.workers.pool import Pool
from tests.support.progress import Said
from tests.unit.runner.workers.test_slices import about

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evalkit.records import Request

FACTS = {
    "node": "n", "evalkit": "0", "code": code_digest(), "fingerprint": "f", "device": "cpu",
    "dtype": "float32",
}  # fmt: skip


class Mortal:
    """A worker that answers at once, or is lost over a request and gone from then on."""

    def __init__(self, poison: str = "", *, opens: bool = True) -> None:
        """Take the key of the request that kills it."""
        self._poison = poison
        self._is_gone = not opens
        self._left: list[Request] = []
        self.is_stopped = False

    def open(self) -> Future[Report]:
        """Open, unless it is gone from the start."""
        return self._answer(Report(facts=FACTS))

    def generate(self, requests: Sequence[Request], *, finish: bool) -> Future[Report]:
        """Answer with the key of each request; leave the last one for the next call."""
        self._is_gone |= any(one.key == self._poison for one in requests)
        begun = [*self._left, *requests]
        self._left = [] if finish else begun[-1:]
        made = tuple(generation_of(one, one.key) for one in begun[: len(begun) - len(self._left)])
        event = Event(level=30, name="out of memory, batch halved", facts={"batch_size": 1})
        return self._answer(Report(facts=FACTS, generations=made, events=(event,)))

    def has_started(self) -> bool:
        """Return that it has."""
        return True

    def stop(self) -> None:
        """Note it."""
        self.is_stopped = True

    def _answer(self, report: Report) -> Future[Report]:
        answer: Future[Report] = Future()
        if self._is_gone:
            answer.set_exception(WorkerLostError("it died"))
        else:
            answer.set_result(report)
        return answer


class LostAtTheEnd(Mortal):
    """A worker that is lost when it is to finish what it has left, and only then asked to."""

    def generate(self, requests: Sequence[Request], *, finish: bool) -> Future[Report]:
        """Answer, unless there is nothing but what is left."""
        assert requests or self._left
        self._is_gone |= not requests
        return super().generate(requests, finish=finish)


class Pending(Mortal):
    """A worker that the cluster has no room for."""

    def open(self) -> Future[Report]:
        """Return what never comes."""
        return Future()

    def has_started(self) -> bool:
        """Return that it has not."""
        return False


class Slow(Mortal):
    """A worker that the pool has to look at several times before it has opened, or answered."""

    def __init__(self, opens_after: int) -> None:
        """Take how often the pool looks before it has opened; before an answer, five times."""
        super().__init__()
        self._n_looks = opens_after
        self._due: deque[tuple[Future[Report], Report]] = deque()
        self.n_asked = 0

    def generate(self, requests: Sequence[Request], *, finish: bool) -> Future[Report]:
        """Count the calls with requests."""
        self.n_asked += bool(requests)
        return super().generate(requests, finish=finish)

    def has_started(self) -> bool:
        """Return that it has; what it does, it has done after some of these calls."""
        self._n_looks -= 1
        if self._due and self._n_looks < 0:
            future, report = self._due.popleft()
            future.set_result(report)
            self._n_looks = 5
        return True

    def _answer(self, report: Report) -> Future[Report]:
        self._due.append((Future(), report))
        return self._due[-1][0]


class Workforce:
    """Two workers of one kind, and those that replace them."""

    def __init__(self, make: Callable[[], Mortal]) -> None:
        """Take what makes a worker."""
        self.n = 2
        self.wait_s = 0.2
        self.started: list[Mortal] = []
        self._make = make

    def start(self, _place: int) -> Mortal:
        """Start one more."""
        self.started.append(self._make())
        return self.started[-1]

    def lack(self) -> str:
        """Return some words."""
        return "asked for two"


def answers(workforce: Workforce, requests: list[Request]) -> dict[str, str]:
    """Return how each request ended, by its key."""
    pool = Pool("m", workforce, Agreement("f", mixed_devices=False), Said())
    try:
        pool.open()
        found = list(pool.generate(requests))
    finally:
        pool.close()
    assert all(worker.is_stopped for worker in workforce.started)
    ended: dict[str, str] = {made.key: made.finish_reason for made in found}
    assert len(ended) == len(found)
    return ended


def test_a_request_that_kills_every_worker_takes_no_other_along() -> None:
    """After three losses it is an error; all the others of its slice are answered."""
    requests = [about(article, n) for article in range(6) for n in range(5)]
    workforce = Workforce(lambda: Mortal("3/2"))
    ended = answers(workforce, requests)
    assert ended.pop("3/2") == "error"
    assert set(ended.values()) == {"stop"}
    assert len(ended) == len(requests) - 1
    assert len(workforce.started) == workforce.n + 3


def test_what_a_worker_had_left_when_it_was_lost_is_answered_by_another() -> None:
    """Each request once, and nobody is asked for nothing."""
    requests = [about(article, n) for article in range(3) for n in range(4)]
    workforce = Workforce(LostAtTheEnd)
    assert set(answers(workforce, requests).values()) == {"stop"}
    assert len(workforce.started) > workforce.n


def test_a_worker_that_is_still_loading_finds_a_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two slices, the worker that is ready first does not take both."""
    monkeypatch.setattr(pools, "_POLL_S", 0.001)
    workers: list[Slow] = []

    def make() -> Slow:
        workers.append(Slow(opens_after=3 * len(workers)))
        return workers[-1]

    assert len(answers(Workforce(make), [about(0, 0), about(1, 0)])) == 2
    assert [worker.n_asked for worker in workers] == [1, 1]


def test_workers_that_die_before_they_begin_are_given_up() -> None:
    """As where evalkit is not installed on the nodes: an error with the reason, not a loop."""
    with pytest.raises(ProviderError, match="lost before they could begin: it died"):
        answers(Workforce(lambda: Mortal(opens=False)), [about(0, 0)])


def test_no_worker_for_too_long_is_an_error_that_says_what_is_there() -> None:
    """A cluster without the resources is not waited for without end."""
    with pytest.raises(ProviderError, match=r"no worker for 0\.2 seconds: asked for two"):
        answers(Workforce(Pending), [about(0, 0)])


def test_what_workers_log_is_logged_with_their_name(caplog: pytest.LogCaptureFixture) -> None:
    """A batch that is halved elsewhere is in the log of the run."""
    with caplog.at_level("INFO", logger="evalkit"):
        answers(Workforce(Mortal), [about(0, 0)])
    assert "out of memory, batch halved" in caplog.messages
