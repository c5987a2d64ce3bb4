"""How many rows are decoded together: as many as fit into memory, counted in tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.providers.local.row_limit import n_rows_that_fit
from tests.support.families import row

if TYPE_CHECKING:
    from evalkit.providers.local.rows import Row

N_NEW = 10


def ask(n_articles: int, n_questions: int, *, length: int) -> list[Row]:
    """Return questions of 5 tokens about articles of so many tokens each."""
    return [
        row((*[a] * length, *[10_000 + q] * 5), n_new=N_NEW)
        for a in range(n_articles)
        for q in range(n_questions)
    ]


@pytest.mark.parametrize(
    ("n_tokens", "n_rows"), [(100 + 15, 1), (100 + 3 * 15, 3), (100 + 4 * 15 - 1, 3), (9999, 8)]
)
def test_rows_of_one_article_share_its_memory(n_tokens: int, n_rows: int) -> None:
    """The article is counted once, and 5 + 10 tokens for each row."""
    rows = ask(1, 8, length=100)
    assert n_rows_that_fit(rows, n_tokens=n_tokens, most_rows=8, full_width=32) == n_rows


def test_an_article_that_is_not_computed_yet_takes_no_memory() -> None:
    """Two hundred articles one after the other need the memory of the active ones, not of all."""
    memory = 32 * 3000 + 64 * 15
    few, many = (ask(n, 4, length=3000) for n in (40, 200))
    for rows in (few, many):
        assert n_rows_that_fit(rows, n_tokens=memory, most_rows=64, full_width=32) == 64
        assert n_rows_that_fit(rows, n_tokens=5 * 3015, most_rows=64, full_width=32) == 5


def test_without_sharing_each_row_has_all_of_its_prompt() -> None:
    """One prompt to copy from, and prompt and answer of each row."""
    rows = ask(1, 64, length=1500)
    for n_rows in (1, 7):
        memory = 1505 + n_rows * (1505 + N_NEW)
        assert n_rows_that_fit(rows, n_tokens=memory, most_rows=64, full_width=None) == n_rows


@pytest.mark.parametrize("full_width", [32, None])
def test_there_is_always_one_row(full_width: int | None) -> None:
    """Without memory one is tried all the same; with nothing to ask the most is the only limit."""
    assert (
        n_rows_that_fit(ask(2, 2, length=9), n_tokens=0, most_rows=64, full_width=full_width) == 1
    )
    assert n_rows_that_fit([], n_tokens=1000, most_rows=64, full_width=full_width) == 64
