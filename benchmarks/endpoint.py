"""Measures what asking a served model costs beside the server: requests a second, and memory.

Usage: python benchmarks/endpoint.py [--requests 10000] [--concurrency 64]

The server is a process of its own on the same machine that answers every request at once with a
stream of three events, so that all time is the client's, the network's and its own. Requests are
those of one article after another, ten questions each, a prompt of 2,000 characters.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import time
from typing import TYPE_CHECKING, Any

import psutil

from evalkit.config.schema import Endpoint
from evalkit.providers import Setting
from evalkit.providers.endpoint.opening import open_provider
from evalkit.records import Corpus, Decoding, Example, Message, Request, TextRead

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

MODEL = "m"
ARTICLE = "襄阳市今年修路。" * 250
N_PER_ARTICLE = 10
LISTED = json.dumps({"data": [{"id": MODEL, "owned_by": "vllm"}]}).encode()
EVENTS = (
    {"choices": [{"delta": {"role": "assistant", "content": "修"}}]},
    {"choices": [{"delta": {"content": "路"}, "finish_reason": "stop"}]},
    {"choices": [], "usage": {"prompt_tokens": 1500, "completion_tokens": 2}},
)
STREAM = "".join(f"data: {json.dumps(event)}\n\n" for event in EVENTS).encode()


class Quiet:
    """Progress that shows nothing."""

    def stage(self, name: str, total: int, n_kept: int = 0) -> None:
        """Show nothing."""

    def advance(self, n_new_tokens: int = 0) -> None:
        """Show nothing."""

    def say(self, line: str) -> None:
        """Show nothing."""


class Server(asyncio.Protocol):
    """The least that answers: a head with a length, then that many bytes, in a row."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin with nothing received."""
        self._transport: Any = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        """Answer every whole request."""
        self._received += data
        while True:
            head, end, rest = self._received.partition(b"\r\n\r\n")
            size = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0] or 0)
            if not end or len(rest) < size:
                return
            self._received = rest[size:]
            self._answer(is_list=head.startswith(b"GET"))

    def _answer(self, *, is_list: bool) -> None:
        body, kind = (LISTED, b"application/json") if is_list else (STREAM, b"text/event-stream")
        head = b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n"
        self._transport.write(head % (kind, len(body)) + body)


def serve(ready: Connection) -> None:
    """Serve until the process is ended, once the port is known."""

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


def request(i: int) -> Request:
    """Return a request of its own."""
    article = f"{i // N_PER_ARTICLE}{ARTICLE}"
    example = Example(
        id=str(i), article_id=str(i // N_PER_ARTICLE), task="answer", kind="answer", references=()
    )
    return Request(
        key=str(i),
        system=MODEL,
        example=example,
        read=TextRead(article="", text=article),
        messages=(Message(role="user", content=f"{article}第{i}问"),),
        decoding=Decoding(max_new_tokens=48),
    )


def measure(address: str, n: int, concurrency: int) -> Iterator[str]:
    """Yield what was measured, a line each."""
    entry = Endpoint.model_validate_json(
        json.dumps({"name": MODEL, "endpoint": address, "model": MODEL, "concurrency": concurrency})
    )
    setting = Setting(corpus=Corpus(articles=(), references={}), examples=(), progress=Quiet())
    requests = [request(i) for i in range(n)]
    process, peak = psutil.Process(), 0
    with open_provider(entry, setting).session(requests) as session:
        first = process.memory_info().rss
        start, busy = time.perf_counter(), time.process_time()
        for i, generation in enumerate(session.generate(requests)):
            if generation.prediction != "修路":
                raise SystemExit(generation.error)
            if i % 1000 == 0:
                peak = max(peak, process.memory_info().rss)
        seconds = time.perf_counter() - start
        used = time.process_time() - busy
    yield f"{n:,} requests, {concurrency} at once: {n / seconds:,.0f} a second"
    yield f"{1000 * used / n:.2f} ms of this process's CPU each"
    yield f"memory: {first / 1e6:,.0f} MB before the first, {peak / 1e6:,.0f} MB at most"
    yield f"load of the machine over the last minute: {os.getloadavg()[0]:.1f}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--concurrency", type=int, default=64)
    options = parser.parse_args()
    receiver, sender = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(sender,))
    server.start()
    try:
        address = f"http://127.0.0.1:{receiver.recv()}/v1"
        for line in measure(address, options.requests, options.concurrency):
            print(line)
    finally:
        server.terminate()
        server.join()


if __name__ == "__main__":
    main()
