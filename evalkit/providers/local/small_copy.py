"""A small random copy of a model, and what its library itself makes of some prompts.

The copy has the model's own class, heads and widths, so what runs on it runs on the model; but few
layers, a small vocabulary and short windows, so that it answers at once.
"""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch

from evalkit.providers.local.plain import greedy
from evalkit.providers.local.rows import Row, StoppingCriteria

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor
    from transformers import PreTrainedModel

    from evalkit.providers.local.rows import Path

SMALL_CHUNK = 8
"""So few tokens at once that the prompts span several chunks, and several windows."""
_N_NEW = 8
_SIZES = {
    "vocab_size": 512,
    "intermediate_size": 64,
    "moe_intermediate_size": 64,
    "sliding_window": SMALL_CHUNK,
    "attention_chunk_size": SMALL_CHUNK,
}
# Tokens of the first article. A GPU's kernels treat keys by the hundred, and may split them.
_N_FIRST = {"cpu": 33}
_N_FIRST_ELSEWHERE = 600


def small_copy(model: PreTrainedModel) -> PreTrainedModel:
    """Return a model of the same class: few layers, short windows, random float32 weights."""
    config = copy.deepcopy(model.config)
    text = config.get_text_config()
    n_layers = text.num_hidden_layers
    kinds = list(getattr(text, "layer_types", None) or [])
    n_few = max(2, *(kinds.index(kind) + 1 for kind in kinds)) if kinds else 2
    for name, value in vars(text).items():
        if isinstance(value, list) and len(value) == n_layers:
            setattr(text, name, value[:n_few])
    text.num_hidden_layers = min(n_few, n_layers)
    for name, value in _SIZES.items():
        if getattr(text, name, None):
            setattr(text, name, value)
    for name in ("pad_token_id", "bos_token_id", "eos_token_id"):
        setattr(text, name, None)
    # With one matrix for embedding and output, a model mostly repeats its last token anyway.
    config.tie_word_embeddings = text.tie_word_embeddings = False
    # Scores that spread over some units, so that a wrong scale or cap shows.
    text.initializer_range = 1.2 / text.hidden_size**0.5
    devices = [model.device] if model.device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices), torch.device(model.device):
        torch.manual_seed(0)
        small: Any = type(model)(config)
    copied: PreTrainedModel = small.float().eval()
    return copied


def small_prompts(device: torch.device) -> list[tuple[int, ...]]:
    """Return prompts of two articles, with own parts of different lengths."""
    generator = torch.Generator().manual_seed(0)
    n_first = _N_FIRST.get(device.type, _N_FIRST_ELSEWHERE)
    draws = torch.randint(1, _SIZES["vocab_size"], (100 + n_first,), generator=generator).tolist()
    articles = (draws[100:], draws[:27])
    own = [draws[30 + 10 * at : 30 + 10 * at + length] for at, length in enumerate((1, 4, 4, 9))]
    return [(*article, *mine) for article in articles for mine in own]


@dataclass(kw_only=True, slots=True)
class _Forced:
    """Draws the tokens given, whatever the logits are, and keeps these."""

    tokens: Sequence[int]
    logits: list[Tensor] = field(default_factory=list)

    def draw(self, logits: Tensor) -> int:
        """Return the next of the tokens."""
        self.logits.append(logits.float())
        return self.tokens[len(self.logits) - 1]


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """What the library writes for each prompt by itself: token ids, and the logits of each."""

    prompts: Sequence[tuple[int, ...]]
    ids: Sequence[Sequence[int]]
    logits: Tensor

    @classmethod
    def of(cls, model: PreTrainedModel) -> Expected:
        """Generate one prompt at a time."""
        prompts, ids = small_prompts(model.device), []
        generate: Any = model.generate
        for prompt in prompts:
            given = torch.tensor([prompt], device=model.device)
            output = generate(
                input_ids=given,
                attention_mask=torch.ones_like(given),
                generation_config=greedy(_N_NEW),
            )
            ids.append(output[0, len(prompt) :].tolist())
        return cls(prompts=prompts, ids=ids, logits=_logits_of(model, prompts, ids))

    def written_by(self, path: Path) -> list[list[int]]:
        """Return the token ids that a path writes for each prompt."""
        rows = [_row(prompt) for prompt in self.prompts]
        for _ in path.run(rows, len(rows)):
            pass
        return [row.new for row in rows]

    @property
    def size(self) -> float:
        """The root mean square of the logits."""
        return self.logits.square().mean().sqrt().item()

    def error(self, logits: Tensor) -> float:
        """Return how far off logits are: the median over tokens of the root mean square.

        The median, since where a router's choice is a near tie, rounding changes all that follows.
        """
        return (logits - self.logits).square().mean(-1).sqrt().median().item()

    def error_of_path(self, path: Path) -> float:
        """Return how far off the logits of a path are when it is made to write the same ids."""
        forced = [_Forced(tokens=ids) for ids in self.ids]
        rows = [_row(prompt, one) for prompt, one in zip(self.prompts, forced, strict=True)]
        for _ in path.run(rows, len(rows)):
            pass
        if any(row.finish == "error" for row in rows):  # logits that are not finite
            return math.inf
        return self.error(torch.stack([torch.stack(one.logits) for one in forced]))

    def error_of_library(self, model: PreTrainedModel) -> float:
        """Return how far off the library itself is with the model in another dtype."""
        return self.error(_logits_of(model, self.prompts, self.ids))


@torch.inference_mode()
def _logits_of(
    model: PreTrainedModel, prompts: Sequence[Sequence[int]], ids: Sequence[Sequence[int]]
) -> Tensor:
    """Return the logits from which the library chooses each token, [prompts, new, vocabulary]."""
    forward: Any = model
    found = []
    for prompt, new in zip(prompts, ids, strict=True):
        given = torch.tensor([[*prompt, *new[:-1]]], device=model.device)
        output = forward(input_ids=given, use_cache=False, logits_to_keep=len(new))
        found.append(output.logits[0].float().cpu())
    return torch.stack(found)


def _row(prompt: tuple[int, ...], forced: _Forced | None = None) -> Row:
    stopping = StoppingCriteria(max_new_tokens=_N_NEW, eos_ids=frozenset(), decode=str)
    return Row(prompt=prompt, stopping=stopping, sampler=forced)
