"""Guessing from the prompt saves steps and changes nothing."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.providers.local.prompt_lookup import Lookup
from evalkit.providers.local.shared import SharedPath
from tests.support.families import FAMILIES, expected_of, fastest, model_of, prompts, written_by

pytestmark = pytest.mark.slow


@given(tokens=st.lists(st.integers(0, 3), max_size=40), most=st.integers(0, 9))
def test_a_guess_is_what_followed_the_last_two_tokens_before(tokens: list[int], most: int) -> None:
    """It goes on as the tokens went on where their last two stood last; new ones have no guess."""
    lookup = Lookup()
    lookup.extend(tokens)
    guess = lookup.guess(most)
    places = [at + 2 for at, pair in enumerate(pairwise(tokens)) if list(pair) == tokens[-2:]]
    earlier = [at for at in places if at < len(tokens)]
    assert guess == (tokens[earlier[-1] :][:most] if earlier else [])


@given(parts=st.lists(st.lists(st.integers(0, 3), max_size=9), max_size=5))
def test_tokens_may_come_piece_by_piece(parts: list[list[int]]) -> None:
    """A row that grows is the same as one that was there from the start."""
    growing, whole = Lookup(), Lookup()
    for part in parts:
        growing.extend(part)
    whole.extend([token for part in parts for token in part])
    assert growing == whole


@pytest.mark.parametrize("family", FAMILIES)
def test_right_and_wrong_guesses_write_the_same(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guesses that hold for a while and then fail: the token ids of `generate`, in fewer steps."""
    model = model_of(family)
    whole = sorted(
        (
            list(prompt + answer)
            for prompt, answer in zip(prompts(), expected_of(family), strict=True)
        ),
        key=len,
    )
    passes: list[int] = []
    forward = type(model).forward

    def counted(self: Any, *arguments: Any, **rest: Any) -> Any:  # noqa: ANN401 - passes on
        passes.append(1)
        return forward(self, *arguments, **rest)

    def guess(self: Lookup, most: int) -> list[int]:
        n = len(self.tokens)
        ahead = next(row[n:] for row in whole if row[:n] == self.tokens)
        return [token ^ (at == 2) for at, token in enumerate(ahead[:most])]

    def n_passes(n_rows: int, width: int) -> int:
        passes.clear()
        path = SharedPath(model=model, chunk=64, kernels=fastest(), guess_width=width)
        assert written_by(path, n_rows) == expected_of(family)
        return len(passes)

    monkeypatch.setattr(type(model), "forward", counted)
    monkeypatch.setattr(Lookup, "guess", guess)
    assert n_passes(1, 16) < 0.6 * n_passes(1, 0)
    assert n_passes(3, 16) < 0.8 * n_passes(3, 0)
