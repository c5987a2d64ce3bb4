"""How much of a question a text says, and on which side of a place."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from evalkit.metrics.outline import content_words
from evalkit.values.synonyms import acts_for, find_act, words_for

if TYPE_CHECKING:
    from collections.abc import Sequence

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


@lru_cache(maxsize=4096)
def share_of_acts(text: str, question: Question) -> float:
    """Return the share of the words of a question that a text has, be it as a synonym."""
    words = [*content_words(question.before), *content_words(question.after)]
    words = [word for word in words if len(word) > 1]
    return sum(find_act(word[-_WORD:], text) >= 0 for word in words) / max(len(words), 1)


@lru_cache(maxsize=4096)
def share_aligned(left: str, right: str, question: Question) -> float:
    """Return the share of a question's words that stand on the same side of a place as in it."""
    asked = [(word, left) for word in content_words(question.before)]
    asked += [(word, right) for word in content_words(question.continuation)]
    words = [(word[-_WORD:], side) for word, side in asked if len(word) > 1]
    return sum(find_act(word, side) >= 0 for word, side in words) / max(len(words), 1)


@lru_cache(maxsize=4096)
def words_alike(predicate: str) -> tuple[str, ...]:
    """Return the words that say the same as a predicate."""
    return (*words_for(predicate, ""), *acts_for(predicate)) if predicate else ()


def has_any(words: Sequence[str], text: str) -> bool:
    """Return whether a text has some word."""
    return any(word in text for word in words)


def ends_alike(asked: str, left: str) -> bool:
    """Return whether a text ends with the last word before the question word."""
    return len(asked) > 1 and left.endswith(asked[-_WORD:])
