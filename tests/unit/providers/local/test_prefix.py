"""The tree of what is computed once."""

from __future__ import annotations

import pytest

from evalkit.providers.local.prefix import build_tree

SYSTEM = tuple(range(1, 41))
ARTICLES = (tuple(range(100, 400)), tuple(range(500, 700)))
TASKS = (tuple(range(1000, 1030)), tuple(range(2000, 2030)))


def prompts_of(n: int) -> list[tuple[int, ...]]:
    """Return n prompts of each task of each article, each with two tokens of its own."""
    return [
        (*SYSTEM, *article, *task, 5000 + 10 * a + t, 6000 + i)
        for a, article in enumerate(ARTICLES)
        for t, task in enumerate(TASKS)
        for i in range(n)
    ]


def test_shares_system_article_and_template() -> None:
    """What all prompts, those of an article and those of a template share is computed once."""
    done = build_tree(prompts_of(4))
    lengths = sorted(len(segment.ids) for segment in done.segments)
    assert lengths == [31, 31, 31, 31, 40, 200, 300]
    assert done.n_computed_tokens == 40 + 300 + 200 + 4 * 31 + 16
    assert done.n_prompt_tokens == sum(map(len, prompts_of(4)))


def test_each_leaf_joins_to_its_prompt() -> None:
    """The segments on a leaf's path and its own tokens are the prompt, in order and in place."""
    prompts = prompts_of(3)
    done = build_tree(prompts)
    for leaf in done.leaves:
        read: list[int] = []
        for depth, segment in enumerate(leaf.path):
            assert segment.start == len(read)
            assert segment.above == leaf.path[:depth]
            read += segment.ids
        assert (*read, *leaf.ids) == prompts[leaf.prompt]


def test_a_shared_token_or_two_is_not_worth_a_segment() -> None:
    """Where little would be saved, prompts are computed each by itself."""
    done = build_tree([(1, 2, 3), (1, 2, 4)])
    assert done.segments == ()
    assert done.n_computed_tokens == done.n_prompt_tokens


def test_equal_prompts_keep_one_token_each() -> None:
    """A model needs a last token to continue from, even of a prompt that is computed already."""
    done = build_tree([SYSTEM * 4] * 3)
    assert [leaf.ids for leaf in done.leaves] == [SYSTEM[-1:]] * 3
    assert done.n_computed_tokens == 159 + 3


def test_a_prompt_that_begins_another_is_left_whole() -> None:
    """A prompt that is the beginning of the others shares all but its last token."""
    done = build_tree([(*SYSTEM * 2, 7), SYSTEM * 2, (*SYSTEM * 2, 8)])
    assert [len(leaf.ids) for leaf in done.leaves] == [2, 1, 2]
    assert done.n_computed_tokens == 79 + 5


def test_a_long_prompt_that_shares_nothing_is_computed_chunk_by_chunk() -> None:
    """Its last token alone is left for the batch."""
    done = build_tree([SYSTEM * 20])
    assert done.n_computed_tokens == done.n_prompt_tokens
    assert [len(leaf.ids) for leaf in done.leaves] == [1]


def test_interleaved_articles_are_computed_once_each() -> None:
    """The order in which requests come does not matter to what is computed."""
    prompts = prompts_of(4)
    mixed = prompts[::2] + prompts[1::2]
    assert build_tree(mixed).n_computed_tokens == build_tree(prompts).n_computed_tokens


def test_nothing_to_compute() -> None:
    """No prompts make an empty tree."""
    assert build_tree([]).n_prompt_tokens == 0


def test_an_empty_prompt_is_refused() -> None:
    """A prompt without tokens is a mistake of the caller, and named."""
    with pytest.raises(ValueError, match="empty prompt"):
        build_tree([(1,), ()])
