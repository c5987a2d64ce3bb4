"""Sends requests over HTTP and yields what comes back, bounded in time and size."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import httpx2
from pydantic_core import from_json

from evalkit.errors import ProviderError
from evalkit.providers.endpoint.events import Splitter
from evalkit.providers.endpoint.failures import RequestFailed, failure_of_status, shortened
from evalkit.store.secrets import hide_in_text
from evalkit.version import __version__

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from evalkit.config.schema import Endpoint

_CONNECT_S: Final = 20.0
_IDLE_S: Final = 4.0  # uvicorn, under most servers, closes an idle connection after 5
_MOST_EXPLANATION: Final = 1 << 16  # bytes of an error's body that are read
_ENCODINGS: Final = {"", "identity", "gzip", "deflate"}
"""How a body may be compressed: these grow a thousandfold at most, others have no bound."""
_HIDDEN: Final = "(key)"
_SHORTEST_PART: Final = 3  # characters of a key that tell nothing
_ENVIRONMENT: Final = "see HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE and SSL_CERT_DIR"


class Client:
    """A connection pool to the servers of one model; the key leaves in headers alone."""

    def __init__(self, entry: Endpoint, key: str) -> None:
        """Open nothing yet.

        Args:
            entry: of the config.
            key: empty for servers that need none.

        Raises:
            ProviderError: proxies or certificates that the environment names cannot be used.
        """
        self._key = key
        self._silence_s = entry.silence_s
        self._blank_s = entry.silence_s + max(entry.silence_s, entry.retry_for_s)
        headers = {"Accept-Encoding": "identity", "User-Agent": f"evalkit/{__version__}"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        timeout = httpx2.Timeout(
            entry.silence_s, connect=min(entry.silence_s, _CONNECT_S), pool=None
        )
        try:
            self._http = httpx2.AsyncClient(
                headers=headers,
                verify=_tls(entry),
                timeout=timeout,
                limits=httpx2.Limits(keepalive_expiry=_IDLE_S),
                follow_redirects=False,  # the key would go with it
            )
        except (ImportError, OSError, ValueError, httpx2.InvalidURL) as error:
            reason = (isinstance(error, OSError) and error.strerror) or hide_in_text(str(error))
            message = f"{reason.partition('. ')[0]}; {_ENVIRONMENT}"
            raise ProviderError(message, key="endpoint") from None

    def redact(self, text: str) -> str:
        """Return a text without the key: servers repeat it in their messages."""
        return without_key(text, self._key)

    async def get(self, url: str, n_bytes: int = 1 << 20) -> object:
        """Return the JSON of an address.

        Raises:
            RequestFailed: there is none, or it is longer than `n_bytes`.
        """
        async with self.patience(), self._responding("GET", url) as response:
            whole = b"".join([chunk async for chunk in _chunks(response, n_bytes)])
            return _parsed(whole)

    async def events(
        self, url: str, body: Mapping[str, Any], n_bytes: int
    ) -> AsyncIterator[object]:
        """Yield the events of a stream; of a server that does not stream, its whole answer.

        Raises:
            RequestFailed: the request failed, nothing arrived for too long, or more than
                `n_bytes` did.
        """
        async with self._responding("POST", url, body) as response:
            splitter = Splitter()
            async for chunk in _chunks(response, n_bytes):
                for data in splitter.feed(chunk):
                    yield _parsed(data)
            for data in splitter.end():
                yield _parsed(data)

    @asynccontextmanager
    async def patience(self) -> AsyncIterator[Callable[[], None]]:
        """Limit how long a block may go on; yield a function that gives it as long again.

        A server that sends nothing but blanks is not silent, and would be waited for without end.

        Raises:
            RequestFailed: the time is up.
        """
        try:
            async with asyncio.timeout(self._blank_s) as limit:
                loop = asyncio.get_running_loop()
                yield lambda: limit.reschedule(loop.time() + self._blank_s)
        except TimeoutError:
            reason = f"nothing but blanks arrived for {self._blank_s:g} s"
            raise RequestFailed(kind="retry", reason=reason) from None

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
                _require_bounded(response.headers.get("content-encoding", ""))
                if response.status_code != HTTPStatus.OK:
                    explanation = await _explanation(response)
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
        except UnicodeEncodeError:
            reason = "the prompt holds half a surrogate pair, which is no character"
            raise RequestFailed(kind="error", reason=reason) from None

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


def without_key(text: str, key: str) -> str:
    """Return a text without a key; one that was shortened may end in the middle of it.

    >>> without_key("401: no such key: abcdef0123; it was abcde…", "abcdef0123")
    '401: no such key: (key); it was (key)'
    """
    if key:
        text = text.replace(key, _HIDDEN)
    for n in range(len(key) - 1, _SHORTEST_PART, -1):
        text = text.replace(f"{key[:n]}…", _HIDDEN)
    return text


def _tls(entry: Endpoint) -> ssl.SSLContext:
    """Return whom to trust: the usual authorities; without a use for any, none.

    Reading all of them takes a good part of a second.
    """
    if any(address.startswith("https:") for address in entry.addresses):
        return httpx2.create_ssl_context()
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _require_bounded(coding: str) -> None:
    """Raise where a body is compressed in a way that has no bound, or several times."""
    if coding not in _ENCODINGS:
        reason = f"the reply is compressed as `{shortened(coding)}`, which was not asked for"
        raise RequestFailed(kind="error", reason=reason)


async def _chunks(response: httpx2.Response, n_bytes: int) -> AsyncIterator[bytes]:
    """Yield a body piece by piece, of at most so many bytes in all."""
    n_read = 0
    async for chunk in response.aiter_bytes():
        n_read += len(chunk)
        if n_read > n_bytes:
            raise _too_large(n_bytes)
        yield chunk


async def _explanation(response: httpx2.Response) -> bytes:
    """Return the beginning of the body of an error; the rest is not read."""
    found = bytearray()
    async for chunk in response.aiter_bytes():
        found += chunk
        if len(found) >= _MOST_EXPLANATION:
            break
    return bytes(found[:_MOST_EXPLANATION])


def _parsed(data: bytes) -> object:
    try:
        return from_json(data)
    except ValueError:
        raise RequestFailed(
            kind="error", reason="the server sent what is not JSON in UTF-8"
        ) from None


def _too_large(n_bytes: int) -> RequestFailed:
    return RequestFailed(kind="error", reason=f"the reply is larger than {n_bytes:,} bytes")
