"""The problems that reading something finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit import data
from evalkit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.config.sources import Data
    from evalkit.errors import Problem


def problems_of(read: Callable[[], object]) -> tuple[Problem, ...]:
    """Return the problems with which reading something fails."""
    with pytest.raises(InputError) as raised:
        read()
    return raised.value.problems


def corpus_problems(source: Data) -> tuple[Problem, ...]:
    """Return the problems of articles and references."""
    return problems_of(lambda: data.load(source))
