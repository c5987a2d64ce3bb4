"""Guesses how a row goes on: as its prompt, or the row itself, went on after the same tokens.

A summary copies runs of words from its article. Computed together with the next token, a guess
costs little where a step is bound by reading the weights, and each guessed token that the model
would have written itself saves a step.

Source: prompt lookup decoding (A. Saxena, 2023), as `prompt_lookup_num_tokens` in transformers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# As many last tokens must agree.
_ORDER = 2


@dataclass(kw_only=True, slots=True)
class Lookup:
    """All tokens of a row so far, and where each run of `_ORDER` tokens was last followed."""

    tokens: list[int] = field(default_factory=list)
    followed: dict[tuple[int, ...], int] = field(default_factory=dict)

    def extend(self, tokens: Sequence[int]) -> None:
        """Add tokens behind the others."""
        for token in tokens:
            if len(self.tokens) >= _ORDER:
                self.followed[self._last()] = len(self.tokens)
            self.tokens.append(token)

    def guess(self, most: int) -> list[int]:
        """Return up to `most` tokens that followed the last ones at their previous occurrence."""
        at = self.followed.get(self._last(), len(self.tokens))
        return self.tokens[at : at + most]

    def _last(self) -> tuple[int, ...]:
        return tuple(self.tokens[-_ORDER:])
