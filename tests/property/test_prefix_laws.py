"""Laws of the prefix tree, for any prompts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from evalkit.providers.local.prefix import build_tree

RUNS = st.lists(st.integers(0, 2), min_size=1, max_size=3).map(lambda ids: tuple(ids) * 30)
PROMPTS = st.lists(
    st.lists(RUNS, min_size=1, max_size=6).map(lambda runs: tuple(sum(runs, ()))),
    max_size=12,
)


@given(PROMPTS)
def test_every_prompt_is_covered_once(prompts: list[tuple[int, ...]]) -> None:
    """Each prompt has one leaf, and path and leaf spell the prompt."""
    done = build_tree(prompts)
    assert sorted(leaf.prompt for leaf in done.leaves) == list(range(len(prompts)))
    for leaf in done.leaves:
        read = sum((segment.ids for segment in leaf.path), ())
        assert leaf.ids
        assert read + leaf.ids == prompts[leaf.prompt]


@given(PROMPTS)
def test_the_numbers_add_up(prompts: list[tuple[int, ...]]) -> None:
    """What is computed is what segments and leaves hold, and never more than all prompts."""
    done = build_tree(prompts)
    held = sum(len(segment.ids) for segment in done.segments)
    held += sum(len(leaf.ids) for leaf in done.leaves)
    assert done.n_computed_tokens == held
    assert done.n_computed_tokens <= done.n_prompt_tokens == sum(map(len, prompts))


@given(PROMPTS)
def test_users_of_a_segment_follow_one_another(prompts: list[tuple[int, ...]]) -> None:
    """Once the leaves of a segment are through, it is never needed again."""
    done = build_tree(prompts)
    for segment in done.segments:
        using = [number for number, leaf in enumerate(done.leaves) if segment in leaf.path]
        assert using == list(range(using[0], using[-1] + 1))
