"""The plain path: left-padded batches through `model.generate`, every prompt read in full."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from transformers import GenerationConfig

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from transformers import PreTrainedModel

    from evalkit.providers.local.rows import Ending, Row


@dataclass(frozen=True, kw_only=True, slots=True)
class PlainPath:
    """Runs a model as its library does; `most` is 1 where it cannot bear padding."""

    model: PreTrainedModel
    attention: str
    most: int | None = None
    name: str = "plain"

    def run(self, rows: Sequence[Row], ending: Ending, n_rows: int) -> Iterator[Row]:
        """Yield each row when its batch has ended, `n_rows` decoded together at most."""
        self.model.set_attn_implementation(self.attention)
        step = min(n_rows, self.most or n_rows)
        for first in range(0, len(rows), step):
            batch = rows[first : first + step]
            for row in batch:
                row.begin()
            for row, tokens in zip(batch, self._generate(batch, ending), strict=True):
                row.n_computed = len(row.prompt)
                for token in tokens:
                    if not ending.accept(row, token):
                        break
                yield row

    def _generate(self, rows: Sequence[Row], ending: Ending) -> list[list[int]]:
        """Return the new tokens of each row; those behind its end mean nothing."""
        longest = max(len(row.prompt) for row in rows)
        pads = [longest - len(row.prompt) for row in rows]
        model: Any = self.model
        output = model.generate(
            input_ids=self._tensor(
                [[0] * pad + list(row.prompt) for row, pad in zip(rows, pads, strict=True)]
            ),
            attention_mask=self._tensor([[0] * pad + [1] * (longest - pad) for pad in pads]),
            generation_config=greedy(max(row.max_new_tokens for row in rows), ending.eos_ids),
        )
        new: list[list[int]] = output[:, longest:].tolist()
        return new

    def _tensor(self, values: list[list[int]]) -> torch.Tensor:
        return torch.tensor(values, device=self.model.device)


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
