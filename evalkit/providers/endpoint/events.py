"""Splits the body of a reply into the JSON of its events, whatever its declared type.

Servers and proxies misname what they send: a stream as JSON, one body of JSON as text. Which of
them it is shows in how it begins.
"""

from __future__ import annotations

from typing import Final

from evalkit.providers.endpoint.failures import RequestFailed, shortened

_FIELDS: Final = (b"data:", b"event:", b"id:", b"retry:", b":")
"""What the lines of server-sent events begin with."""
_TELLING: Final = max(map(len, _FIELDS))
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_MOST_LINE: Final = 1 << 22  # bytes of one event


class Splitter:
    """Takes a body piece by piece; gives the JSON of each event, or at its end the whole body."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._rest = bytearray()
        self._is_stream: bool | None = None

    def feed(self, piece: bytes) -> list[bytes]:
        """Return the events that a piece of the body completes.

        Raises:
            RequestFailed: the body holds neither events nor JSON, or an event has no end.
        """
        self._rest += piece
        if self._is_stream is None:
            self._recognise(is_whole=False)
        if not self._is_stream:
            return []
        *lines, self._rest = self._rest.split(b"\n")
        if len(self._rest) > _MOST_LINE:
            reason = f"an event of the reply is larger than {_MOST_LINE:,} bytes"
            raise RequestFailed(kind="error", reason=reason)
        return [data for line in lines if (data := _data(line))]

    def end(self) -> list[bytes]:
        """Return what is left at the end of the body.

        Raises:
            RequestFailed: the body holds neither events nor JSON.
        """
        if self._is_stream is None:
            self._recognise(is_whole=True)
        left = _data(self._rest) if self._is_stream else bytes(self._rest)
        return [left] if left else []

    def _recognise(self, *, is_whole: bool) -> None:
        """Tell events from JSON, as soon as enough has come, without blanks before it."""
        self._rest = self._rest.removeprefix(_BYTE_ORDER_MARK).lstrip()
        if len(self._rest) < _TELLING and not is_whole:
            return
        if self._rest.startswith(b"{"):
            self._is_stream = False
        elif not self._rest or self._rest.startswith(_FIELDS):
            self._is_stream = True
        else:  # a page of a proxy may be gone the next time
            words = shortened(self._rest.decode("utf-8", "replace"))
            raise RequestFailed(
                kind="retry" if self._rest.startswith(b"<") else "error",
                reason=f"the server sent neither events nor JSON: {words}",
            )


def _data(line: bytearray) -> bytes:
    """Return what the line of an event holds; nothing of other lines, and of the last event."""
    name, _, data = bytes(line).strip().partition(b":")
    content = data.strip()
    return content if name == b"data" and content != b"[DONE]" else b""
