"""What requests cost, and the budget."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.config.endpoint import Price
from evalkit.providers.endpoint.reply import Usage
from evalkit.providers.endpoint.spending import Spending, cost_of
from tests.support.coroutines import run_in_thread
from tests.support.endpoints import request

PRICE = Price(input=1.0, output=4.0, per=1000.0, currency="CNY")
CACHED = Price(input=1.0, output=4.0, cached=0.1, per=1000.0, currency="CNY")
counts = st.integers(0, 100_000)


def test_cost_is_tokens_times_price() -> None:
    """2,000 read and 500 written; of a price list with a price for cached tokens, 1,000 cached."""
    assert cost_of(PRICE, 2000, 1000, 500) == pytest.approx(4.0)
    assert cost_of(CACHED, 2000, 1000, 500) == pytest.approx(3.1)
    assert cost_of(None, 2000, 1000, 500) == 0.0


@given(counts, counts, counts)
def test_a_cached_token_never_costs_more(n_prompt: int, n_cached: int, n_new: int) -> None:
    """With a price list that has cached tokens at a lower price."""
    n_cached = min(n_prompt, n_cached)
    assert cost_of(CACHED, n_prompt, n_cached, n_new) <= cost_of(PRICE, n_prompt, 0, n_new)


@given(st.lists(st.tuples(st.integers(1, 5000), st.integers(1, 200)), max_size=30))
def test_a_budget_is_never_passed(replies: list[tuple[int, int]]) -> None:
    """Whatever the replies cost, as long as none costs more than its most."""

    async def run() -> float:
        spending = Spending(PRICE, 8.0, 1.0)
        for n_prompt, n_new in replies:
            asked = request("问" * n_prompt, max_new_tokens=n_new)
            reserved = await spending.reserve(asked)
            if reserved is not None:
                usage = Usage(n_prompt=n_prompt, n_new=n_new)
                await spending.settle(asked, reserved, usage)
        return spending.spent

    assert run_in_thread(run()) <= 8.0


def test_what_is_in_flight_is_waited_for() -> None:
    """It may cost less than is reserved for it; then there is room for one more."""

    async def run() -> tuple[bool, float | None]:
        asked = request("问", max_new_tokens=1000)
        spending = Spending(PRICE, 6.0, 0.0)
        first = await spending.reserve(asked)
        assert first is not None
        second = asyncio.create_task(spending.reserve(asked))
        await asyncio.sleep(0.01)
        waited = not second.done()
        await spending.settle(asked, first, Usage(n_prompt=10, n_new=10))
        return waited, await second

    waited, second = run_in_thread(run())
    assert waited
    assert second is not None


def test_a_budget_that_allows_nothing_says_so() -> None:
    """At once, where nothing is in flight."""
    spending = Spending(PRICE, 5.0, 4.9)
    assert run_in_thread(spending.reserve(request("问", max_new_tokens=1000))) is None


def test_what_is_written_beyond_the_limit_is_reserved_from_then_on() -> None:
    """Some services limit the answer alone, not the thinking before it."""

    async def run() -> list[float | None]:
        spending, asked = Spending(PRICE, None, 0.0), request("问", max_new_tokens=100)
        first = await spending.reserve(asked)
        assert first is not None
        await spending.settle(asked, first, Usage(n_prompt=10, n_new=900))
        return [first, await spending.reserve(asked)]

    first, second = run_in_thread(run())
    assert first is not None
    assert second is not None
    assert second - first > 0.9 * cost_of(PRICE, 0, 0, 800)


def test_the_first_answer_of_a_budget_is_waited_for() -> None:
    """Some tokenizers have several tokens for a character: what follows reserves as many."""

    async def run() -> tuple[bool, float | None, float | None]:
        spending, asked = Spending(PRICE, 1000.0, 0.0), request("问" * 1000, max_new_tokens=1)
        first = await spending.reserve(asked)
        assert first is not None
        second = asyncio.create_task(spending.reserve(asked))
        await asyncio.sleep(0.01)
        waited = not second.done()
        await spending.settle(asked, first, Usage(n_prompt=3000, n_new=1))
        return waited, await second, await spending.reserve(asked)

    waited, second, third = run_in_thread(run())
    assert waited
    assert second == third
    assert second is not None
    assert second >= cost_of(PRICE, 3000, 0, 1)


def test_an_answer_without_counts_costs_its_most() -> None:
    """A budget cannot rely on what a server does not tell; a failure costs nothing."""

    async def run() -> tuple[float, float]:
        spending = Spending(PRICE, None, 0.0)
        asked = request("问", max_new_tokens=1000)
        reserved = await spending.reserve(asked)
        assert reserved is not None
        cost = await spending.settle(asked, reserved, Usage())
        return cost, await spending.settle(asked, reserved, None)

    cost, nothing = run_in_thread(run())
    assert cost >= 4.0
    assert nothing == 0.0
