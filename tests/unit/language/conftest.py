"""Tests of languages speak Chinese."""

from __future__ import annotations

import pytest

from evalkit.language import choose_language


@pytest.fixture(autouse=True)
def _speaking_chinese(_speaking_english: None) -> None:
    choose_language(["--lang", "zh"])
