"""The rows of a KV cache keep what they hold, whichever come and go, and mostly stay in place."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.providers.local.kv_cache import RowCache

HEADS, DIM = 2, 3
STEPS = st.lists(
    st.tuples(st.sets(st.integers(0, 9)), st.integers(0, 4), st.integers(0, 150)), max_size=12
)


def filled(cache: RowCache, layer: int, number: float) -> None:
    """Write a number into the first slot of every row."""
    places = (torch.arange(cache.n_rows), torch.zeros(cache.n_rows, dtype=torch.long))
    fresh = torch.full((1, HEADS, cache.n_rows, DIM), number)
    cache.write(layer, places, (fresh, -fresh))


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_rows_keep_what_they_hold(steps: list[tuple[set[int], int, int]]) -> None:
    """In every layer, whichever leave or join or grow; new ones are zeros, and hold no NaN."""
    cache = RowCache()
    expected: list[float] = []
    for number, (leave, n_new, capacity) in enumerate([(set[int](), 3, 1), *steps], start=1):
        keep = [at for at in range(cache.n_rows) if at not in leave]
        cache.resize(keep, n_new, capacity)
        expected = [expected[at] for at in keep] + [0.0] * n_new
        assert cache.n_rows == len(expected)
        assert cache.capacity >= capacity
        for layer in cache.layers:
            key, value = cache.read(layer, 0, 1)
            assert key[:, 0, 0, 0].tolist() == expected
            assert torch.equal(value, -key)
            whole = cache.read(layer, 0, cache.capacity)[0]
            assert int((whole != 0).sum()) == HEADS * DIM * sum(one != 0 for one in expected)
        if cache.n_rows:
            for layer in (0, 1):
                filled(cache, layer, float("nan") if number % 5 == 0 else 1.0)
                filled(cache, layer, float(number))
            expected = [float(number)] * cache.n_rows


def test_rows_that_leave_and_join_move_no_memory() -> None:
    """As long as there is room; what is read are the rows in use."""
    cache = RowCache()
    cache.resize([], 5, 10)
    filled(cache, 0, 1.0)
    before = [states.data_ptr() for states in cache.layers[0]]
    cache.resize([0, 2], 0, 10)
    cache.resize([0, 1], 3, 60)
    assert [states.data_ptr() for states in cache.layers[0]] == before
    assert cache.read(0, 1, 4)[0].shape == (4, HEADS, 4, DIM)
    cache.resize(range(5), 1, 60)
    assert cache.read(0, 0, 4)[0].shape == (6, HEADS, 4, DIM)


def test_rows_are_copied_from_a_cache_with_less_room() -> None:
    """Behind those that are there, in every layer; what they had no room for is zero."""
    short, long = RowCache(), RowCache()
    short.resize([], 3, 10)
    long.resize([], 2, 10)
    filled(short, 0, 1.0)
    filled(long, 0, 2.0)
    long.resize([0, 1], 2, 100)
    long.copy_rows(short, [2, 0], 2)
    assert long.read(0, 0, 1)[0][:, 0, 0, 0].tolist() == [2.0, 2.0, 1.0, 1.0]
    assert int((long.read(0, 2, long.capacity)[0] != 0).sum()) == 2 * HEADS * DIM
