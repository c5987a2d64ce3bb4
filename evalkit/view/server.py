"""Serves the pages on loopback, read-only, and to no page of another host."""

from __future__ import annotations

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from evalkit.errors import refusal
from evalkit.view.pages import Page

if TYPE_CHECKING:
    from evalkit.view.pages import Site

LOOPBACK: Final = "127.0.0.1"
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Server(ThreadingHTTPServer):
    """A server of one site, on loopback only."""

    daemon_threads = True

    def __init__(self, site: Site, port: int) -> None:
        """Take a port; 0 is any that is free.

        Raises:
            InputError: the port is taken, may not be used, or is none.
        """
        self.site = site
        self.lock = Lock()  # one page is made at a time
        try:
            super().__init__((LOOPBACK, port), _Handler)
        except (OSError, OverflowError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not a port"
            option, what = "--port", f"{port} cannot be used ({reason})"
            raise refusal(option, "unusable", what, "choose another") from None

    @property
    def address(self) -> str:
        """Where the first page is."""
        return f"http://{LOOPBACK}:{self.server_port}/"

    def hosts(self) -> set[str]:
        """Return the names by which a browser of this machine asks."""
        return {f"{name}:{self.server_port}" for name in (LOOPBACK, "localhost")}


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD."""

    server: Server
    timeout = 30  # seconds that a client may take for a request
    server_version = "evalkit"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer with a page."""
        self._answer(self._page())

    def do_HEAD(self) -> None:
        """Answer as to GET, without the page."""
        self._answer(self._page())

    def _page(self) -> Page:
        """Return the page asked for.

        Any other name in `Host` is that of a site whose name was made to lead here, to read what
        only this machine may.
        """
        if self.headers.get("Host") not in self.server.hosts():
            return Page(html="", status=HTTPStatus.MISDIRECTED_REQUEST)
        with self.server.lock:
            return self.server.site.page(self.path)

    def _answer(self, page: Page) -> None:
        body = page.html.encode()
        self.send_response(page.status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", page.policy or "default-src 'none'")
        if page.reload_s:
            self.send_header("Refresh", str(page.reload_s))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:  # noqa: ANN401 - that of the base
        """Say nothing: what is served is no news."""
