"""Fixtures for tests against a scripted server."""

from __future__ import annotations

import pytest

from evalkit.providers.endpoint import asking


@pytest.fixture(autouse=True)
def short_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait hundredths of a second between attempts, not half a minute."""
    monkeypatch.setattr(asking, "_BACKOFF_S", 0.01)
    monkeypatch.setattr(asking, "_MOST_BACKOFF_S", 0.05)
