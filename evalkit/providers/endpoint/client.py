"""Sends requests over HTTP and yields what comes back, bounded in time and size."""

from __future__ import annotations

import ssl
import time
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import httpx2
from pydantic_core import from_json

from evalkit.providers.endpoint.failures import RequestFailed, failure_of_status
from evalkit.version import __version__

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from evalkit.config.schema import Endpoint

_CONNECT_S: Final = 20.0
_IDLE_S: Final = 4.0  # uvicorn, under most servers, closes an idle connection after 5
_MOST_EXPLANATION: Final = 1 << 16  # bytes of an error's body that are read
_MOST_LINE: Final = 1 << 22  # bytes of one event
_HIDDEN: Final = "(key)"


class Client:
    """A connection pool to the servers of one model; the key leaves in headers alone."""

    def __init__(self, entry: Endpoint, key: str) -> None:
        """Open nothing yet.

        Args:
            entry: of the config.
            key: empty for servers that need none.
        """
        self._key = key
        self._silence_s = entry.silence_s
        self._blank_s = max(entry.silence_s, entry.retry_for_s)
        headers = {"Accept-Encoding": "identity", "User-Agent": f"evalkit/{__version__}"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        self._http = httpx2.AsyncClient(
            headers=headers,
            verify=_tls(entry),
            timeout=httpx2.Timeout(
                entry.silence_s, connect=min(entry.silence_s, _CONNECT_S), pool=None
            ),
            limits=httpx2.Limits(keepalive_expiry=_IDLE_S),
            follow_redirects=False,  # the key would go with it
        )

    def redact(self, text: str) -> str:
        """Return a text without the key: servers repeat it in their messages."""
        return text.replace(self._key, _HIDDEN) if self._key else text

    async def get(self, url: str, n_bytes: int = 1 << 20) -> object:
        """Return the JSON of an address.

        Raises:
            RequestFailed: there is none, or it is longer than `n_bytes`.
        """
        async with self._responding("GET", url) as response:
            return _parsed(await _whole(response, n_bytes))

    async def events(
        self, url: str, body: Mapping[str, Any], n_bytes: int
    ) -> AsyncIterator[object]:
        """Yield the events of a stream; of a server that does not stream, its whole answer.

        Raises:
            RequestFailed: the request failed, nothing arrived for too long, or more than
                `n_bytes` did.
        """
        async with self._responding("POST", url, body) as response:
            if "json" in response.headers.get("content-type", ""):
                yield _parsed(await _whole(response, n_bytes))
                return
            rest, n_read, since = b"", 0, time.monotonic()
            async for chunk in response.aiter_bytes():
                n_read += len(chunk)
                if n_read > n_bytes or len(rest) > _MOST_LINE:
                    raise _too_large(min(n_bytes, n_read))
                *lines, rest = (rest + chunk).split(b"\n")
                for event in _data(lines):
                    since = time.monotonic()
                    yield event
                if time.monotonic() - since > self._blank_s:
                    reason = f"nothing but blanks arrived for {self._blank_s:g} s"
                    raise RequestFailed(kind="retry", reason=reason)
            for event in _data([rest]):
                yield event

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    @asynccontextmanager
    async def _responding(
        self, method: str, url: str, body: Mapping[str, Any] | None = None
    ) -> AsyncIterator[httpx2.Response]:
        """Send a request and yield the response of HTTP 200; all else is a failure."""
        try:
            async with self._http.stream(method, url, json=body) as response:
                if response.status_code != HTTPStatus.OK:
                    explanation = await _beginning(response, _MOST_EXPLANATION)
                    raise failure_of_status(response.status_code, explanation, response.headers)
                yield response
        except RequestFailed as failure:
            failure.reason = self.redact(failure.reason)
            raise
        except httpx2.HTTPError as error:
            raise self._failure_of(error) from None
        except httpx2.InvalidURL as error:
            raise RequestFailed(
                kind="stop", reason=f"the address cannot be used ({error})"
            ) from None

    def _failure_of(self, error: httpx2.HTTPError) -> RequestFailed:
        reason = self.redact(str(error)) or type(error).__name__
        if isinstance(error, httpx2.ConnectTimeout):
            return RequestFailed(kind="retry", reason="no connection: the server does not answer")
        if isinstance(error, httpx2.TimeoutException):
            return RequestFailed(kind="retry", reason=f"nothing arrived for {self._silence_s:g} s")
        if "CERTIFICATE" in reason.upper():
            remedy = "set SSL_CERT_FILE to the certificates of its authority"
            return RequestFailed(
                kind="stop", reason=f"its certificate is not trusted ({reason}); {remedy}"
            )
        if isinstance(error, httpx2.NetworkError | httpx2.RemoteProtocolError | httpx2.ProxyError):
            return RequestFailed(kind="retry", reason=f"no connection: {reason}")
        return RequestFailed(kind="error", reason=f"the reply cannot be read: {reason}")


def _tls(entry: Endpoint) -> ssl.SSLContext:
    """Return whom to trust: the usual authorities; without a use for any, none.

    Reading all of them takes a good part of a second.
    """
    given = (entry.endpoint,) if isinstance(entry.endpoint, str) else entry.endpoint
    if any(address.startswith("https:") for address in given):
        return httpx2.create_ssl_context()
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


async def _whole(response: httpx2.Response, n_bytes: int) -> bytes:
    found = await _beginning(response, n_bytes + 1)
    if len(found) > n_bytes:
        raise _too_large(n_bytes)
    return found


async def _beginning(response: httpx2.Response, n_bytes: int) -> bytes:
    """Return at most the first bytes of a body; the rest is not read."""
    found = bytearray()
    async for chunk in response.aiter_bytes():
        found += chunk
        if len(found) >= n_bytes:
            break
    return bytes(found[:n_bytes])


def _data(lines: list[bytes]) -> Iterator[object]:
    """Yield what the `data:` lines of server-sent events hold, up to `[DONE]`."""
    for line in lines:
        name, _, data = line.strip().partition(b":")
        if name == b"data" and (content := data.strip()) not in {b"", b"[DONE]"}:
            yield _parsed(content)


def _parsed(data: bytes) -> object:
    try:
        return from_json(data)
    except ValueError:
        raise RequestFailed(
            kind="error", reason="the server sent what is not JSON in UTF-8"
        ) from None


def _too_large(n_bytes: int) -> RequestFailed:
    return RequestFailed(kind="error", reason=f"the reply is larger than {n_bytes:,} bytes")
