"""The tiny model, which several of these files load."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.providers.local.weights.tiny import make_tiny
from tests.support.article_requests import beginnings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the tiny model, which no test changes."""
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny(0, ["襄阳市今年有三件大事。郧阳区在哪里？只写答案。"], folder)
    return folder


@pytest.fixture(scope="session")
def articles() -> list[str]:
    """Return the beginnings of the project's articles."""
    return beginnings()
