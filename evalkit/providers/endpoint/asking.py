"""Asks requests: each until it has an outcome, and all until none can have one."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Final

from evalkit.errors import ProviderError
from evalkit.providers import failed, generation_of, refused
from evalkit.providers.endpoint.bodies import PATHS
from evalkit.providers.endpoint.failures import RequestFailed
from evalkit.providers.endpoint.probe import receive
from evalkit.providers.endpoint.replicas import Replicas
from evalkit.providers.endpoint.replies import ended_before
from evalkit.providers.endpoint.reply import Usage
from evalkit.providers.endpoint.schedule import Schedule
from evalkit.providers.endpoint.throttle import Throttle
from evalkit.store.log import note, warn

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from evalkit.config.schema import Endpoint
    from evalkit.providers.endpoint.bodies import Bodies
    from evalkit.providers.endpoint.client import Client
    from evalkit.providers.endpoint.probe import Calibration
    from evalkit.providers.endpoint.reply import Reply
    from evalkit.providers.endpoint.schedule import Turn
    from evalkit.providers.endpoint.spending import Spending
    from evalkit.providers.local.budget import ContextBudget
    from evalkit.records import Generation, Request

_FIRST: Final = 8  # requests that may fail before the first success
_BACKOFF_S: Final = 0.5
_MOST_BACKOFF_S: Final = 60.0
_TOLERANCE: Final = 8  # tokens by which two countings of one prompt may differ


@dataclass(frozen=True, kw_only=True, slots=True)
class Connection:
    """A probed server, ready to be asked; `budget` is None without a tokenizer."""

    entry: Endpoint
    addresses: Sequence[str]
    client: Client
    bodies: Bodies
    calibration: Calibration
    budget: ContextBudget | None
    spending: Spending


@dataclass(frozen=True, kw_only=True, slots=True)
class _Outcome:
    """How a request ended: with a reply, or with its last failure; `cost` is of all attempts."""

    result: Reply | RequestFailed
    attempts: int
    seconds: float
    cost: float


class Asker:
    """Asks the requests of one call of `generate`."""

    def __init__(self, connection: Connection) -> None:
        """Take a probed server."""
        self._connection = connection
        self._entry = connection.entry
        self._throttle = Throttle(connection.entry.concurrency)
        self._replicas = Replicas(connection.addresses)
        self._stopped: ProviderError | None = None
        self._answered = False
        self._n_failed_in_row = 0
        self.n_retries = 0

    @property
    def lowest_concurrency(self) -> int:
        """The lowest number of requests in flight that the server's overload led to."""
        return self._throttle.lowest

    async def ask_all(
        self, requests: Sequence[Request], deliver: Callable[[Generation], Awaitable[None]]
    ) -> None:
        """Ask all requests, and deliver each outcome as it comes.

        Raises:
            ProviderError: no request can succeed any more, or the budget is used up; what was
                delivered before stands.
        """
        schedule = Schedule(requests)

        async def work() -> None:
            while (turn := await schedule.take()) is not None:
                generation = await self._ask(turn)
                if self._stopped:
                    await schedule.stop()
                await schedule.done(turn)
                if generation is not None:
                    await deliver(generation)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(self._entry.concurrency, len(requests))):
                group.create_task(work())
        if self._stopped:
            raise self._stopped

    async def _ask(self, turn: Turn) -> Generation | None:
        """Return what becomes of a request; None where it has to be asked in another run."""
        outcome = await self._attempt(turn)
        result = outcome.result
        reply = _reply_of(result)
        facts = self._facts(turn.request, outcome, reply)
        if isinstance(result, RequestFailed):
            return self._failure(turn.request, result, reply, facts)
        self._answered, self._n_failed_in_row = True, 0
        return generation_of(
            turn.request,
            self._opened_thinking(turn.request, result) + result.text,
            self._entry.thinking,
            reasoning=result.reasoning,
            finish_reason=result.finish,
            **facts,
        )

    async def _attempt(self, turn: Turn) -> _Outcome:
        """Send a request until it is answered, cannot be, or has been tried for long enough."""
        start, failing_since, cost = time.monotonic(), 0.0, 0.0
        for attempt in count(1):
            result, cost_of_attempt = await self._attempt_once(turn, attempt)
            cost += cost_of_attempt
            now = time.monotonic()
            outcome = _Outcome(result=result, attempts=attempt, seconds=now - start, cost=cost)
            if not isinstance(result, RequestFailed) or result.kind != "retry" or self._stopped:
                return outcome
            failing_since = failing_since or now
            wait_s = max(result.wait_s, _backoff_s(attempt))
            if now + wait_s - failing_since > self._entry.retry_for_s:
                return outcome
            self.n_retries += 1
            note("sent again", model=self._entry.name, attempt=attempt, wait_s=wait_s)
            await asyncio.sleep(wait_s)
        raise AssertionError  # count() does not end

    async def _attempt_once(self, turn: Turn, attempt: int) -> tuple[Reply | RequestFailed, float]:
        """Send a request, if the budget allows; return how it ended, and what that cost."""
        spending = self._connection.spending
        reserved = await spending.reserve(turn.request)
        if reserved is None:
            reason = (
                f"stopped before its budget is passed: {spending.spent:.4g} of "
                f"{spending.budget:g} is spent; raise `budget` and run again"
            )
            self._stop(reason, key="budget")
            return RequestFailed(kind="stop", reason=reason), 0.0
        result: Reply | RequestFailed
        try:
            result = await self._send(turn, attempt)
        except RequestFailed as failure:
            failure.reason = self._connection.client.redact(failure.reason)
            result = failure
        reply = _reply_of(result)
        usage = None if reply is None else reply.usage
        return result, await spending.settle(turn.request, reserved, usage)

    async def _send(self, turn: Turn, attempt: int) -> Reply:
        connection, decoding = self._connection, turn.request.decoding
        messages = turn.request.messages
        if connection.calibration.api == "tokens" and connection.budget is not None:
            body = connection.bodies.tokens(connection.budget.encode(messages), decoding)
        else:
            body = connection.bodies.chat(messages, decoding)
        async with self._throttle as sent_at:
            if self._stopped:
                raise RequestFailed(kind="stop", reason=str(self._stopped))
            address = self._replicas.choose(turn.article + attempt - 1)
            url = f"{address}{PATHS[connection.calibration.api]}"
            try:
                reply = await receive(connection.client, url, body)
            except RequestFailed as failure:
                self._stop_if_wait_is_too_long(failure)
                if failure.kind == "retry":
                    self._replicas.rest(address)
                    self._throttle.shrink(sent_at, failure.wait_s)
                raise
        self._throttle.grow()
        return ended_before(decoding.stop, reply)

    def _stop_if_wait_is_too_long(self, failure: RequestFailed) -> None:
        """Make a failure one of all requests, where the server asks to wait for too long."""
        if failure.kind == "retry" and failure.wait_s > self._entry.retry_for_s:
            failure.kind = "stop"
            failure.reason += (
                f"; it asks to wait for {failure.wait_s:,.0f} s, which is longer than `retry_for_s`"
            )

    def _opened_thinking(self, request: Request, reply: Reply) -> str:
        """Return the mark of thinking that the prompt ended with, where the text goes on from it.

        Without it, thinking that was cut off would be taken for the answer.
        """
        connection = self._connection
        if connection.budget is None or not connection.calibration.goes_on_from_prompt:
            return ""
        mark = connection.budget.opened_thinking(request.messages)
        return "" if reply.reasoning or reply.text.lstrip().startswith(mark.strip()) else mark

    def _facts(self, request: Request, outcome: _Outcome, reply: Reply | None) -> dict[str, object]:
        """Return the counts of a generation."""
        usage = Usage() if reply is None else reply.usage
        n_prompt = request.n_prompt_tokens if usage.n_prompt is None else usage.n_prompt
        cut, n_more = 0, self._connection.calibration.n_more
        if request.n_prompt_tokens and n_more is not None and usage.n_prompt is not None:
            cut = request.n_prompt_tokens + n_more - usage.n_prompt
        return {
            "n_prompt_tokens": n_prompt,
            "n_prompt_tokens_cut": cut if cut > _TOLERANCE else 0,
            "n_computed_tokens": n_prompt - usage.n_cached,
            "n_new_tokens": usage.n_new or 0,
            "n_reasoning_tokens": usage.n_reasoning,
            "seconds": outcome.seconds,
            "attempts": outcome.attempts,
            "cost": outcome.cost,
            "server": self._connection.client.redact(reply.server) if reply else "",
            "answered": datetime.now(UTC).isoformat(timespec="seconds"),
        }

    def _failure(
        self,
        request: Request,
        failure: RequestFailed,
        reply: Reply | None,
        facts: dict[str, object],
    ) -> Generation | None:
        """Return the record of a request without an answer; None where it was not its fault."""
        if failure.kind == "refused":
            self._answered, self._n_failed_in_row = True, 0
            text = "" if reply is None else reply.text
            return refused(request, failure.reason, text=text, **facts)
        if failure.kind == "stop":
            self._stop(failure.reason)
            return failed(request, failure.reason, **facts) if facts["cost"] else None
        warn("failed", model=self._entry.name, example=request.example.id, reason=failure.reason)
        if failure.kind == "too_long":
            return failed(request, f"cannot be asked: {failure.reason}", **facts)
        if failure.kind == "retry" or not self._answered:
            self._n_failed_in_row += 1
        most = max(_FIRST, self._entry.concurrency) if self._answered else _FIRST
        if self._n_failed_in_row >= most:
            self._stop(f"{most} requests in a row failed, the last with: {failure.reason}")
        return failed(request, failure.reason, **facts)

    def _stop(self, reason: str, key: str = "") -> None:
        self._stopped = self._stopped or ProviderError(reason, key=key)


def _reply_of(result: Reply | RequestFailed) -> Reply | None:
    """Return what a server wrote; None where it did not begin."""
    if not isinstance(result, RequestFailed):
        return result
    begun = result.reply and (result.reply.text or result.reply.reasoning or result.reply.usage)
    return result.reply if begun else None


def _backoff_s(attempt: int) -> float:
    """Return how long to wait before the next attempt: doubled each time, less a random part."""
    longest = min(_MOST_BACKOFF_S, _BACKOFF_S * float(2 ** min(attempt, 20)))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, guards nothing
