"""A scripted server of completions on a port of its own, which can misbehave in every known way."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator, Mapping, Sequence

MODEL = "Qwen3-8B"
Reaction = Callable[[asyncio.StreamWriter], Awaitable[None]]
"""Writes an answer to a request; it may also break the connection."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request that arrived; `n` counts those for completions from 0."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    n: int

    @property
    def prompt(self) -> str:
        """The last message."""
        return str(self.body["messages"][-1]["content"])


Script = Callable[[Asked], Reaction]


def answer(
    text: str, *, usage: Mapping[str, Any] | None = None, finish: str = "stop", **delta: object
) -> Reaction:
    """Answer with a stream of three events: text in two, then the end."""
    half = len(text) // 2
    counts = usage or {"prompt_tokens": 30, "completion_tokens": len(text)}
    return events(
        {"choices": [{"delta": {"role": "assistant", "content": text[:half], **delta}}]},
        {"choices": [{"delta": {"content": text[half:]}, "finish_reason": finish}]},
        {"choices": [], "usage": counts, "model": MODEL},
        "[DONE]",
    )


def events(*found: object) -> Reaction:
    """Answer with a stream of events; text is sent as it is."""
    lines = (each if isinstance(each, str) else json.dumps(each) for each in found)
    return stream("".join(f"data: {line}\n\n" for line in lines).encode())


def stream(*pieces: bytes, pause_s: float = 0.0) -> Reaction:
    """Answer HTTP 200 with a body in pieces."""

    async def react(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n")
        writer.write(b"Transfer-Encoding: chunked\r\n\r\n")
        for piece in pieces:
            writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            await writer.drain()
            await asyncio.sleep(pause_s)
        writer.write(b"0\r\n\r\n")

    return react


def raw(head: str, *pieces: bytes, pause_s: float = 0.0) -> Reaction:
    """Answer with a head and bytes as they are, then close the connection."""

    async def react(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode() if head else b"")
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause_s)
        writer.close()

    return react


def status(code: int, body: object = "", **headers: str) -> Reaction:
    """Answer with an HTTP status and a body of JSON, text or bytes."""
    content = body if isinstance(body, bytes) else _encoded(body)
    kind = "text/html" if isinstance(body, str) else "application/json"

    async def react(writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {code} Status", f"Content-Length: {len(content)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        lines += [f"Content-Type: {kind}", "", ""]
        writer.write("\r\n".join(lines).encode() + content)

    return react


def _encoded(body: object) -> bytes:
    return (body if isinstance(body, str) else json.dumps(body)).encode()


def failure(code: int, error_code: object, message: str = "", **headers: str) -> Reaction:
    """Answer with an error as OpenAI's API words it."""
    return status(code, {"error": {"code": error_code, "message": message}}, **headers)


async def reset(writer: asyncio.StreamWriter) -> None:
    """Break the connection without a word."""
    writer.transport.abort()


async def hang(_writer: asyncio.StreamWriter) -> None:
    """Say nothing, and keep the connection."""
    await asyncio.sleep(60)


def after(seconds: float, reaction: Reaction) -> Reaction:
    """React later."""

    async def react(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)
        await reaction(writer)

    return react


def broken_off(text: str) -> Reaction:
    """Begin a stream and break the connection."""

    async def react(writer: asyncio.StreamWriter) -> None:
        event = json.dumps({"choices": [{"delta": {"content": text}}]})
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        writer.write(f"data: {event}\n\n".encode())
        await writer.drain()
        writer.transport.abort()

    return react


@dataclass
class Served:
    """A server that runs in a thread; `asked` holds what arrived for completions."""

    script: Script
    models: Mapping[str, Any] = field(
        default_factory=lambda: {"data": [{"id": MODEL, "owned_by": "vllm", "max_model_len": 4096}]}
    )
    tls: ssl.SSLContext | None = None
    other: Mapping[str, Any] = field(default_factory=lambda: {"/version": {"version": "0.32.0"}})
    asked: list[Asked] = field(default_factory=list)
    address: str = ""
    calibrates: bool = True
    """Whether the calibrating call gets a sound answer without the script."""
    models_status: int = 200
    most_at_once: int = 0
    n_at_once: int = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *lines = head.decode().strip().split("\r\n")
                headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines)}
                data = await reader.readexactly(int(headers.get("content-length", 0)))
                method, path, _ = first.split(" ")
                await self._react(method, path, headers, data, writer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client has left
        finally:
            writer.transport.abort()

    async def _react(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        data: bytes,
        writer: asyncio.StreamWriter,
    ) -> None:
        if method == "GET":
            found = self.models if path.endswith("/models") else self.other.get(path)
            code = self.models_status if path.endswith("/models") else 200
            await (status(404, {}) if found is None else status(code, found))(writer)
            return
        asked = Asked(
            method=method, path=path, headers=headers, body=json.loads(data), n=len(self.asked)
        )
        if self.calibrates and is_calibration(asked.body):
            await answer("1,2,3,4,")(writer)
            return
        self.asked.append(asked)
        self.n_at_once += 1
        self.most_at_once = max(self.most_at_once, self.n_at_once)
        try:
            await self.script(asked)(writer)
        finally:
            self.n_at_once -= 1


def is_calibration(body: Mapping[str, Any]) -> bool:
    """Return whether a body is that of the calibrating call."""
    return "从一数到二十" in json.dumps(body, ensure_ascii=False) or (
        body.get("max_tokens") == 16 and body.get("stop") == ["5"]
    )


@contextmanager
def serving(script: Script, *, port: int = 0, **settings: Any) -> Iterator[Served]:  # noqa: ANN401 - fields of Served
    """Run a server inside the block; its connections are broken at the end."""
    served = Served(script=script, **settings)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def start() -> asyncio.Server:
        return await asyncio.start_server(
            served.handle, "127.0.0.1", port, ssl=served.tls, backlog=512, limit=1 << 24
        )

    async def stop(server: asyncio.Server) -> None:
        server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.01)  # the transports close in the loop

    server = asyncio.run_coroutine_threadsafe(start(), loop).result()
    bound = server.sockets[0].getsockname()[1]
    served.address = f"{'https' if served.tls else 'http'}://127.0.0.1:{bound}/v1"
    try:
        yield served
    finally:
        asyncio.run_coroutine_threadsafe(stop(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def in_turn(*reactions: Reaction) -> Script:
    """Return a script that reacts in turn, with the last from then on."""
    return lambda asked: reactions[min(asked.n, len(reactions) - 1)]


def same(reaction: Reaction) -> Script:
    """Return a script that always reacts alike."""
    return lambda _asked: reaction


def prompts(served: Served) -> Sequence[str]:
    """Return the prompts that arrived, in order."""
    return [asked.prompt for asked in served.asked]
