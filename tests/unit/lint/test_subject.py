"""Promises of what the linter compares: figures, words of the article, copied runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.lint.subject import cite, figures, states
from evalkit.lint.summaries import longest_copied_run


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("七万七千五百三十二名", {"77532"}),
        ("７７５３２名与60.18％", {"77532", "3009/50%"}),
        ("百分之六十", {"60%"}),
        ("元至10月", {"1", "10"}),
        ("3元至5元", {"3", "5"}),
        ("一次", set()),
        ("没有数字", set()),
    ],
)
def test_numbers_are_compared_by_value(text: str, values: set[str]) -> None:
    """A figure is the same however it is written; a share is not a count, 一 is not a figure."""
    assert set(figures(text)) == values


@given(text=st.text("襄阳市", max_size=12), article=st.text("襄阳市", max_size=12))
def test_no_longer_run_is_shared(text: str, article: str) -> None:
    """The longest copied run is in both texts, and no longer one is."""
    run = longest_copied_run(text, article)
    assert run in text
    assert run in article
    longer = len(run) + 1
    runs = (text[at : at + longer] for at in range(len(text) - longer + 1))
    assert not any(one in article for one in runs)


def test_a_figure_is_not_part_of_a_longer_one() -> None:
    """2名 is not in 12名, nor 1.5 in 1.52, but a word may be part of a longer word."""
    assert not states("先后组织12名村干部", "2名")
    assert not states("增长1.52", "1.5")
    assert states("增长1.5。", "1.5")
    assert states("湖北省襄阳市", "襄阳")


def test_a_long_quotation_is_shown_in_part() -> None:
    """A message stays on one line of a screen, however long the text it cites."""
    assert cite("襄" * 40) == f"“{'襄' * 40}”"
    assert cite("襄" * 41) == f"“{'襄' * 40}…”"
