"""How many rows are decoded together: as many as memory has room for, counted in tokens."""

from __future__ import annotations

import pytest

from evalkit.providers.local.row_limit import rows_that_fit
from evalkit.records import Example, Request

EXAMPLE = Example(id="e", article_id="a", task="answer", references=())
N_NEW = 10


def ask(n_articles: int, n_questions: int, *, length: int) -> list[Request]:
    """Return questions of 5 tokens about articles of so many tokens each."""
    return [
        Request(
            key=f"{a}-{q}",
            example=EXAMPLE,
            article="",
            prompt_ids=(*[a] * length, *[10_000 + q] * 5),
            max_new_tokens=N_NEW,
        )
        for a in range(n_articles)
        for q in range(n_questions)
    ]


@pytest.mark.parametrize(
    ("n_tokens", "n_rows"), [(100 + 15, 1), (100 + 3 * 15, 3), (100 + 4 * 15 - 1, 3), (9999, 8)]
)
def test_rows_of_one_article_share_its_room(n_tokens: int, n_rows: int) -> None:
    """The article is counted once, and 5 + 10 tokens for each row."""
    requests = ask(1, 8, length=100)
    assert rows_that_fit(requests, n_tokens=n_tokens, most_rows=8, shares=True) == n_rows


def test_an_article_that_is_not_being_read_takes_no_room() -> None:
    """Two hundred articles one after the other need the room of those under way, not of all."""
    room = 32 * 3000 + 64 * 15
    few, many = (ask(n, 4, length=3000) for n in (40, 200))
    for requests in (few, many):
        assert rows_that_fit(requests, n_tokens=room, most_rows=64, shares=True) == 64
        assert rows_that_fit(requests, n_tokens=5 * 3015, most_rows=64, shares=True) == 5


def test_without_sharing_each_row_has_all_of_its_prompt() -> None:
    """One prompt to copy from, and prompt and answer of each row."""
    requests = ask(1, 64, length=1500)
    for n_rows in (1, 7):
        room = 1505 + n_rows * (1505 + N_NEW)
        assert rows_that_fit(requests, n_tokens=room, most_rows=64, shares=False) == n_rows


@pytest.mark.parametrize("shares", [True, False])
def test_there_is_always_one_row(*, shares: bool) -> None:
    """Without room it is tried all the same; with nothing to ask no limit is known but the most."""
    assert rows_that_fit(ask(2, 2, length=9), n_tokens=0, most_rows=64, shares=shares) == 1
    assert rows_that_fit([], n_tokens=1000, most_rows=64, shares=shares) == 64
