"""A probed server that answers requests; its event loop runs in a thread of its own.

So the network goes on while an answer is written to disk, and a program with an event loop of its
own, such as a notebook, can use it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Final

from evalkit.providers.endpoint.asking import Asker
from evalkit.providers.endpoint.bodies import NEEDED
from evalkit.providers.endpoint.probe import CALIBRATION
from evalkit.records import Decoding
from evalkit.store.secrets import hide_by_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from anyio.from_thread import BlockingPortal

    from evalkit.providers.endpoint.asking import Connection
    from evalkit.providers.endpoint.probe import Server
    from evalkit.records import Generation, Request

_MOST_WAITING: Final = 1000  # generations that wait to be written before fewer are asked for
_PAUSE_S: Final = 0.02


@dataclass(kw_only=True, slots=True)
class EndpointSession:
    """A server that has been probed."""

    connection: Connection
    server: Server
    portal: BlockingPortal
    _load: dict[str, int] = field(default_factory=dict)

    @property
    def facts(self) -> Mapping[str, object]:
        """What the server is, and what is sent to it beside the prompts."""
        connection = self.connection
        calibration = connection.calibration
        facts: dict[str, Any] = {
            "endpoint": list(connection.addresses),
            "server": self.server.name or "unknown",
            "server_version": connection.client.redact(self.server.version),
            "served_model": connection.client.redact(calibration.reply.model)
            or connection.entry.model,
            "context": self.server.context,
            "api": calibration.api,
            "sent": hide_by_key(_knobs(connection)),
            "sends_stop": connection.bodies.sends_stop,
            "refused_fields": sorted(connection.bodies.refused),
            "ignored_fields": list(calibration.ignored),
            "n_tokens_more_than_tokenizer": calibration.n_more,
            "pinned": False,
        }
        if connection.entry.price is not None:
            facts["currency"] = connection.entry.price.currency
        return facts | self._load

    def generate(self, requests: Sequence[Request]) -> Iterator[Generation]:
        """Yield one generation a request, each as soon as it is answered.

        Raises:
            ProviderError: no request can succeed any more, or the budget is used up.
        """
        arrived: SimpleQueue[Generation | None] = SimpleQueue()
        asker = Asker(self.connection)

        async def deliver(generation: Generation) -> None:
            while arrived.qsize() >= _MOST_WAITING:  # noqa: ASYNC110 - another thread empties it
                await asyncio.sleep(_PAUSE_S)
            arrived.put(generation)

        future = self.portal.start_task_soon(asker.ask_all, requests, deliver)
        future.add_done_callback(lambda _: arrived.put(None))
        try:
            while (generation := arrived.get()) is not None:
                yield generation
            future.result()
        finally:
            future.cancel()
            self._load = {
                "lowest_concurrency": asker.lowest_concurrency,
                "n_retries": asker.n_retries,
            }


def _knobs(connection: Connection) -> dict[str, Any]:
    """Return the fields of a greedy request that are the same for all of them."""
    body = connection.bodies.chat(CALIBRATION, Decoding(max_new_tokens=1))
    return {name: value for name, value in body.items() if name not in NEEDED}
