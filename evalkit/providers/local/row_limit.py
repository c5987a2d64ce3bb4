"""How many rows fit into memory, counted in the keys and values that they keep."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from evalkit.providers.local.prefix import Segment, build_tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.providers.local.prefix import PrefixTree
    from evalkit.providers.local.rows import Row


def n_rows_that_fit(
    rows: Sequence[Row], *, n_tokens: int, most_rows: int, full_width: int | None
) -> int:
    """Return the most rows, one at least, that can be decoded together.

    Args:
        rows: all that are going to be decoded.
        n_tokens: of how many tokens memory can hold the keys and values.
        most_rows: more are not wanted.
        full_width: with so many rows active no further segment is computed; None if each row has a
            copy of its own of what rows share.
    """
    longest_new = max((row.stopping.max_new_tokens for row in rows), default=0)
    longest = max((len(row.prompt) for row in rows), default=0)
    if full_width is None:  # the copies, and what they are copied from
        return _clamp((n_tokens - longest) // max(1, longest + longest_new), most_rows)
    tree = build_tree([row.prompt for row in rows])
    own = longest_new + max((len(leaf.ids) for leaf in tree.leaves), default=0)
    common, apart = _shared_lengths(tree, full_width)
    n_rows = 0
    for length in islice([*apart, *[0] * most_rows], most_rows):
        common += length
        if common + (n_rows + 1) * own > n_tokens:
            break
        n_rows += 1
    return _clamp(n_rows, most_rows)


def _shared_lengths(tree: PrefixTree, n_paths: int) -> tuple[int, list[int]]:
    """Return the tokens that all rows share, and those of the `n_paths` longest paths beside."""
    paths = {leaf.path for leaf in tree.leaves}
    common = set[Segment].intersection(*map(set, paths)) if paths else set[Segment]()
    apart = [sum(len(one.ids) for one in path if one not in common) for path in paths]
    return sum(len(one.ids) for one in common), sorted(apart, reverse=True)[:n_paths]


def _clamp(n_rows: int, most_rows: int) -> int:
    return max(1, min(most_rows, n_rows))
