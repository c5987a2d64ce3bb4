"""Cuts the requests of a run into slices, the unit that a worker answers and may lose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from evalkit.records import Generation, Request

MOST: Final = 256  # requests: as many as a GPU decodes together
_PER_WORKER: Final = 8  # slices, so that no worker waits long for the last one


@dataclass(frozen=True, kw_only=True, slots=True)
class Slice:
    """Requests that go to one worker in one call; `n_lost` counts the workers lost over them."""

    requests: tuple[Request, ...]
    n_lost: int = 0

    def without(self, generations: Sequence[Generation]) -> Slice:
        """Return what of it is not among what was generated."""
        done = {(made.key, made.system, made.example) for made in generations}
        left = (r for r in self.requests if (r.key, r.system, r.example.id) not in done)
        return replace(self, requests=tuple(left))


def cut(requests: Sequence[Request], n_workers: int) -> list[Slice]:
    """Return slices of whole articles, so that each article is read once.

    Articles with few requests share a slice. An article with more than `MOST` requests is cut into
    parts of the same size.
    """
    enough = max(1, min(MOST, len(requests) // (n_workers * _PER_WORKER)))
    by_article: dict[str, list[Request]] = {}
    for request in requests:
        by_article.setdefault(request.example.article_id, []).append(request)
    slices: list[Slice] = []
    gathered: list[Request] = []
    for part in _parts(by_article.values()):
        if len(gathered) + len(part) > MOST:
            slices.append(Slice(requests=tuple(gathered)))
            gathered = []
        gathered += part
        if len(gathered) >= enough:
            slices.append(Slice(requests=tuple(gathered)))
            gathered = []
    return [*slices, Slice(requests=tuple(gathered))] if gathered else slices


def _parts(articles: Iterable[Sequence[Request]]) -> Iterable[list[Request]]:
    for requests in articles:
        n_parts = -(-len(requests) // MOST)
        size = -(-len(requests) // n_parts)
        left = iter(requests)
        while part := list(islice(left, size)):
            yield part
