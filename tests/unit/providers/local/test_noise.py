"""Logits that are not finite: broken weights and overflows are failures, never answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch

from evalkit.errors import ModelLoadError
from evalkit.providers.local.rows import NO_TOKEN
from evalkit.providers.local.sampling import next_tokens
from evalkit.providers.local.weights.tiny import make_tiny
from tests.support.asking import request
from tests.support.families import EOS, PATHS, expected_of, make, prompts, row
from tests.support.tiny_model import loaded

if TYPE_CHECKING:
    from pathlib import Path

    from transformers import PreTrainedModel

    from evalkit.records import Generation

pytestmark = pytest.mark.slow


def spoil(model: PreTrainedModel, tokens: int | slice, value: float) -> None:
    """Change the embeddings of tokens."""
    embeddings: Any = model.get_input_embeddings()
    with torch.no_grad():
        embeddings.weight[tokens] = value


@pytest.mark.parametrize("name", PATHS)
def test_a_broken_embedding_fails_the_rows_that_read_it(name: str) -> None:
    """The others write what they would have written beside sound rows."""
    model = make("qwen2")
    asked_ids = prompts()
    broken = min(asked_ids[0], key=lambda token: sum(token in ids for ids in asked_ids))
    spoil(model, broken, torch.nan)
    rows = [row(prompt, EOS) for prompt in prompts()]
    done = list(PATHS[name](model).run(rows, 8))
    assert len(done) == len(rows)
    for asked, expected in zip(rows, expected_of("qwen2"), strict=True):
        if broken in (*asked.prompt, *expected[:-1]):
            assert asked.finish == "error"
        else:
            assert tuple(asked.new) == expected
    assert {asked.finish == "error" for asked in rows} == {True, False}


@pytest.mark.parametrize(
    ("logits", "token"),
    [
        ([1.0, 2.0, 0.0], 1),
        ([-torch.inf, 2.0, -torch.inf], 1),
        ([torch.nan, 2.0, 0.0], NO_TOKEN),
        ([1.0, torch.inf, 0.0], NO_TOKEN),
        ([-torch.inf] * 3, NO_TOKEN),
    ],
)
def test_a_token_is_chosen_of_finite_logits_alone(logits: list[float], token: int) -> None:
    """A token may be ruled out by -inf; NaN, inf, and nothing left are no choice."""
    assert next_tokens([row((1,))], torch.tensor([logits])) == [token]


def test_a_model_of_noise_alone_is_stopped_with_its_dtype(tmp_path: Path) -> None:
    """Some requests fail with the reason, then the model does."""
    make_tiny(0, ["襄阳"], tmp_path)
    requests = [request("襄阳", key=str(i), max_new_tokens=3) for i in range(20)]
    got: list[Generation] = []
    with loaded(tmp_path) as session:
        spoil(session.model, slice(None), torch.inf)
        with pytest.raises(ModelLoadError, match=r"not finite in float32.*set dtype"):
            got.extend(session.generate(requests))
    assert 0 < len(got) < len(requests)
    assert {generation.finish_reason for generation in got} == {"error"}
    assert all("not finite in float32" in generation.error for generation in got)
