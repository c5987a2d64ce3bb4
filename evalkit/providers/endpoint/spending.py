"""What requests cost, and the budget that they must not pass."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalkit.config.endpoint import Price
    from evalkit.providers.endpoint.reply import Usage
    from evalkit.records import Request

_MARKUP_TOKENS = 64  # what a chat template adds to a conversation, at most


def cost_of(price: Price | None, n_prompt: int, n_cached: int, n_new: int) -> float:
    """Return what tokens cost; 0 without a price."""
    if price is None:
        return 0.0
    cached = price.input if price.cached is None else price.cached
    read = (n_prompt - n_cached) * price.input + n_cached * cached
    return (read + n_new * price.output) / price.per


def most_prompt_tokens(request: Request, tokens_per_character: float = 1.0) -> int:
    """Return how many tokens a prompt has: as counted, else an upper estimate by its length."""
    if request.n_prompt_tokens:
        return request.n_prompt_tokens
    return int(_n_characters(request) * tokens_per_character) + _MARKUP_TOKENS


def _n_characters(request: Request) -> int:
    return sum(len(message.content) for message in request.messages)


class Spending:
    """What a model has cost in a run, with what is in flight reserved at its most."""

    def __init__(self, price: Price | None, budget: float | None, spent: float) -> None:
        """Begin with what was spent before."""
        self.price = price
        self.budget = budget
        self.spent = spent
        self._reserved = 0.0
        self._n_reserved = 0
        self._settled = asyncio.Condition()
        self._tokens_per_character = 1.0
        self._n_beyond = 0
        self._has_learned = budget is None

    async def reserve(self, request: Request) -> float | None:
        """Reserve what a request may cost at most; None where the budget does not allow for it.

        What is in flight mostly costs less than reserved, so its end is waited for; and so is that
        of the first request, which tells how the model's tokenizer divides text.
        """
        async with self._settled:
            while self._exceeds(most := self._most(request)) or self._waits_for_first():
                if not self._n_reserved:
                    return None
                await self._settled.wait()
            self._reserved += most
            self._n_reserved += 1
            return most

    def _most(self, request: Request) -> float:
        n_prompt = most_prompt_tokens(request, self._tokens_per_character)
        n_new = request.decoding.max_new_tokens + self._n_beyond
        return cost_of(self.price, n_prompt, 0, n_new)

    def _waits_for_first(self) -> bool:
        return self._n_reserved > 0 and not self._has_learned

    def _exceeds(self, most: float) -> bool:
        return self.budget is not None and self.spent + self._reserved + most > self.budget

    async def settle(self, request: Request, reserved: float, usage: Usage | None) -> float:
        """Replace a reservation by what the request cost, and return that.

        Without counts of the server it cost what was reserved, where it was answered at all.
        """
        cost = 0.0
        if usage is not None:
            cost, self._has_learned = reserved, True
            if usage.n_prompt is not None and usage.n_new is not None:
                cost = cost_of(self.price, usage.n_prompt, usage.n_cached, usage.n_new)
                self._learn(request, usage.n_prompt, usage.n_new)
        async with self._settled:
            self.spent += cost
            self._reserved -= reserved
            self._n_reserved -= 1
            self._settled.notify_all()
        return cost

    def _learn(self, request: Request, n_prompt: int, n_new: int) -> None:
        """Note how the model's tokenizer divides text, and what it writes beyond its limit.

        Some services limit the answer alone, not the thinking before it.
        """
        ratio = (n_prompt - _MARKUP_TOKENS) / max(1, _n_characters(request))
        self._tokens_per_character = max(self._tokens_per_character, ratio)
        self._n_beyond = max(self._n_beyond, n_new - request.decoding.max_new_tokens)
