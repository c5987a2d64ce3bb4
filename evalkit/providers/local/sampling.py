"""Which token comes next: the most probable one, or one that is drawn."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import torch

from evalkit.providers.local.rows import NO_TOKEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from evalkit.providers.local.rows import Row
    from evalkit.records import Decoding, Message


def next_tokens(rows: Sequence[Row], logits: Tensor) -> list[int]:
    """Return the next token of each row from its own logits, [rows, vocabulary].

    Tokens that a model rules out may be -inf. Where one is NaN or inf, or all are -inf, there is
    no next token: `NO_TOKEN`. The device is asked once, and once more where rows are sampled.
    """
    # `argmax` alone takes four times as long in bfloat16 on a CPU.
    highest, first = logits.max(-1)
    tokens: list[int] = torch.where(highest.isfinite(), first, NO_TOKEN).tolist()
    drawn = {
        at: row.sampler
        for at, row in enumerate(rows)
        if row.sampler is not None and tokens[at] != NO_TOKEN
    }
    if drawn:
        on_host = logits[list(drawn)].cpu()
        for (at, sampler), its_logits in zip(drawn.items(), on_host, strict=True):
            tokens[at] = sampler.draw(its_logits)
    return tokens


@dataclass(frozen=True, kw_only=True, slots=True)
class Sampler:
    """Draws the tokens of one row, with a generator of its own."""

    temperature: float
    top_k: int
    top_p: float
    generator: np.random.Generator

    @classmethod
    def of(cls, messages: Sequence[Message], decoding: Decoding) -> Self | None:
        """Return the sampler of a request; None if it is decoded greedily.

        Its generator is seeded with the seed, the messages and the number of the sample, so that
        nothing else has a say: not the batch, not the order, not the machine.
        """
        if decoding.temperature == 0:
            return None
        parts = [decoding.seed, decoding.sample, [asdict(message) for message in messages]]
        digest = hashlib.sha256(json.dumps(parts).encode()).digest()
        return cls(
            temperature=decoding.temperature,
            top_k=decoding.top_k,
            top_p=decoding.top_p,
            generator=np.random.Generator(np.random.PCG64(int.from_bytes(digest))),
        )

    def draw(self, logits: Tensor) -> int:
        """Return one token id, drawn from logits [vocabulary].

        Each token has noise of its own (the Gumbel-max trick, as a race of exponentials), so that
        rounding matters only where it touches the token that wins; a position in the cumulative
        distribution would move with every candidate that rounding adds or drops.
        """
        ids, probabilities = self.candidates(logits)
        noise = torch.from_numpy(self.generator.standard_exponential(len(logits)))
        return int(ids[(probabilities / noise[ids]).argmax()])

    def candidates(self, logits: Tensor) -> tuple[Tensor, Tensor]:
        """Return the ids that may be drawn, in ascending order, and their probabilities in float64.

        Temperature, then top-k, then top-p, each as transformers' logits warpers do it: tokens as
        probable as the k-th stay, and of those that make up `top_p` the last one is kept whole.
        """
        scores = logits.double().cpu() / self.temperature
        ids = torch.arange(len(scores))
        if 0 < self.top_k < len(scores):
            ids = (scores >= scores.topk(self.top_k).values[-1]).nonzero()[:, 0]
        if self.top_p < 1:
            order = scores[ids].argsort(stable=True)
            below = scores[ids][order].softmax(0).cumsum(0) <= 1 - self.top_p
            below[-1] = False
            ids = ids[order[~below]].sort().values
        return ids, scores[ids].softmax(0)
