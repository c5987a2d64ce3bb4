"""Reads report.html."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any


class Reader(HTMLParser):
    """Collects what a page holds: tags with attributes, and the text between script tags."""

    def __init__(self, text: str) -> None:
        """Read the page."""
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[tuple[dict[str, str | None], str]] = []
        self._open: dict[str, str | None] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, dict(attrs)))
        self._open = dict(attrs) if tag == "script" else None

    def handle_data(self, data: str) -> None:
        """Note the text of a script."""
        if self._open is not None:
            self.inside.append((self._open, data))
            self._open = None


def read_data(text: str) -> dict[str, Any]:
    """Return the data of a page."""
    found = [inside for attrs, inside in Reader(text).inside if attrs.get("id") == "data"]
    data: dict[str, Any] = json.loads(found[0])
    return data
