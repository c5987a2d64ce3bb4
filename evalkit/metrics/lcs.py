"""Longest common subsequences at one bit per table cell, with rouge_score's own backtrack.

Several subsequences of the same length may be longest. The length is the same for all of them, but
the union that rougeLsum takes is not: there, the way through the table has to be the one that
rouge_score's backtrack takes.

The table of a reference sentence (rows) and a prediction sentence (columns) is kept as one integer
a column, in which bit i says whether row i + 1 raises the length over row i (Hyyrö 2004, "Bit-
parallel LCS-length computation revisited"). Sentences lie side by side in one integer, each in a
lane with a guard bit above it that catches the carry, so that one pass of a few dozen columns
serves all pairs of sentences of two summaries.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, zip_longest
from math import isqrt
from typing import TYPE_CHECKING, TypeVar

from rapidfuzz.distance import LCSseq

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Sequence

    Tokens = Sequence[str]
    Columns = Sequence[str | None]

_T = TypeVar("_T")

_LANES_BYTES = 4096  # one integer; beyond it, more lanes at once gain nothing
_MASKS_BYTES = 2**25  # rows of each token that are kept, for one block of lanes
_COLUMNS = 256  # kept at least; of a longer table, one column in √n, and those between made twice


def lcs_length(a: Sequence[Hashable], b: Sequence[Hashable]) -> int:
    """Return the length of the longest common subsequences of two sequences.

    >>> lcs_length("襄阳市创客空间", "襄阳创业空间")
    5
    """
    number = {item: i for i, item in enumerate({*a, *b})}
    return LCSseq.similarity([number[item] for item in a], [number[item] for item in b])


def align(reference: Tokens, prediction: Tokens) -> list[tuple[int, int]]:
    """Return the pairs of positions that one longest common subsequence matches, in order.

    Source: the pairs that `_backtrack_norec` of rouge_score 0.1.2 reads out of its table.

    >>> align("襄阳市创客空间", "襄阳创业空间")
    [(0, 0), (1, 1), (3, 2), (5, 4), (6, 5)]
    """
    steps = _walk(_Block.of([reference]), [prediction])
    return sorted((hit.bit_length() - 1, column) for column, hit in steps if hit)


def union_lcs(references: Sequence[Tokens], predictions: Sequence[Tokens]) -> list[list[int]]:
    """Return, for each reference sentence, the positions matched by any prediction sentence.

    Memory grows with the sum of the lengths and with length times the root of the other, never
    with their product.

    Source: `_union_lcs` of rouge_score 0.1.2, position for position.

    >>> union_lcs(["襄阳创客", "荆州"], ["襄阳", "创业", "武汉"])
    [[0, 1, 2], []]
    """
    distinct = {tuple(sentence) for sentence in predictions}
    wanted = [i for i, sentence in enumerate(references) if tuple(sentence) not in distinct]
    union = [list(range(len(sentence))) for sentence in references]
    known = frozenset(chain.from_iterable(references))
    ordered = sorted({_shared(one, known) for one in distinct}, key=len, reverse=True)
    for group in _pack(wanted, lambda i: len(references[i]) + 1, capacity=_LANES_BYTES * 8):
        block = _Block.of([references[i] for i in group])
        n_copies = max(_LANES_BYTES // block.n_bytes, 1)
        hits = 0
        for sentences in _alike(ordered, n_copies):
            hits |= block.unite(_walk(block, sentences))
        for i, positions in zip(group, block.positions(hits), strict=True):
            union[i] = positions
    return union


def _shared(sentence: Tokens, known: Container[str]) -> tuple[str | None, ...]:
    """Return a sentence with one None for each run of tokens that no reference has, none in front.

    The second column without a match is as the first, forwards and backwards.
    """
    tokens = [token if token in known else None for token in sentence]
    return tuple(
        token for before, token in zip([None, *tokens], tokens, strict=False) if token or before
    )


@dataclass(frozen=True, slots=True)
class _Block:
    """Some reference sentences side by side: lane 0 lowest, token 0 of each lane lowest."""

    lengths: tuple[int, ...]
    n_bytes: int
    rows: Callable[[str | None], bytes]
    """The bits of a token; none for the None that fills a column."""
    inside: Callable[[int], bytes]
    """The bits of all lanes, less so many at the top of each."""

    @classmethod
    def of(cls, sentences: Sequence[Tokens]) -> _Block:
        places: dict[str | None, list[int]] = {}
        start = 0
        for sentence in sentences:
            for i, token in enumerate(sentence, start):
                places.setdefault(token, []).append(i)
            start += len(sentence) + 1
        n_bytes = (start + 7) // 8

        @lru_cache(maxsize=_MASKS_BYTES // n_bytes)
        def rows(token: str | None) -> bytes:
            mask = bytearray(n_bytes)
            for place in places.get(token, ()):
                mask[place >> 3] |= 1 << (place & 7)
            return bytes(mask)

        @cache
        def inside(without: int) -> bytes:
            bits = start = 0
            for sentence in sentences:
                bits |= (1 << max(len(sentence) - without, 0)) - 1 << start
                start += len(sentence) + 1
            return bits.to_bytes(n_bytes, "little")

        return cls(tuple(map(len, sentences)), n_bytes, rows, inside)

    def lanes(self, copies: int, *, without: int = 0) -> int:
        """Return the bits of all lanes, less the guards and the topmost `without` of each."""
        return int.from_bytes(self.inside(without) * copies, "little")

    def unite(self, steps: Iterable[tuple[int, int]]) -> int:
        """Return the bits hit in any step, in any copy of the block."""
        hits = united = 0
        for _, hit in steps:
            hits |= hit
        width = self.n_bytes * 8
        while hits:
            united |= hits & ((1 << width) - 1)
            hits >>= width
        return united

    def positions(self, hits: int) -> Iterator[list[int]]:
        """Yield the positions of the bits that are set in each lane."""
        bits = f"{hits:b}"[::-1]
        start = 0
        for length in self.lengths:
            yield [i for i, bit in enumerate(bits[start : start + length]) if bit == "1"]
            start += length + 1


def _walk(block: _Block, sentences: Sequence[Columns]) -> Iterator[tuple[int, int]]:
    """Go back through the tables of all pairs at once; yield each column and what it matched.

    Shorter sentences are filled up in front, where the way back has already ended. Column numbers
    are those of the longest sentence.
    """
    backwards = list(zip_longest(*map(reversed, sentences)))
    columns = backwards[::-1]
    full = block.lanes(len(sentences))
    fill = _filler(block, len(sentences))
    not_top = block.lanes(len(sentences), without=1)
    step = max(_COLUMNS, isqrt(len(columns)))
    starts = range(0, len(columns), step)
    kept = [full]
    for start in starts[:-1]:
        *_, last = _tables(block, columns[start : start + step], kept[-1])
        kept.append(last[1])
    way = full  # in each lane, the rows that the way back can still reach
    for start in reversed(starts):
        tables = list(_tables(block, columns[start : start + step], kept.pop()))
        for column in range(len(tables) - 1, -1, -1):
            matches, flat = tables[column]
            # Up to the next row that matches or that raises the length, else out of the table.
            way = fill((matches | (flat ^ full)) & way)
            hit = way & matches & ~((way >> 1) & not_top)
            yield start + column, hit
            way ^= hit


def _tables(
    block: _Block, columns: Sequence[tuple[str | None, ...]], flat: int
) -> Iterator[tuple[int, int]]:
    """Yield, for each column, the rows that match and the rows that do not raise the length.

    Args:
        block: The reference sentences, which are the rows.
        columns: The tokens of each column, one a copy of the block.
        flat: The rows that do not raise the length in the column before.
    """
    full = block.lanes(len(columns[0]))
    for tokens in columns:
        matches = int.from_bytes(b"".join(map(block.rows, tokens)), "little")
        both = flat & matches
        flat = ((flat + both) | (flat - both)) & full
        yield matches, flat


def _filler(block: _Block, copies: int) -> Callable[[int], int]:
    """Return the function that sets, in each lane, all bits below the topmost one."""
    if len(block.lengths) == copies == 1:
        return lambda bits: (1 << bits.bit_length()) - 1
    halvings = range(max(block.lengths).bit_length())
    shifts = [(1 << i, block.lanes(copies, without=1 << i)) for i in halvings]

    def fill(bits: int) -> int:
        for shift, inside in shifts:
            bits |= (bits >> shift) & inside
        return bits

    return fill


def _pack(items: Iterable[_T], size: Callable[[_T], int], *, capacity: int) -> Iterator[list[_T]]:
    """Yield the items in groups within the capacity; a larger item makes a group of its own."""
    group: list[_T] = []
    taken = 0
    for item in items:
        if group and taken + size(item) > capacity:
            yield group
            group, taken = [], 0
        group.append(item)
        taken += size(item)
    if group:
        yield group


def _alike(sentences: Sequence[Columns], most: int) -> Iterator[list[Columns]]:
    """Yield sentences, longest first, in groups so alike in length that filling up costs little."""
    group: list[Columns] = []
    for sentence in sentences:
        if group and (len(group) == most or 2 * len(sentence) < len(group[0])):
            yield group
            group = []
        group.append(sentence)
    if group:
        yield group
