"""A model that is loaded is the one that was named, whole; what cannot be loaded is one line."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import psutil
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModelForCausalLM

from evalkit.errors import ModelLoadError, ProviderError, WeightsError
from evalkit.providers.local import digests
from evalkit.providers.local.digests import folder_digest
from evalkit.providers.local.load import load_model
from evalkit.providers.local.shared import SharedPath
from evalkit.providers.local.weights.model_cache import sha256
from evalkit.providers.local.weights.tiny import make_tiny
from tests.support.families import SMALL
from tests.support.tiny_model import config, loaded, opened

if TYPE_CHECKING:
    from pathlib import Path


def test_fingerprint_changes_with_what_changes_the_output(folder: Path, tmp_path: Path) -> None:
    """Weights, dtype, template arguments and the model's own code do; the batch size does not."""
    before = opened(folder).fingerprint
    others = [
        opened(folder, dtype="bfloat16").fingerprint,
        opened(folder, chat_template_kwargs={"a": 1}).fingerprint,
        opened(folder, trust_remote_code=True).fingerprint,
    ]
    copied = shutil.copytree(folder, tmp_path / "other")
    assert opened(copied).fingerprint == before
    make_tiny(1, ["别的"], copied)
    others.append(opened(copied).fingerprint)
    for code in ("a = 1", "a = 2"):
        (copied / "modeling.py").write_text(code, encoding="utf-8")
        others.append(opened(copied).fingerprint)
    assert len({before, *others}) == 7
    assert opened(folder, batch_size=3).fingerprint == before


def test_code_of_a_model_runs_only_where_the_config_says_so(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is asked, and a yes at the terminal or in a pipe changes nothing."""
    copied = shutil.copytree(folder, tmp_path / "model")
    settings = json.loads((copied / "config.json").read_bytes())
    settings |= {"model_type": "own", "auto_map": {"AutoConfig": "own.OwnConfig"}}
    (copied / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    code = f"open({str(tmp_path / 'ran')!r}, 'w')"
    (copied / "own.py").write_text(code, encoding="utf-8")
    answers = io.StringIO("y\n" * 9)
    monkeypatch.setattr(sys, "stdin", answers)
    with pytest.raises(ModelLoadError, match="custom code"):
        load_model(copied, None, config(copied))
    assert answers.tell() == 0
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("key", ["attn_implementation", "_attn_implementation"])
def test_no_kernel_of_a_hub_is_fetched_for_a_model(folder: Path, tmp_path: Path, key: str) -> None:
    """Its config may name a repository, whose code the library would run."""
    copied = shutil.copytree(folder, tmp_path / "model")
    settings = json.loads((copied / "config.json").read_bytes())
    (copied / "config.json").write_text(json.dumps(settings | {key: "a/kernel"}), encoding="utf-8")
    with loaded(copied) as session:
        assert session.facts["attention"] == "shared"
        assert session.model.config._attn_implementation in {"sdpa", "evalkit_shared"}  # noqa: SLF001 - the library has no public name


def test_weights_are_hashed_once(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file is hashed again only when its size or time says that it is another."""
    copied = shutil.copytree(folder, tmp_path / "model")
    hashed: list[str] = []
    right = sha256

    def counted(path: Path) -> str:
        hashed.append(path.name)
        return right(path)

    monkeypatch.setattr(digests, "sha256", counted)
    first = folder_digest(copied)
    assert folder_digest(copied) == first
    assert hashed.count("model.safetensors") == 1
    os.utime(copied / "model.safetensors", ns=(1, 1))
    assert folder_digest(copied) == first
    assert hashed.count("model.safetensors") == 2


def test_weights_that_do_not_fit_into_memory_are_refused_before_they_are_read(
    folder: Path, tmp_path: Path
) -> None:
    """With what they need, what there is, and the way that is left: a file with a hole in it."""
    n = int(psutil.virtual_memory().total // 2 + 1e9)  # numbers of two bytes
    copied = shutil.copytree(folder, tmp_path / "large")
    tensor = {"dtype": "BF16", "shape": [n], "data_offsets": [0, 2 * n]}
    header = json.dumps({"model.norm.weight": tensor}).encode()
    with (copied / "model.safetensors").open("wb") as file:
        file.write(len(header).to_bytes(8, "little") + header)
        file.truncate(8 + len(header) + 2 * n)
    for dtype, width in (("bfloat16", 2), ("float32", 4)):
        with pytest.raises(ModelLoadError) as error:
            load_model(copied, None, config(copied, dtype=dtype))
        assert f"its weights take {width * n / 1e9:,.1f} GB" in str(error.value)
        assert re.search(r"and cpu has [\d.,]+ GB free; .* `endpoint`", str(error.value))
        assert error.value.key == "weights"


def test_no_weights(folder: Path, tmp_path: Path) -> None:
    """A folder without safetensors is refused when the provider is opened."""
    copied = shutil.copytree(folder, tmp_path / "model", ignore=shutil.ignore_patterns("*.safe*"))
    with pytest.raises(WeightsError, match=r"no \*\.safetensors"):
        opened(copied)


def test_weights_that_are_not_all_there(folder: Path, tmp_path: Path) -> None:
    """What is missing is never made up: the model is refused, and a missing one is named."""
    copied = shutil.copytree(folder, tmp_path / "model")
    tensors = load_file(copied / "model.safetensors")
    lost = "model.layers.1.mlp.up_proj.weight"
    del tensors[lost]
    save_file(tensors, copied / "model.safetensors", {"format": "pt"})
    with (
        pytest.raises(ModelLoadError, match=f"it lacks 1 weight, such as {lost}"),
        loaded(copied),
    ):
        pass


def test_a_model_that_does_not_fit_is_one_that_cannot_be_loaded(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where memory runs out while its path is looked for: no slower path is taken for that."""

    def fail(*_: object, **__: object) -> None:
        message = "CUDA out of memory. Tried to allocate 2 GiB"
        raise torch.OutOfMemoryError(message)

    monkeypatch.setattr(SharedPath, "run", fail)
    with pytest.raises(ModelLoadError, match=r"cannot be loaded .* out of memory"), loaded(folder):
        pass


def test_no_such_device(folder: Path) -> None:
    """A device that this machine lacks is reported when the provider is opened."""
    with pytest.raises(ModelLoadError, match="no device cuda:77"):
        opened(folder, device="cuda:77")


@pytest.mark.parametrize(
    "change",
    [{"model_type": "no-such-family", "architectures": ["NoSuch"]}, {"hidden_size": 96}],
)
def test_what_the_library_cannot_run(folder: Path, tmp_path: Path, change: dict[str, Any]) -> None:
    """An unknown architecture, or weights of other shapes, is one line and no traceback."""
    copied = shutil.copytree(folder, tmp_path / "model")
    file = copied / "config.json"
    settings = json.loads(file.read_text(encoding="utf-8"))
    provider = opened(copied)
    file.write_text(json.dumps(settings | change), encoding="utf-8")
    with pytest.raises(ModelLoadError, match="cannot be loaded") as caught, provider.session([]):
        pass
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["tokenizer.json", "tokenizer_config.json", "config.json"])
@pytest.mark.parametrize("content", ["{", "[]", '{"model": 3}', '"text"'])
def test_files_that_no_library_can_read(
    folder: Path, tmp_path: Path, name: str, content: str
) -> None:
    """Whatever the library raises for them, it is this model's error, in one line."""
    copied = shutil.copytree(folder, tmp_path / "model")
    (copied / name).write_text(content, encoding="utf-8")
    try:
        with loaded(copied):
            pass
    except ProviderError as error:
        assert "\n" not in str(error)  # noqa: PT017 - some of these files can be read all the same


def test_a_session_frees_its_weights(folder: Path) -> None:
    """Also where somebody still holds the session: the next model needs the memory."""
    with loaded(folder) as session:
        assert session.model.device != torch.device("meta")
    assert session.model.device == torch.device("meta")


LOADED = """
import sys
from pathlib import Path

import torch
import transformers.models.qwen2.modeling_qwen2  # so that its code does not count

from evalkit.providers.local.load import load_model
from tests.support.tiny_model import config

def peak_kib():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

torch.set_num_threads(1)
folder = Path(sys.argv[1])
before = peak_kib()
load_model(folder, None, config(folder, dtype=sys.argv[2]))
print(peak_kib() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_weights_are_held_once(tmp_path: Path, dtype: str) -> None:
    """They take a quarter more than themselves at most, in their file's dtype and in another."""
    settings: Any = AutoConfig
    wide = {"hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 8}
    made = settings.for_model("qwen2", **(SMALL | wide))
    library: Any = AutoModelForCausalLM
    model = library.from_config(made).to(torch.bfloat16)
    model.save_pretrained(tmp_path, max_shard_size="40MB")
    width = getattr(torch, dtype).itemsize
    n_bytes = width * sum(parameter.numel() for parameter in model.parameters())
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-c", LOADED, str(tmp_path), dtype], capture_output=True, check=True
    )
    assert 0.9 * n_bytes < 1024 * int(done.stdout) < 1.25 * n_bytes


def test_converted_weights_are_those_the_library_converts(tmp_path: Path) -> None:
    """Value by value, tied ones too, whatever dtype the file has."""
    settings: Any = AutoConfig
    library: Any = AutoModelForCausalLM
    for tied in (True, False):
        made = settings.for_model("qwen2", **(SMALL | {"tie_word_embeddings": tied}))
        library.from_config(made).to(torch.bfloat16).save_pretrained(tmp_path)
        for dtype in (torch.float32, torch.float16, torch.bfloat16):
            entry = config(tmp_path, dtype=str(dtype).removeprefix("torch."))
            ours: Any = load_model(tmp_path, None, entry)
            theirs = library.from_pretrained(tmp_path, dtype=dtype)
            assert (ours.dtype, type(ours)) == (dtype, type(theirs))
            assert ours.state_dict().keys() == theirs.state_dict().keys()
            for name, tensor in theirs.state_dict().items():
                assert torch.equal(ours.state_dict()[name], tensor), name
            shared = ours.get_output_embeddings().weight is ours.get_input_embeddings().weight
            assert shared == tied
