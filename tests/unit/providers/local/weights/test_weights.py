"""Whatever a config names ends as one sound folder, in the cache once, with the right hash."""

from __future__ import annotations

import json
import os
import random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer

from evalkit.config.sources import FolderWeights, GgufWeights, PresetWeights, TinyWeights
from evalkit.errors import WeightsError
from evalkit.providers.local.digests import folder_digest
from evalkit.providers.local.weights.check import folder_flaws, weights_problems
from evalkit.providers.local.weights.model_cache import require_sound
from evalkit.providers.local.weights.resolve import n_bytes_to_download, resolve

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TEXTS = ("小河流过村庄。", "村里有 3 座桥，é！")


def test_the_tiny_model_is_made_whole(tmp_path: Path) -> None:
    """It loads, has one token a character, spells any other text, and ends at `<|im_end|>`."""
    folder = resolve(TinyWeights(tiny=0), cache=tmp_path, texts=TEXTS)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    for text in TEXTS:
        assert len(tokenizer.encode(text)) == len(text)
    strange = "没见过的字😀\x00\u202e"
    assert tokenizer.decode(tokenizer.encode(strange)) == strange
    messages = [{"role": "user", "content": "几座桥？"}]
    prompt = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    assert prompt == "<|im_start|>user\n几座桥？<|im_end|>\n<|im_start|>assistant\n"
    model: Any = AutoModelForCausalLM.from_pretrained(folder)
    assert model.generation_config.eos_token_id[0] == tokenizer.eos_token_id
    assert model.dtype == torch.float32
    assert model.config.num_hidden_layers == 2
    written = model.generate(
        torch.tensor([tokenizer.encode(prompt)]), max_new_tokens=8, do_sample=False
    )
    assert len(set(written[0, -8:].tolist())) > 1


def _global_random_states() -> str:
    legacy = np.random.get_state()  # noqa: NPY002 - the global state is the one to be left alone
    return repr((legacy, random.getstate(), torch.get_rng_state().tolist()))


def test_the_tiny_model_follows_from_seed_and_characters_alone(tmp_path: Path) -> None:
    """The same bytes every time, whatever the global random state; another seed, another model."""
    before = _global_random_states()
    one = resolve(TinyWeights(tiny=0), cache=tmp_path / "one", texts=TEXTS)
    assert _global_random_states() == before
    two = resolve(TinyWeights(tiny=0), cache=tmp_path / "two", texts=TEXTS[::-1])
    assert one.name == two.name
    assert folder_digest(one) == folder_digest(two)
    other = resolve(TinyWeights(tiny=1), cache=tmp_path / "one", texts=TEXTS)
    wider = resolve(TinyWeights(tiny=0), cache=tmp_path / "one", texts=(*TEXTS, "山"))
    assert len({folder_digest(folder) for folder in (one, other, wider)}) == 3


def test_a_fingerprint_follows_the_bytes(tmp_path: Path) -> None:
    """A file changed behind the record's back is hashed again; a copy is the same model."""
    folder = resolve(TinyWeights(tiny=0), cache=tmp_path, texts=TEXTS)
    before = folder_digest(folder)
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in folder.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    assert folder_digest(copy) == before
    weights = folder / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    assert folder_digest(folder) != before


def test_a_folder_does_not_choose_its_own_fingerprint(tmp_path: Path) -> None:
    """Nothing is read from it but the model, and nothing is written into it."""
    folder = resolve(TinyWeights(tiny=0), cache=tmp_path, texts=TEXTS)
    before, files = folder_digest(folder), set(folder.iterdir())
    stat = (folder / "model.safetensors").stat()
    claim = {"model.safetensors": [stat.st_size, stat.st_mtime_ns, "0" * 64]}
    (folder / ".evalkit-digests").write_text(json.dumps(claim), encoding="utf-8")
    assert folder_digest(folder) == before
    assert set(folder.iterdir()) - files == {folder / ".evalkit-digests"}


def test_weights_that_changed_in_the_cache_are_found_when_loaded(tmp_path: Path) -> None:
    """Though size and time are as before; the next call makes them again."""
    folder = resolve(TinyWeights(tiny=0), cache=tmp_path, texts=TEXTS)
    require_sound(folder)
    weights = folder / "model.safetensors"
    whole, stat = weights.read_bytes(), weights.stat()
    weights.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    os.utime(weights, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    with pytest.raises(WeightsError, match="is not what was written there"):
        require_sound(folder)
    assert resolve(TinyWeights(tiny=0), cache=tmp_path, texts=TEXTS) == folder
    assert weights.read_bytes() == whole


def test_a_sound_folder_is_used_where_it_is(tmp_path: Path) -> None:
    """Nothing is copied, and nothing is to be fetched."""
    made = resolve(TinyWeights(tiny=0), cache=tmp_path, texts=TEXTS)
    spec = FolderWeights(folder=made)
    assert weights_problems(spec) == []
    assert resolve(spec, cache=tmp_path / "unused") == made
    assert n_bytes_to_download(spec, tmp_path) == 0
    assert not (tmp_path / "unused").exists()


def _rename(path: Path, name: str) -> Path:
    return path.rename(path.with_name(name))


def _index(folder: Path, text: str) -> None:
    (folder / "model.safetensors.index.json").write_text(text, encoding="utf-8")


SPOILT: dict[str, Callable[[Path], object]] = {
    "is not a folder": lambda folder: _rename(folder, "elsewhere"),
    "no config.json": lambda folder: (folder / "config.json").unlink(),
    "no tokenizer": lambda folder: [
        _rename(path, f"no-{path.name}") for path in folder.glob("tokenizer*")
    ],
    "no *.safetensors": lambda folder: (folder / "model.safetensors").unlink(),
    "pickles only": lambda folder: _rename(folder / "model.safetensors", "pytorch_model.bin"),
    "where its header says": lambda folder: os.truncate(folder / "model.safetensors", 99_999),
    "not a safetensors file": lambda folder: (folder / "model.safetensors").write_bytes(
        b"\xff" * 9
    ),
    "lacks b.safetensors": lambda folder: _index(folder, '{"weight_map": {"x": "b.safetensors"}}'),
    "lacks a readable": lambda folder: _index(folder, "{"),
}


@pytest.mark.parametrize("said", SPOILT)
def test_a_spoilt_folder_is_found_before_loading(tmp_path: Path, said: str) -> None:
    """`problems` and `resolve` say the same, with the key and a remedy."""
    folder = resolve(TinyWeights(tiny=0), cache=tmp_path, texts=TEXTS)
    SPOILT[said](folder)
    (problem,) = weights_problems(FolderWeights(folder=folder))
    assert said in problem.what
    assert (problem.code, problem.key, bool(problem.remedy)) == ("unusable", "folder", True)
    with pytest.raises(WeightsError) as error:
        resolve(FolderWeights(folder=folder), cache=tmp_path)
    assert problem.what in str(error.value)


def test_everything_wrong_with_a_folder_is_said_at_once(tmp_path: Path) -> None:
    """An empty folder lacks three things."""
    assert len(weights_problems(FolderWeights(folder=tmp_path))) == 3


def test_an_unknown_preset_is_offered_the_nearest_one(tmp_path: Path) -> None:
    """A slip of the finger costs one look; nonsense gets the whole list."""
    spec = PresetWeights(preset="qwen2.5-coder-0.5b-instrukt")
    (problem,) = weights_problems(spec)
    assert (problem.code, problem.key) == ("unknown", "preset")
    assert "did you mean `qwen2.5-coder-0.5b-instruct`?" in problem.remedy
    with pytest.raises(WeightsError, match="did you mean"):
        resolve(spec, cache=tmp_path)
    (problem,) = weights_problems(PresetWeights(preset="?"))
    assert "qwen2.5-coder-1.5b-instruct" in problem.remedy
    assert weights_problems(PresetWeights(preset="qwen2.5-coder-0.5b-instruct")) == []


def test_a_preset_says_what_it_weighs(tmp_path: Path) -> None:
    """Before anything is fetched; a model of one's own weighs nothing."""
    assert n_bytes_to_download(PresetWeights(preset="qwen2.5-coder-0.5b-instruct"), tmp_path) == (
        491_400_064
    )
    assert n_bytes_to_download(TinyWeights(tiny=0), tmp_path) == 0


def test_the_weights_written_are_what_the_safetensors_library_reads(tmp_path: Path) -> None:
    """The tensor-by-tensor writer keeps to the format. Source: safetensors' own reader."""
    folder = resolve(TinyWeights(tiny=0), cache=tmp_path, texts=TEXTS)
    tensors: dict[str, Any] = load_file(folder / "model.safetensors")
    assert tensors["model.norm.weight"].tolist() == [1.0] * 64
    assert -1 <= tensors["model.embed_tokens.weight"].min() < -0.9


def test_a_cache_that_cannot_be_written_is_one_error(tmp_path: Path) -> None:
    """No traceback for a wrong path."""
    (tmp_path / "cache").write_text("a file", encoding="utf-8")
    with pytest.raises(
        WeightsError,
        match=r"cache/weights: cannot be written \(Not a directory\); .* EVALKIT_CACHE",
    ):
        resolve(TinyWeights(tiny=0), cache=tmp_path / "cache")


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors", "x.txt"])
def test_a_pipe_or_a_device_is_never_read(tmp_path: Path, name: str) -> None:
    """The libraries would wait for the one, and fill the memory with the other."""
    folder = resolve(TinyWeights(tiny=0), cache=tmp_path, texts=TEXTS)
    (folder / name).unlink(missing_ok=True)
    os.mkfifo(folder / name)
    assert folder_flaws(folder) == [
        (f"{folder / name} is not a regular file", "put the model's own file there")
    ]
    os.mkfifo(tmp_path / "x.gguf")
    (problem,) = weights_problems(GgufWeights(gguf=tmp_path / "x.gguf", sha256="0" * 64))
    assert "cannot be read: not a regular file" in problem.what
