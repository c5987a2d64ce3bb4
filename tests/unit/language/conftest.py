"""Tests of languages speak Chinese, and leave English to the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.language import choose_language

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _speaking_chinese() -> Iterator[None]:
    choose_language(["--lang", "zh"])
    yield
    choose_language(["--lang", "en"])
