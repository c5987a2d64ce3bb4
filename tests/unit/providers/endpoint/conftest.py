"""Fixtures for tests against a scripted server."""

from __future__ import annotations

import pytest

from tests.support.endpoints import shorten_backoff


@pytest.fixture(autouse=True)
def short_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait hundredths of a second between attempts."""
    shorten_backoff(monkeypatch)
