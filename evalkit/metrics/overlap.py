"""How much of a question a text says."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalkit.values.question import Question

_EMPTY = frozenset("的了是在有和与为于")
_WORD = 2


@lru_cache(maxsize=4096)
def pairs(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring characters that carry content."""
    kept = (text[i : i + _WORD] for i in range(len(text) - 1))
    return frozenset(pair for pair in kept if pair.isalnum() and _EMPTY.isdisjoint(pair))


@lru_cache(maxsize=4096)
def share_of_pairs(text: str, question: Question) -> float:
    """Return the share of the pairs of a question that a text has."""
    asked = pairs(question.before) | pairs(question.after)
    return len(asked & pairs(text)) / max(len(asked), 1)
