"""One row while it is decoded on the shared path."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from evalkit.providers.local.prompt_lookup import Lookup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.providers.local.prefix import Leaf
    from evalkit.providers.local.rows import Row


@dataclass(kw_only=True, slots=True, eq=False)
class Decoding:
    """A row that is being decoded: `n_stored` of its own tokens are stored, `ahead` come next.

    The last `n_guessed` of those ahead are guesses, which the model may not write.
    """

    row: Row
    leaf: Leaf
    ahead: Sequence[int]
    n_stored: int = 0
    n_guessed: int = 0
    lookup: Lookup | None = None

    @property
    def position(self) -> int:
        """The position of the next token to be computed."""
        return len(self.row.prompt) - len(self.leaf.ids) + self.n_stored

    @property
    def n_slots(self) -> int:
        """How many of its own tokens will be stored after the next step."""
        return self.n_stored + len(self.ahead)

    def guess(self, most: int) -> None:
        """Put up to `most` guesses behind the token that comes next; none where it is drawn."""
        if self.row.sampler is not None:
            return
        if self.lookup is None:
            self.lookup = Lookup()
            self.lookup.extend((*self.row.prompt, *self.row.new))
        useful = self.row.stopping.max_new_tokens - len(self.row.new) - 1
        guesses = self.lookup.guess(min(most, useful))
        self.ahead, self.n_guessed = [*self.ahead, *guesses], len(guesses)

    def accept(self, written: Sequence[int]) -> None:
        """Take what the model wrote before each guess, up to the first that it did not write."""
        sure = len(self.ahead) - self.n_guessed
        guesses, n_before = self.ahead[sure:], len(self.row.new)
        self.n_stored += sure
        for token, guess in zip_longest(written, guesses):
            self.ahead, self.n_guessed = [token], 0
            if not self.row.accept(token) or token != guess:
                break
            self.n_stored += 1
        if self.lookup is not None:
            self.lookup.extend(self.row.new[n_before:])
