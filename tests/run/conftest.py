"""Fixtures for tests of whole runs."""

from __future__ import annotations

import sys

import pytest


@pytest.fixture(autouse=True)
def without_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave charts out of the reports of this process: most of the time of a small run."""
    monkeypatch.setitem(sys.modules, "altair", None)
