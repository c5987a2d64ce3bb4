"""A served model as a provider: what it can read, and a session that probes its server."""

from __future__ import annotations

import asyncio
import json
import os
import re
import time
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, TypeVar

from anyio.from_thread import start_blocking_portal

from evalkit.errors import ProviderError
from evalkit.language import amount, counted
from evalkit.providers.endpoint.asking import Connection
from evalkit.providers.endpoint.bodies import Bodies
from evalkit.providers.endpoint.client import Client, without_key
from evalkit.providers.endpoint.failures import RequestFailed
from evalkit.providers.endpoint.probe import CALIBRATION, calibrate, identify, loaded_context
from evalkit.providers.endpoint.session import EndpointSession
from evalkit.providers.endpoint.spending import Spending, cost_of, most_prompt_tokens
from evalkit.records.hashing import hash_text
from evalkit.store.log import warn

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

    from anyio.from_thread import BlockingPortal

    from evalkit.config.schema import Endpoint
    from evalkit.interfaces import Progress
    from evalkit.providers import Setting
    from evalkit.providers.endpoint.bodies import Api
    from evalkit.providers.endpoint.probe import Calibration, Server
    from evalkit.providers.local.budget import ContextBudget
    from evalkit.records import Request, Role

Found = TypeVar("Found")
_VERSION: Final = 1  # raise it with any change of what is sent
_WAIT_S: Final = 2.0
_UNKNOWN: Final = {HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}
"""How servers answer about a model or an address that they do not know."""
_VERSIONED: Final = re.compile(r"/v\d+(/|$)")


class EndpointProvider:
    """A language model on a server."""

    role: Role = "model"

    def __init__(self, entry: Endpoint, budget: ContextBudget | None, setting: Setting) -> None:
        """Take the entry of the config, and the context where tokens can be counted."""
        self.name = entry.name
        self.cacheable = entry.cache
        self.facts: Mapping[str, object] = {}
        self.budget = budget
        self.fingerprint = _fingerprint(entry, budget)
        self._entry = entry
        self._progress: Progress = setting.progress
        self._spent = setting.costs.get(entry.name, 0.0)

    def describe(self, requests: Sequence[Request]) -> str:
        """Return how many tokens the requests take at most, and their price.

        Where the server does not list the model, the small call of a run tells whether it answers.

        Raises:
            ProviderError: the server cannot be asked.
        """
        server = ask_server(self._entry, in_doubt=self._calibrated)
        n_read = sum(most_prompt_tokens(request) for request in requests)
        n_written = sum(request.decoding.max_new_tokens for request in requests)
        about = "" if self.budget else "about "
        words = (
            f"{server.name or 'a server'} {server.version}".rstrip()
            + f", context {server.context or 'unknown'}; "
            f"{counted(len(requests), 'request')}, {about}{n_read:,} prompt tokens, "
            f"at most {n_written:,} new ones"
        )
        if price := self._entry.price:
            most = cost_of(price, n_read, 0, n_written)
            words += f"; at most {amount(most)} {price.currency}"
        if self._entry.budget is not None:
            words += f" of a budget of {amount(self._entry.budget)}"
        return words

    @contextmanager
    def session(self, _requests: Sequence[Request]) -> Iterator[EndpointSession]:
        """Probe the server.

        Raises:
            ProviderError: it cannot be reached, does not serve the model, or refuses the key.
        """
        spending = Spending(self._entry.price, self._entry.budget, self._spent)
        with start_blocking_portal() as portal:
            client = portal.call(_client, self._entry)
            try:
                yield self._probed(portal, client, spending)
            finally:
                self._spent = spending.spent
                portal.call(client.close)

    def _probed(
        self, portal: BlockingPortal, client: Client, spending: Spending
    ) -> EndpointSession:
        entry = self._entry
        servers = [
            portal.call(self._patiently, at, lambda at=at: identify(client, at, entry.model))
            for at in entry.addresses
        ]
        server = servers[0]
        bodies = Bodies(entry.model, server.name, entry.extra_body)
        calibration = portal.call(
            self._patiently, entry.addresses[0], lambda: self._calibrated(client, bodies), server
        )
        bodies.sends_stop = calibration.answers_at_once
        self._say_what_is_odd(calibration, bodies, server)
        self._require_context(portal.call(_context, client, entry, servers))
        connection = Connection(
            entry=entry,
            addresses=entry.addresses,
            client=client,
            bodies=bodies,
            calibration=calibration,
            budget=self.budget,
            spending=spending,
        )
        return EndpointSession(connection=connection, server=server, portal=portal)

    def _calibrated(self, client: Client, bodies: Bodies) -> Awaitable[Calibration]:
        ids = self.budget.encode(CALIBRATION) if self.budget else None
        choices: dict[str, tuple[Api, ...]] = {"chat": ("chat",), "tokens": ("tokens",)}
        both: tuple[Api, ...] = ("chat",) if ids is None else ("tokens", "chat")
        apis = choices.get(self._entry.api, both)
        return calibrate(client, self._entry.addresses[0], bodies, ids, apis)

    async def _patiently(
        self,
        address: str,
        call: Callable[[], Awaitable[Found]],
        server: Server | None = None,
    ) -> Found:
        """Return what a call of the probe does; a server that is still starting is waited for."""
        start = time.monotonic()
        while True:
            try:
                return await call()
            except RequestFailed as failure:
                waited = time.monotonic() - start + _WAIT_S > self._entry.retry_for_s
                if failure.kind != "retry" or not failure.status or waited:
                    raise _unusable(self._entry, address, failure, server) from None
                warn("waiting for the server", model=self.name, reason=failure.reason)
                self._progress.say(f"{self.name}: waiting for the server ({failure.reason})")
            await asyncio.sleep(_WAIT_S)

    def _require_context(self, context: int | None) -> None:
        if self.budget and context is not None and context < self.budget.limit:
            message = (
                f"the server's context is {context} tokens, fewer than `max_context`; "
                f"set it to {context}"
            )
            raise ProviderError(message, key="max_context")

    def _say_what_is_odd(self, calibration: Calibration, bodies: Bodies, server: Server) -> None:
        """Show what a person should know before the answers come."""
        if bodies.refused:
            self._progress.say(
                f"{self.name}: the server refuses {', '.join(sorted(bodies.refused))}; "
                "its own defaults apply"
            )
        if calibration.ignored:
            self._progress.say(f"{self.name}: the server ignores {', '.join(calibration.ignored)}")
        if calibration.n_more:
            self._progress.say(
                f"{self.name}: the server counts {calibration.n_more:+d} tokens beside "
                "`tokenizer`: another tokenizer or chat template"
            )
        served = calibration.reply.model
        if not server.models and served and served != self._entry.model:
            self._progress.say(f"{self.name}: the server says that `{served}` answers")


def ask_server(
    entry: Endpoint, in_doubt: Callable[[Client, Bodies], Awaitable[object]] | None = None
) -> Server:
    """Return what the server of an entry is; for its context, and for `check`.

    Args:
        entry: of the config.
        in_doubt: called where the server does not list the model.

    Raises:
        ProviderError: it cannot be asked, or does not serve the model.
    """

    async def ask() -> Server:
        client = Client(entry, key_of(entry))
        address = entry.addresses[0]
        server = None
        try:
            server = await identify(client, address, entry.model)
            if in_doubt and not server.lists(entry.model):
                await in_doubt(client, Bodies(entry.model, server.name, entry.extra_body))
        except RequestFailed as failure:
            raise _unusable(entry, address, failure, server) from None
        else:
            return server
        finally:
            await client.close()

    with start_blocking_portal() as portal:
        return portal.call(ask)


def key_of(entry: Endpoint) -> str:
    """Return the key of an entry, empty where it needs none."""
    return os.environ.get(entry.key_env or "", "").strip()


async def _client(entry: Endpoint) -> Client:
    return Client(entry, key_of(entry))


async def _context(client: Client, entry: Endpoint, servers: Sequence[Server]) -> int | None:
    """Return the shortest context of the replicas."""
    lengths = [server.context for server in servers]
    if servers[0].name == "ollama":
        lengths = [await loaded_context(client, at, entry.model) for at in entry.addresses]
    return min((length for length in lengths if length is not None), default=None)


def _unusable(
    entry: Endpoint, address: str, failure: RequestFailed, server: Server | None
) -> ProviderError:
    """Return why a model cannot be asked; of an identified server with the likely cause."""
    reason = without_key(failure.reason, key_of(entry))
    if server is not None and failure.status in _UNKNOWN:
        if server.models and not server.lists(entry.model):
            message = f"{address} does not list `{entry.model}` ({reason})"
            return ProviderError(f"{message}; {server.nearest(entry.model)}", key="model")
        if not _VERSIONED.search(address):
            return ProviderError(f"{address}: {reason}; does it lack `/v1`?", key="endpoint")
    return ProviderError(f"{address}: {reason}", key="endpoint")


def _fingerprint(entry: Endpoint, budget: ContextBudget | None) -> str:
    """Return the hash of all that is known to change an answer.

    Replicas are equal by the config's word, so the first address stands for all.
    """
    known = {
        "version": _VERSION,
        "endpoint": entry.addresses[0],
        "model": entry.model,
        "api": entry.api,
        "extra_body": dict(entry.extra_body),
        "tokenizer": budget.fingerprint if budget else "",
    }
    return hash_text(json.dumps(known, sort_keys=True))
