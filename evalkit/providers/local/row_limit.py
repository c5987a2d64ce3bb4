"""How many rows memory has room for, counted in the keys and values that they keep."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from evalkit.providers.local.prefix import plan
from evalkit.providers.local.shared import WIDE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.providers.local.prefix import Plan
    from evalkit.records import Request


def rows_that_fit(
    requests: Sequence[Request], *, n_tokens: int, most_rows: int, shares: bool
) -> int:
    """Return the most rows, one at least, that can be decoded together.

    Args:
        requests: what is going to be asked.
        n_tokens: of how many tokens memory can hold the keys and values.
        most_rows: more are not wanted.
        shares: whether rows look back at one copy of what they share; else each has all of it.
    """
    longest_new = max((request.max_new_tokens for request in requests), default=0)
    longest = max((len(request.prompt_ids) for request in requests), default=0)
    if not shares:  # the copies, and what they are copied from
        return _clamp((n_tokens - longest) // max(1, longest + longest_new), most_rows)
    todo = plan([request.prompt_ids for request in requests])
    own = longest_new + max((len(leaf.ids) for leaf in todo.leaves), default=0)
    common, apart = _held(todo)
    n_rows = 0
    for length in islice([*apart, *[0] * most_rows], most_rows):
        common += length
        if common + (n_rows + 1) * own > n_tokens:
            break
        n_rows += 1
    return _clamp(n_rows, most_rows)


def _held(todo: Plan) -> tuple[int, list[int]]:
    """Return the tokens that all rows share, and those of the longest paths beside, longest first.

    With `WIDE` rows under way nothing new is read, so no more paths than that are kept at once.
    """
    paths = {leaf.path for leaf in todo.leaves}
    common = set[int].intersection(*map(set, paths)) if paths else set[int]()
    lengths = [len(segment.ids) for segment in todo.segments]
    apart = [sum(lengths[at] for at in path if at not in common) for path in paths]
    return sum(lengths[at] for at in common), sorted(apart, reverse=True)[:WIDE]


def _clamp(n_rows: int, most_rows: int) -> int:
    return max(1, min(most_rows, n_rows))
