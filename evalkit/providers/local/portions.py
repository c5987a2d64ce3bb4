"""Divides requests into portions whose prompts are held as tokens together."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.records import Request

MOST: Final = 8192  # requests: 200 MB of tokens, at 3,000 each


def portions(requests: Sequence[Request], most: int = MOST) -> list[list[Request]]:
    """Return the requests in portions of whole articles, each in the order that they had.

    Tokens take more memory than texts, and those of all prompts need not fit.

    Args:
        requests: what is asked.
        most: requests in a portion; an article with more of them is one of its own.
    """
    portion_of: dict[str, int] = {}
    at = size = 0
    for article, n in Counter(request.example.article_id for request in requests).items():
        if size and size + n > most:
            at, size = at + 1, 0
        portion_of[article] = at
        size += n
    found: list[list[Request]] = [[] for _ in range(at + 1)]
    for request in requests:
        found[portion_of[request.example.article_id]].append(request)
    return found
