"""A session that others hold: requests are spread over workers, some of which may be lost.

Only the pool knows what is left to do; a worker that is gone gives its slices back to the queue.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Protocol

from evalkit.errors import ProviderError, WorkerLostError
from evalkit.providers import failed
from evalkit.runner.interrupt import interruptible
from evalkit.runner.workers.agreement import merge_facts
from evalkit.runner.workers.slices import Slice, cut
from evalkit.store.log import note, warn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from evalkit.interfaces import Progress
    from evalkit.records import Generation, Request
    from evalkit.runner.workers.agreement import Agreement
    from evalkit.runner.workers.host import Report

_AHEAD: Final = 2  # slices that a worker has: one in work, one that waits for it
_MOST_LOST: Final = 3  # workers over one request, or at the start of one, before it is given up
_POLL_S: Final = 1.0
_SAY_AFTER_S: Final = 20.0  # that there are fewer workers than wanted


class Worker(Protocol):
    """A session host in another process."""

    def open(self) -> Future[Report]:
        """Have the host open its session; the future raises WorkerLostError if it is gone."""
        ...

    def generate(self, requests: Sequence[Request], *, finish: bool) -> Future[Report]:
        """Have the host answer requests, after all that it was asked before.

        Without `finish` it leaves some for its next call, to be answered along with others.
        """
        ...

    def has_started(self) -> bool:
        """Return whether its process is there, or has been."""
        ...

    def stop(self) -> None:
        """End its process, whatever it is doing."""
        ...


class Workers(Protocol):
    """One kind of workers: processes on this machine, or actors on a cluster."""

    @property
    def n(self) -> int:
        """How many are wanted."""
        ...

    @property
    def wait_s(self) -> float:
        """How many seconds there may be none."""
        ...

    def start(self, place: int) -> Worker:
        """Start the worker of one of the `n` places."""
        ...

    def lack(self) -> str:
        """Return what was asked for and what there is, for the user."""
        ...


@dataclass(eq=False, kw_only=True, slots=True)
class _Member:
    """A worker of the pool.

    Attributes:
        place: which of the wanted ones it is.
        worker: itself.
        calls: those under way, the oldest first; a slice of None opens the session.
        begun: what calls that ended were given and have not answered.
        facts: what it runs on; empty until its session is open.
        n_lost: how many workers of this place were lost before they could begin.
    """

    place: int
    worker: Worker
    calls: deque[tuple[Future[Report], Slice | None]] = field(default_factory=deque)
    begun: list[Slice] = field(default_factory=list)
    facts: Mapping[str, Any] = field(default_factory=dict)
    n_lost: int = 0

    @property
    def name(self) -> str:
        """The name of its machine, once it is known."""
        return str(self.facts.get("node", f"worker {self.place}"))

    @property
    def in_hand(self) -> list[Slice]:
        """What it was given and has not answered."""
        return [*self.begun, *(slice_ for _, slice_ in self.calls if slice_)]

    def give(self, slice_: Slice, *, finish: bool) -> None:
        """Have it answer a slice."""
        self.calls.append((self.worker.generate(slice_.requests, finish=finish), slice_))


class Pool:
    """A session on several workers."""

    def __init__(
        self, name: str, workers: Workers, agreement: Agreement, progress: Progress
    ) -> None:
        """Prepare for a provider of that name."""
        self._name = name
        self._workers = workers
        self._agreement = agreement
        self._progress = progress
        self._members: list[_Member] = []
        self._lost: list[Mapping[str, Any]] = []
        self._waiting: deque[Slice] = deque()
        self._begun = self._some_at = time.monotonic()
        self._has_said_lack = False

    @property
    def facts(self) -> Mapping[str, object]:
        """What the workers run on and with, and each of them under `workers`."""
        return merge_facts([*self._lost, *(m.facts for m in self._members if m.facts)])

    def open(self) -> None:
        """Start all workers, and wait until one can generate.

        Raises:
            ProviderError: there is none, or one runs something else than this process planned for.
        """
        for place in range(self._workers.n):
            self._start(place)
        while not any(member.facts for member in self._members):
            for _ in self._advance():
                pass

    def generate(self, requests: Sequence[Request]) -> Iterator[Generation]:
        """Yield one generation a request, in the order in which calls of workers end.

        Raises:
            ProviderError: a worker cannot answer anything, or there has been none for too long.
        """
        self._waiting.extend(cut(requests, self._workers.n))
        while self._waiting or any(member.in_hand for member in self._members):
            for member in self._members:
                if member.facts:
                    self._occupy(member)
            yield from self._advance()

    def _occupy(self, member: _Member) -> None:
        """Give a worker what it may have; where that is nothing, let it finish what it has."""
        while self._may_have_more(member):
            slice_ = self._waiting.popleft()
            member.give(slice_, finish=slice_.n_lost > 0)
        if member.begun and not member.calls:
            member.give(Slice(requests=()), finish=True)

    def _may_have_more(self, member: _Member) -> bool:
        """Return whether a worker is given a slice: one ahead, while there is one for each worker.

        Of the last ones, what would join others, or wait, another worker that is now loading can
        begin. A slice over which a worker was lost is alone with its worker: it takes no other
        along.
        """
        n_waiting = len(self._waiting)
        if not n_waiting or not member.in_hand:
            return n_waiting > 0
        if any(slice_.n_lost for slice_ in (self._waiting[0], *member.in_hand)):
            return False
        if member.calls:
            return len(member.calls) < _AHEAD and n_waiting > len(self._members)
        return n_waiting > sum(not other.in_hand for other in self._members)

    def close(self) -> None:
        """End all workers."""
        for member in self._members:
            member.worker.stop()

    def _start(self, place: int, n_lost: int = 0) -> None:
        member = _Member(place=place, worker=self._workers.start(place), n_lost=n_lost)
        self._members.append(member)
        member.calls.append((member.worker.open(), None))

    def _advance(self) -> Iterator[Generation]:
        """Wait for a call to end, but not for long; yield what was generated."""
        calls = {future: member for member in self._members for future, _ in member.calls}
        with interruptible():
            ended, _ = wait(calls, timeout=_POLL_S, return_when=FIRST_COMPLETED)
        self._look_for_workers()
        for member in dict.fromkeys(calls[future] for future in ended):
            while member.calls and member.calls[0][0].done():
                future, slice_ = member.calls.popleft()
                if slice_ is not None and slice_.requests:
                    member.begun.append(slice_)
                try:
                    report = future.result()
                except WorkerLostError as error:
                    yield from self._lose(member, str(error))
                else:
                    yield from self._take(member, report)

    def _look_for_workers(self) -> None:
        """Say once that workers are missing.

        Raises:
            ProviderError: there has been none for too long.
        """
        now = time.monotonic()
        n_started = sum(member.worker.has_started() for member in self._members)
        if n_started:
            self._some_at = now
        elif now - self._some_at > self._workers.wait_s:
            message = f"no worker for {self._workers.wait_s:g} seconds: {self._workers.lack()}"
            raise ProviderError(message)
        is_late = now - self._begun > min(_SAY_AFTER_S, self._workers.wait_s / 2)
        if is_late and n_started < self._workers.n and not self._has_said_lack:
            self._has_said_lack = True
            n = f"{n_started} of {self._workers.n}"
            self._progress.say(f"{self._name}: {n} workers started; {self._workers.lack()}")

    def _take(self, member: _Member, report: Report) -> Iterator[Generation]:
        """Take what a worker reports: first of its session, then of slices."""
        is_new = not member.facts
        node = str(report.facts["node"])
        for event in report.events:
            tell = warn if event.level >= logging.WARNING else note
            tell(event.name, **{**event.facts, "worker": node})
        for line in report.said:
            self._progress.say(line)
        left = (one.without(report.generations) for one in member.begun)
        member.begun = [one for one in left if one.requests]
        yield from report.generations
        if report.failure:
            message = f"{node}: {report.failure}"
            raise ProviderError(message)
        if is_new:
            self._agreement.check(report.facts)
            note("worker ready", model=self._name, worker=node, place=member.place)
        member.facts = report.facts

    def _lose(self, member: _Member, reason: str) -> Iterator[Generation]:
        """Replace a lost worker; its slices wait again, those begun with the loss counted.

        Raises:
            ProviderError: workers of its place are always lost before they can begin.
        """
        member.worker.stop()
        self._members.remove(member)
        warn("worker lost", model=self._name, worker=member.name, reason=reason)
        self._progress.say(f"{self._name}: lost a worker, {member.name}: {reason}")
        self._waiting.extendleft(waiting for _, waiting in member.calls if waiting)
        member.calls.clear()
        self._lost.append({**member.facts, "lost": reason})
        n_lost = 0 if member.facts else member.n_lost + 1
        if n_lost == _MOST_LOST:
            message = f"{n_lost} workers in a row were lost before they could begin: {reason}"
            raise ProviderError(message)
        self._start(member.place, n_lost)
        for begun in member.begun:
            yield from self._again(replace(begun, n_lost=begun.n_lost + 1), reason)

    def _again(self, lost: Slice, reason: str) -> Iterator[Generation]:
        """Have a slice wait again, at last each request alone, so that one takes no other along."""
        if lost.n_lost == _MOST_LOST:
            for request in lost.requests:
                warn("failed", model=self._name, example=request.example.id, reason=reason)
                yield failed(request, f"{_MOST_LOST} workers were lost over it: {reason}")
        elif lost.n_lost == _MOST_LOST - 1:
            self._waiting.extendleft(replace(lost, requests=(one,)) for one in lost.requests)
        else:
            self._waiting.appendleft(lost)
