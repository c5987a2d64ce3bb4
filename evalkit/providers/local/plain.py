"""The plain path: left-padded batches through `model.generate`, every prompt computed in full."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from transformers import GenerationConfig, LogitsProcessor, LogitsProcessorList

from evalkit.providers.local.rows import NO_TOKEN, RunsToTheEnd
from evalkit.providers.local.sampling import next_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor
    from transformers import PreTrainedModel

    from evalkit.providers.local.rows import Row


@dataclass(frozen=True, kw_only=True, slots=True)
class PlainPath(RunsToTheEnd):
    """Runs a model as its library does; `most` is 1 where it cannot bear padding."""

    model: PreTrainedModel
    attention: str
    most: int | None = None
    name: str = "plain"

    def run(self, rows: Sequence[Row], n_rows: int) -> Iterator[Row]:
        """Yield each row when its batch has ended, `n_rows` decoded together at most."""
        self.model.set_attn_implementation(self.attention)
        step = min(n_rows, self.most or n_rows)
        for first in range(0, len(rows), step):
            batch = rows[first : first + step]
            for row in batch:
                row.begin()
            for row, tokens in zip(batch, self._generate(batch), strict=True):
                row.n_computed = len(row.prompt)
                for token in tokens:
                    if not row.accept(token):
                        break
                yield row

    def _generate(self, rows: Sequence[Row]) -> list[list[int]]:
        """Return the new tokens of each row; those behind its end mean nothing."""
        longest = max(len(row.prompt) for row in rows)
        pads = [longest - len(row.prompt) for row in rows]
        most = max(row.stopping.max_new_tokens for row in rows)
        eos_ids = frozenset.intersection(*(row.stopping.eos_ids for row in rows))
        model: Any = self.model
        output = model.generate(
            input_ids=self._tensor(
                [[0] * pad + list(row.prompt) for row, pad in zip(rows, pads, strict=True)]
            ),
            attention_mask=self._tensor([[0] * pad + [1] * (longest - pad) for pad in pads]),
            generation_config=greedy(most, eos_ids),
            logits_processor=LogitsProcessorList([chosen := _Chosen(rows)]),
        )
        return [
            [*ids[:n], NO_TOKEN] if (n := chosen.n_sound.get(at)) is not None else ids
            for at, ids in enumerate(output[:, longest:].tolist())
        ]

    def _tensor(self, values: list[list[int]]) -> Tensor:
        return torch.tensor(values, device=self.model.device)


class _Chosen(LogitsProcessor):
    """Leaves only the token that each row chooses, so that the library's greedy choice is that.

    `n_sound` counts, by row, the tokens that were written before its logits were not finite.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self.n_sound: dict[int, int] = {}
        self._rows = rows
        self._n = 0

    def __call__(self, _ids: Tensor, scores: Tensor) -> Tensor:
        """Return scores [rows, vocabulary] that are -inf but for one token a row."""
        tokens = next_tokens(self._rows, scores)
        for at in (at for at, token in enumerate(tokens) if token == NO_TOKEN):
            self.n_sound.setdefault(at, self._n)
        self._n += 1
        chosen = torch.tensor(tokens, device=scores.device).clamp(min=0)
        return torch.full_like(scores, -torch.inf).scatter_(1, chosen[:, None], 0.0)


def greedy(max_new_tokens: int, eos_ids: frozenset[int] = frozenset()) -> GenerationConfig:
    """Return the settings of greedy decoding in full: nothing is left to a model's own defaults."""
    config: Any = GenerationConfig
    settings: GenerationConfig = config(
        max_new_tokens=max_new_tokens,
        do_sample=False,
        num_beams=1,
        repetition_penalty=1.0,
        no_repeat_ngram_size=0,
        eos_token_id=sorted(eos_ids) or None,
        pad_token_id=0,
        use_cache=True,
    )
    return settings
