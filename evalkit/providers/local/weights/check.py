"""What is wrong with the weights that a config names: found without network and without loading."""

from __future__ import annotations

import json
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from evalkit.config.files import opened
from evalkit.config.sources import FolderAdapter, FolderWeights, GgufWeights, PresetWeights
from evalkit.errors import Problem, WeightsError, missing_extra
from evalkit.providers.local.weights import presets, safetensors

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.config.sources import Adapter, Weights
    from evalkit.errors import Code

_PICKLES: Final = {".bin", ".pt", ".pth", ".ckpt"}
_TOKENIZERS: Final = ("tokenizer.json", "tokenizer.model", "vocab.json", "tokenizer_config.json")
_INDEX: Final = "model.safetensors.index.json"
_ADAPTER_CONFIG: Final = "adapter_config.json"
ADAPTER_WEIGHTS: Final = "adapter_model.safetensors"
_PACKAGES: Final = ("torch", "transformers", "tokenizers", "safetensors")

Flaw = tuple[str, str]
"""What is wrong, and what to do."""


def weights_problems(spec: Weights) -> list[Problem]:
    """Return everything wrong with a spec that can be seen from here; empty if nothing is.

    Keys are relative to the spec; file and line are for the caller to fill in.
    """
    found = [missing_extra("local", name) for name in _PACKAGES if not find_spec(name)][:1]
    match spec:
        case PresetWeights(preset=name) if name not in presets.PRESETS:
            what, remedy = f"unknown preset `{name}`", presets.nearest(name)
            found.append(_problem("unknown", "preset", (what, remedy)))
        case FolderWeights(folder=folder):
            found += [_problem("unusable", "folder", flaw) for flaw in folder_flaws(folder)]
        case GgufWeights(gguf=path):
            found += _gguf_problems(path)
        case _:
            pass
    if isinstance(spec, PresetWeights | GgufWeights) and not find_spec("gguf"):
        found.append(missing_extra("gguf", "gguf"))
    return found


def adapter_problems(spec: Adapter) -> list[Problem]:
    """Return everything wrong with an adapter that can be seen from here, keys as above."""
    found = [] if find_spec("peft") else [missing_extra("adapters", "peft")]
    if isinstance(spec, FolderAdapter):
        found += [_problem("unusable", "folder", flaw) for flaw in adapter_flaws(spec.folder)]
    return found


def folder_flaws(folder: Path) -> list[Flaw]:
    """Return what keeps a folder from being a model; of the weights only headers are read."""
    if not folder.is_dir():
        return [(f"{folder} is not a folder", "name the folder that holds config.json")]
    names = {path.name for path in folder.iterdir()}
    flaws = []
    if "config.json" not in names:
        flaws.append((f"{folder} has no config.json", "name the folder that holds it"))
    if not names.intersection(_TOKENIZERS):
        flaws.append((f"{folder} has no tokenizer", "put the model's tokenizer files beside it"))
    return odd_files(folder) or flaws + _weights_flaws(folder)


def odd_files(folder: Path) -> list[Flaw]:
    """Return each file of a folder that a library would wait for, or read, without end."""
    return [
        (f"{path} is not a regular file", "put the model's own file there")
        for path in sorted(folder.glob("*"))
        if path.exists() and not (path.is_file() or path.is_dir())
    ]


def adapter_flaws(folder: Path) -> list[Flaw]:
    """Return what keeps a folder from being a LoRA adapter, as peft writes it."""
    if odd := odd_files(folder):
        return odd
    config = _read_json(folder / _ADAPTER_CONFIG)
    if config is None:
        remedy = "name the folder that peft has written"
        return [(f"{folder} has no readable {_ADAPTER_CONFIG}", remedy)]
    flaws = []
    if config.get("peft_type") != "LORA":
        what = f"{folder} holds an adapter of type {config.get('peft_type')}"
        flaws.append((what, "only LORA is supported"))
    if not (folder / ADAPTER_WEIGHTS).exists():
        remedy = "pickles are never opened: save the adapter as safetensors"
        flaws.append((f"{folder} has no {ADAPTER_WEIGHTS}", remedy))
        return flaws
    return flaws + _header_flaws(folder / ADAPTER_WEIGHTS)


def _weights_flaws(folder: Path) -> list[Flaw]:
    weights = sorted(folder.glob("*.safetensors"))
    if not weights:
        if any(path.suffix in _PICKLES for path in folder.iterdir()):
            remedy = "pickles are never opened: save the model as safetensors"
            return [(f"{folder} has its weights as pickles only", remedy)]
        return [(f"{folder} has no *.safetensors", "name the folder that holds the weights")]
    flaws = [
        (f"{folder} lacks {name}, which its index names", "fetch it again")
        for name in sorted(_indexed(folder) - {path.name for path in weights})
    ]
    return flaws + [flaw for path in weights for flaw in _header_flaws(path)]


def _header_flaws(path: Path) -> list[Flaw]:
    try:
        safetensors.check_length(path)
    except OSError as error:
        return [(f"{path} cannot be read: {error.strerror}", "fetch it again")]
    except WeightsError as error:
        what, _, remedy = str(error).partition("; ")
        return [(what, remedy)]
    return []


def _indexed(folder: Path) -> set[str]:
    """Return the files that a folder's index names; none where it has no index."""
    if not (folder / _INDEX).exists():
        return set()
    try:
        return set((_read_json(folder / _INDEX) or {})["weight_map"].values())
    except (LookupError, TypeError, AttributeError):
        return {f"a readable {_INDEX}"}


def _read_json(path: Path) -> dict[str, Any] | None:
    """Return the object that a file holds; None where it cannot be read."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _gguf_problems(path: Path) -> list[Problem]:
    try:
        with opened(path) as file:
            magic = file.read(4)
    except OSError as error:
        flaw = (f"{path} cannot be read: {error.strerror}", "name a GGUF file")
        return [_problem("unreadable", "gguf", flaw)]
    if magic == b"GGUF":
        return []
    flaw = (f"{path} is not a GGUF file", "name a file that begins with `GGUF`")
    return [_problem("malformed", "gguf", flaw)]


def _problem(code: Code, key: str, flaw: Flaw) -> Problem:
    return Problem(code=code, file="", key=key, what=flaw[0], remedy=flaw[1])
