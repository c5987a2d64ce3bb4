"""A model's embedding may stay in its file: the same numbers, and only those wanted in memory."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch.nn import Embedding
from transformers import AutoConfig, AutoModelForCausalLM

from evalkit.providers.local.embedding import StoredEmbedding, leave_embedding_in_file
from tests.support.families import SMALL

if TYPE_CHECKING:
    from pathlib import Path

IDS = torch.tensor([[5, 199, 5, 0], [7, 7, 8, 199]])
MEASURED = """
import sys
from pathlib import Path
import psutil, torch
from transformers import AutoModelForCausalLM
from evalkit.providers.local.embedding import leave_embedding_in_file
folder = Path(sys.argv[1])
model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
before = psutil.Process().memory_info().rss
leave_embedding_in_file(model, folder)
model.get_input_embeddings()(torch.arange(0, 1000))
print(before - psutil.Process().memory_info().rss)
"""


def saved(folder: Path, stored: torch.dtype, family: str = "qwen2", **changes: object) -> Path:
    """Save a tiny model of a family, its weights in some dtype."""
    settings: Any = AutoConfig
    library: Any = AutoModelForCausalLM
    made = library.from_config(settings.for_model(family, **(SMALL | changes)))
    made.to(stored).save_pretrained(folder, max_shard_size="20KB")
    return folder


def read(folder: Path, dtype: torch.dtype = torch.float32) -> Any:  # noqa: ANN401 - untyped
    """Return the model of a folder as its library loads it."""
    library: Any = AutoModelForCausalLM
    return library.from_pretrained(folder, dtype=dtype)


@pytest.mark.parametrize("stored", [torch.bfloat16, torch.float16, torch.float32])
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32])
def test_rows_are_those_of_the_model(
    tmp_path: Path, stored: torch.dtype, dtype: torch.dtype
) -> None:
    """Value by value, in whichever of several files they are, read before and read now."""
    model = read(saved(tmp_path, stored), dtype)
    whole = model.get_input_embeddings()
    leave_embedding_in_file(model, tmp_path)
    left = model.get_input_embeddings()
    assert isinstance(left, StoredEmbedding)
    with torch.inference_mode():
        for ids in (IDS, IDS.flip(0), torch.arange(200)):
            assert torch.equal(left(ids), whole(ids))
    assert sum(weight.numel() for weight in model.parameters()) == model.num_parameters()


@pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere the system may count pages otherwise"
)
def test_only_rows_that_are_wanted_take_memory(tmp_path: Path) -> None:
    """Of a table of 205 MB some two are held, once a text has been read."""
    saved(tmp_path, torch.bfloat16, vocab_size=100_000, hidden_size=512)
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-c", MEASURED, str(tmp_path)], capture_output=True, check=True
    )
    assert int(done.stdout) > 150e6


def test_what_the_output_layer_uses_too_is_kept(tmp_path: Path) -> None:
    """All of its rows are wanted at every step."""
    model = read(saved(tmp_path, torch.float32, tie_word_embeddings=True))
    leave_embedding_in_file(model, tmp_path)
    assert type(model.get_input_embeddings()) is Embedding


def test_an_embedding_of_another_class_is_kept(tmp_path: Path) -> None:
    """Gemma scales what its embedding returns."""
    model = read(saved(tmp_path, torch.float32, "gemma3_text"))
    kept = model.get_input_embeddings()
    leave_embedding_in_file(model, tmp_path)
    assert model.get_input_embeddings() is kept


def test_other_numbers_in_the_file_are_not_used(tmp_path: Path) -> None:
    """What a model made of its file while it was loaded is not undone."""
    model = read(saved(tmp_path, torch.float32))
    kept = model.get_input_embeddings()
    with torch.no_grad():
        kept.weight *= 2
    leave_embedding_in_file(model, tmp_path)
    assert model.get_input_embeddings() is kept


def test_a_file_cut_short_is_said(tmp_path: Path) -> None:
    """Not read as other numbers."""
    model = read(saved(tmp_path, torch.float32))
    leave_embedding_in_file(model, tmp_path)
    for path in tmp_path.glob("*.safetensors"):
        os.truncate(path, 100)
    with pytest.raises(OSError, match="has become shorter"):
        model(input_ids=torch.tensor([[150]]))
