"""Portions of requests: as few as hold them, and no article in two."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from evalkit.providers.local.portions import portions
from tests.support.asking import request


@given(st.lists(st.integers(0, 6), max_size=30), st.integers(1, 8))
def test_an_article_is_in_one_portion_and_the_order_stays(articles: list[int], most: int) -> None:
    """Nothing is lost; a portion that is too large is one article."""
    requests = [request(article=str(article), key=str(i)) for i, article in enumerate(articles)]
    found = portions(requests, most)
    assert sorted((r.key for some in found for r in some), key=int) == [r.key for r in requests]
    assert all([*some] == sorted(some, key=lambda r: int(r.key)) for some in found)
    about = [{r.example.article_id for r in some} for some in found]
    assert sum(map(len, about)) == len(set(articles))
    assert all(len(some) <= most or len(ids) == 1 for some, ids in zip(found, about, strict=True))
    if len(requests) <= most:
        assert found == [requests]
