"""A float32 output layer held in bfloat16: the same numbers, in half the memory."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch.nn import Embedding, Linear

from evalkit.providers.local.layers import NarrowEmbedding, NarrowLinear, n_parameters
from evalkit.providers.local.narrow_output import narrow_output
from evalkit.providers.local.shared import SharedPath
from tests.support.families import FAMILIES, SMALL, build, fastest, generated, make, written_by

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def published(family: str, **changes: object) -> PreTrainedModel:
    """Return a tiny float32 model with weights that bfloat16 holds, as published ones are."""
    kind, own = FAMILIES[family]
    model: Any = build(kind, **(SMALL | own | changes)).bfloat16()
    wide: PreTrainedModel = model.float()
    return wide


@pytest.mark.parametrize("shape", [(48,), (7, 48), (1, 5, 48)])
def test_a_narrow_layer_gives_the_product(
    shape: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows of any shape, weights in blocks of which the last is short: float32's product."""
    monkeypatch.setattr("evalkit.providers.local.layers._BLOCK", 48 * 30)
    weights, rows = torch.randn(80, 48).bfloat16(), torch.randn(shape)
    with torch.inference_mode():
        expected = rows.double() @ weights.double().T
        torch.testing.assert_close(NarrowLinear(weights)(rows), expected.float())


@pytest.mark.parametrize("is_tied", [True, False])
@pytest.mark.parametrize("family", FAMILIES)
def test_a_narrow_output_layer_equals_generate(family: str, *, is_tied: bool) -> None:
    """Every family writes the token ids that its library writes with wide weights."""
    model = published(family, tie_word_embeddings=is_tied)
    expected = generated(copy.deepcopy(model))
    narrow_output(model)
    path = SharedPath(model=model, chunk=64, kernels=fastest())
    assert written_by(path, 5) == expected


def test_it_takes_half_the_memory_and_counts_as_many_parameters() -> None:
    """Weights that the embedding shares are held once."""
    model: Any = published("qwen2", tie_word_embeddings=True)
    n_before, n_bytes = n_parameters(model), model.get_output_embeddings().weight.nbytes
    narrow_output(model)
    output, embedding = model.get_output_embeddings(), model.get_input_embeddings()
    assert (type(output), type(embedding)) == (NarrowLinear, NarrowEmbedding)
    assert output.narrow is embedding.narrow
    assert output.narrow.nbytes * 2 == n_bytes
    assert n_parameters(model) == n_before
    assert model.dtype == torch.float32


def test_it_still_tells_its_weights() -> None:
    """Code that reads `weight` gets the numbers in float32, on whichever device."""
    model: Any = published("qwen2")
    weights = model.get_output_embeddings().weight
    narrow_output(model)
    assert torch.equal(model.get_output_embeddings().weight, weights)
    assert model.to("meta").get_output_embeddings().weight.shape == weights.shape


def test_weights_that_bfloat16_does_not_hold_are_kept() -> None:
    """None of them is rounded."""
    model: Any = published("qwen2")
    with torch.no_grad():
        model.get_output_embeddings().weight[-1, -1] = 1 / 3
    narrow_output(model)
    assert type(model.get_output_embeddings()) is Linear


def test_an_embedding_of_another_class_keeps_the_weights_it_shares() -> None:
    """Gemma scales what its embedding returns."""
    model: Any = published("gemma3", tie_word_embeddings=True)
    kept = model.get_input_embeddings()
    narrow_output(model)
    assert type(model.get_output_embeddings()) is Linear
    assert model.get_input_embeddings() is kept


def test_a_model_in_bfloat16_is_left_as_it_is() -> None:
    """Its products are bfloat16's own."""
    model: Any = make("qwen2").bfloat16()
    narrow_output(model)
    assert type(model.get_output_embeddings()) is Linear
    assert type(model.get_input_embeddings()) is Embedding
