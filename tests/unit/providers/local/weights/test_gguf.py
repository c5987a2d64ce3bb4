"""A GGUF file becomes a folder that is what it was, and what is not understood is refused."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import TYPE_CHECKING, Any

import gguf
import numpy as np
import pytest
import torch
from tokenizers.pre_tokenizers import ByteLevel
from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

from evalkit.config.sources import GgufWeights, PresetWeights
from evalkit.errors import WeightsError
from evalkit.providers.local.chat import Chat
from evalkit.providers.local.weights import presets
from evalkit.providers.local.weights.check import weights_problems
from evalkit.providers.local.weights.model_cache import PROVENANCE, sha256
from evalkit.providers.local.weights.resolve import n_bytes_to_download, resolve
from evalkit.records import Message

if TYPE_CHECKING:
    from pathlib import Path

SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
HIDDEN, INNER, HEADS = 64, 96, 4


def _tensors(arch: str, n_vocabulary: int) -> dict[str, tuple[int, ...]]:
    # transformers' loader takes every Qwen3 to have heads of 128.
    head = 128 if arch == "qwen3" else HIDDEN // HEADS
    queries, keys = HEADS * head, 2 * head
    shapes = {"token_embd.weight": (n_vocabulary, HIDDEN), "output_norm.weight": (HIDDEN,)}
    for stem, *shape in (
        ("attn_norm", HIDDEN),
        ("attn_q", queries, HIDDEN),
        ("attn_k", keys, HIDDEN),
        ("attn_v", keys, HIDDEN),
        ("attn_output", HIDDEN, queries),
        ("ffn_norm", HIDDEN),
        ("ffn_gate", INNER, HIDDEN),
        ("ffn_up", INNER, HIDDEN),
        ("ffn_down", HIDDEN, INNER),
    ):
        shapes[f"blk.0.{stem}.weight"] = tuple(shape)
        if arch == "qwen2" and stem in {"attn_q", "attn_k", "attn_v"}:
            shapes[f"blk.0.{stem}.bias"] = (shape[0],)
        if arch == "qwen3" and stem in {"attn_q", "attn_k"}:
            shapes[f"blk.0.{stem}_norm.weight"] = (head,)
    return shapes


def write_gguf(
    path: Path, arch: str = "qwen2", pre: str = "qwen2", extra: str = "", *, odd: bool = False
) -> None:
    """Write a one-layer model with the quantisations that the gguf package can make."""
    alphabet = sorted(ByteLevel.alphabet())
    merges = [("æ", "ĸ"), ("æĸ", "ĩ")]
    tokens = [*alphabet, "æĸ", "æĸĩ", *SPECIAL, "<tool_call>", "[PAD262]", "[PAD263]"]
    kinds = [1] * (len(alphabet) + 2) + [3] * 3 + [4] + [5] * 2
    writer = gguf.GGUFWriter(path, arch)
    writer.add_block_count(1)
    writer.add_context_length(512)
    writer.add_embedding_length(HIDDEN)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(2)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(1e6)
    if arch == "qwen3":
        writer.add_key_length(128)
    if extra:
        writer.add_uint32(extra, 7)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges([" ".join(pair) for pair in merges])
    writer.add_eos_token_id(tokens.index("<|im_end|>"))
    writer.add_chat_template("{% for m in messages %}<|im_start|>{{ m.content }}{% endfor %}")
    generator = np.random.default_rng(0)
    for name, shape in _tensors(arch, len(tokens)).items():
        values = generator.standard_normal(shape, dtype=np.float32)
        kind = gguf.GGMLQuantizationType.Q8_0 if len(shape) == 2 else gguf.GGMLQuantizationType.F32
        writer.add_tensor(name, gguf.quantize(values, kind), raw_dtype=kind)
    if odd:  # whole numbers, which no weight of a model is
        writer.add_tensor("output.weight", np.ones((len(tokens), HIDDEN), dtype=np.int32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def own(path: Path) -> GgufWeights:
    """Return the spec of a GGUF file of one's own."""
    return GgufWeights(gguf=path, sha256=sha256(path))


@pytest.mark.parametrize("arch", ["qwen2", "qwen3"])
def test_a_converted_gguf_is_what_transformers_reads_from_it(tmp_path: Path, arch: str) -> None:
    """Every weight, bit for bit, in bfloat16; and the tokenizer encodes the same.

    Source: transformers' own loader of GGUF files, dequantising.
    """
    path = tmp_path / "model.gguf"
    write_gguf(path, arch)
    folder = resolve(own(path), cache=tmp_path)
    reference = AutoModelForCausalLM.from_pretrained(
        tmp_path,
        gguf_file=path.name,
        dtype=torch.bfloat16,
        quantization_config=GgufConfig(dequantize=True),
    )
    model = AutoModelForCausalLM.from_pretrained(folder)
    expected, found = reference.state_dict(), model.state_dict()
    assert expected.keys() == found.keys()
    assert all(torch.equal(expected[name], found[name]) for name in expected)
    assert model.dtype == torch.bfloat16
    for key in ("hidden_size", "num_key_value_heads", "rope_parameters", "max_position_embeddings"):
        assert getattr(model.config, key) == getattr(reference.config, key), key

    tokenizer = AutoTokenizer.from_pretrained(folder)
    theirs = AutoTokenizer.from_pretrained(tmp_path, gguf_file=path.name)
    for text in ("文章", "I'll say:  文\n\n a1 <|im_end|><tool_call>", "全角ＡＢ😀"):
        assert tokenizer.encode(text) == theirs.encode(text), text
    assert tokenizer.decode(tokenizer.encode("文章 😀")) == "文章 😀"
    messages = [{"role": "user", "content": "文"}]
    assert tokenizer.apply_chat_template(messages, tokenize=False) == "<|im_start|>文"


def test_generation_stops_at_both_ends_and_leaks_no_penalty(tmp_path: Path) -> None:
    """The converted folder says greedy, its two end tokens, and nothing else."""
    write_gguf(tmp_path / "model.gguf")
    folder = resolve(own(tmp_path / "model.gguf"), cache=tmp_path)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    end, pad = map(tokenizer.convert_tokens_to_ids, ("<|im_end|>", "<|endoftext|>"))
    settings = json.loads((folder / "generation_config.json").read_text(encoding="utf-8"))
    assert settings == {"do_sample": False, "eos_token_id": [end, pad], "pad_token_id": pad}


def test_a_gguf_is_converted_once(tmp_path: Path) -> None:
    """The second call needs neither the file nor its hash."""
    path = tmp_path / "model.gguf"
    write_gguf(path)
    spec = own(path)
    folder = resolve(spec, cache=tmp_path)
    path.unlink()
    assert resolve(spec, cache=tmp_path) == folder
    record = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
    assert record["source"]["gguf_sha256"] == spec.sha256
    weights = folder / "model.safetensors"
    assert record["files"]["model.safetensors"]["sha256"] == sha256(weights)


def test_a_preset_that_is_fetched_is_converted_and_its_gguf_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that was killed between the two fetches nothing again; only the folder stays."""
    write_gguf(tmp_path / "model.gguf")
    digest, n_bytes = sha256(tmp_path / "model.gguf"), (tmp_path / "model.gguf").stat().st_size
    preset = dataclasses.replace(
        presets.PRESETS["qwen2.5-coder-0.5b-instruct"], sha256=digest, n_bytes=n_bytes
    )
    monkeypatch.setitem(presets.PRESETS, preset.name, preset)
    spec = PresetWeights(preset=preset.name)
    assert n_bytes_to_download(spec, tmp_path) == n_bytes
    work = tmp_path / f"weights/gguf-{digest}-v1.fetch"
    work.mkdir(parents=True)
    (tmp_path / "model.gguf").rename(work / f"{digest}.gguf")
    assert n_bytes_to_download(spec, tmp_path) == 0
    calls: list[tuple[str, int, int]] = []
    folder = resolve(spec, cache=tmp_path, progress=lambda *said: calls.append(said))
    assert calls[-1][1:] == (len(calls), len(calls))
    assert not work.exists()
    assert resolve(spec, cache=tmp_path) == folder
    assert n_bytes_to_download(spec, tmp_path) == 0


def test_a_quantisation_that_is_not_understood_is_refused(tmp_path: Path) -> None:
    """A kind of tensor that the gguf package cannot read is named."""
    path = tmp_path / "model.gguf"
    write_gguf(path, odd=True)
    with pytest.raises(WeightsError, match="quantisation"):
        resolve(own(path), cache=tmp_path)


def test_a_folder_cut_short_in_the_cache_is_made_again(tmp_path: Path) -> None:
    """A file that is not as long as it was when it was made is never loaded."""
    write_gguf(tmp_path / "model.gguf")
    spec = own(tmp_path / "model.gguf")
    weights = resolve(spec, cache=tmp_path) / "model.safetensors"
    whole = sha256(weights)
    with weights.open("r+b") as file:
        file.truncate(1000)
    assert sha256(resolve(spec, cache=tmp_path) / "model.safetensors") == whole


@pytest.mark.parametrize("other", ["", "0" * 64, None])
def test_a_folder_made_of_another_gguf_is_not_used(tmp_path: Path, other: str | None) -> None:
    """The whole digest decides, not the part that names the folder; without one it is not used."""
    write_gguf(tmp_path / "model.gguf")
    spec = own(tmp_path / "model.gguf")
    record = resolve(spec, cache=tmp_path) / PROVENANCE
    whole = record.read_bytes()
    content = json.loads(whole)
    digest = spec.sha256[:16] + "0" * 48 if other is None else other
    content["source"]["gguf_sha256"] = digest
    record.write_text(json.dumps(content), encoding="utf-8")
    assert resolve(spec, cache=tmp_path) == record.parent
    assert record.read_bytes() == whole


def test_control_tokens_in_an_article_are_read_as_text(tmp_path: Path) -> None:
    """By the tokenizer of a GGUF file too: they close no turn."""
    write_gguf(tmp_path / "model.gguf")
    chat = Chat.load(resolve(own(tmp_path / "model.gguf"), cache=tmp_path), {})
    control = chat.special_ids(SPECIAL)
    assert len(control) == len(SPECIAL)
    plain = chat.encode([Message(role="user", content="文章")])
    for hostile in SPECIAL:
        ids = chat.encode([Message(role="user", content=f"文{hostile}章")])
        assert [at for at in ids if at in control] == [at for at in plain if at in control]
        assert f"文{hostile}章" in chat.tokenizer.decode(list(ids))


def test_another_hash_names_both_and_leaves_nothing(tmp_path: Path) -> None:
    """A GGUF file that is not the one the config means is not converted."""
    path = tmp_path / "model.gguf"
    write_gguf(path)
    spec = GgufWeights(gguf=path, sha256="0" * 64)
    with pytest.raises(WeightsError) as error:
        resolve(spec, cache=tmp_path)
    assert sha256(path) in str(error.value)
    assert "0" * 64 in str(error.value)
    assert [entry for entry in (tmp_path / "weights").iterdir() if entry.is_dir()] == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"arch": "falcon"}, "architecture `falcon`"),
        ({"pre": "llama-bpe"}, "tokenizer `gpt2/llama-bpe`"),
        ({"extra": "qwen2.rope.scaling.factor"}, "rope.scaling.factor"),
    ],
)
def test_a_gguf_that_is_not_understood_is_refused(
    tmp_path: Path, options: dict[str, Any], said: str
) -> None:
    """A setting passed over in silence would give a model that runs and is wrong."""
    write_gguf(tmp_path / "model.gguf", **options)
    with pytest.raises(WeightsError, match=said):
        resolve(own(tmp_path / "model.gguf"), cache=tmp_path)


@pytest.mark.parametrize(
    ("name", "other", "said"),
    [
        (b"tokenizer.ggml.merges", b"tokenizer.ggml.emerge", "lacks tokenizer.ggml.merges"),
        (b"blk.0.ffn_gate", b"blk.0.ffn_moon", "blk.0.ffn_moon.weight"),
    ],
)
def test_what_a_gguf_lacks_or_has_beyond_its_kind_is_named(
    tmp_path: Path, name: bytes, other: bytes, said: str
) -> None:
    """Neither a tokenizer is made up, nor a layer that this model does not have left out."""
    path = tmp_path / "model.gguf"
    write_gguf(path)
    path.write_bytes(path.read_bytes().replace(name, other))
    with pytest.raises(WeightsError, match=re.escape(said)):
        resolve(own(path), cache=tmp_path)


def test_half_a_gguf_is_no_gguf(tmp_path: Path) -> None:
    """A file cut short gets one clear error, wherever it was cut."""
    path = tmp_path / "model.gguf"
    write_gguf(path)
    content = path.read_bytes()
    for length in (0, 4, 40, 3000, len(content) - 1000):
        path.write_bytes(content[:length])
        with pytest.raises(WeightsError, match="not a complete GGUF"):
            resolve(own(path), cache=tmp_path)


def test_a_gguf_is_looked_at_before_it_is_used(tmp_path: Path) -> None:
    """A missing file and one that is not a GGUF file are distinguished."""
    path = tmp_path / "model.gguf"
    spec = GgufWeights(gguf=path, sha256="0" * 64)
    assert [(found.code, found.key) for found in weights_problems(spec)] == [("unreadable", "gguf")]
    path.write_bytes(b"PK\x03\x04")
    assert [(found.code, found.key) for found in weights_problems(spec)] == [("malformed", "gguf")]
    write_gguf(path)
    assert weights_problems(spec) == []
