"""How requests are cut into slices."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.runner.workers.slices import MOST, cut
from tests.support.asking import request

if TYPE_CHECKING:
    from evalkit.records import Request


def about(article: int, n: int) -> Request:
    """Return the n-th request about an article."""
    return request(key=f"{article}/{n}", article=str(article))


@settings(deadline=None)
@given(st.lists(st.integers(1, 600), max_size=4), st.integers(1, 40))
def test_every_request_is_in_one_slice_and_an_article_is_not_cut_without_need(
    sizes: list[int], n_workers: int
) -> None:
    """Nothing is lost or doubled; only an article with more than the most has several slices."""
    requests = [about(article, n) for article, size in enumerate(sizes) for n in range(size)]
    slices = cut(requests, n_workers)
    keys = [one.key for slice_ in slices for one in slice_.requests]
    assert sorted(keys) == sorted(one.key for one in requests)
    assert all(0 < len(slice_.requests) <= MOST for slice_ in slices)
    parts = Counter(
        article for s in slices for article in {one.example.article_id for one in s.requests}
    )
    assert all(parts[str(a)] == -(-size // MOST) for a, size in enumerate(sizes))


def test_requests_of_one_article_meet_though_they_are_asked_apart() -> None:
    """As under two conditions: all of the first come before all of the second."""
    apart = [about(article, n) for n in range(3) for article in range(4)]
    slices = cut(apart, n_workers=8)
    assert [{one.example.article_id for one in slice_.requests} for slice_ in slices] == [
        {"0"}, {"1"}, {"2"}, {"3"},
    ]  # fmt: skip


def test_short_articles_share_a_slice() -> None:
    """A call for a single question would cost more than the question."""
    slices = cut([about(article, 0) for article in range(6400)], n_workers=2)
    assert {len(slice_.requests) for slice_ in slices} == {MOST}
