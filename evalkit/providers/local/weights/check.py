"""What is wrong with the weights that a config names: found without network and without loading."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from evalkit.config.schema import FolderWeights, GgufWeights, PresetWeights, Weights
from evalkit.errors import Problem, WeightsError
from evalkit.providers.local.weights import presets, safetensors

if TYPE_CHECKING:
    from pathlib import Path

_PICKLES: Final = {".bin", ".pt", ".pth", ".ckpt"}
_TOKENIZERS: Final = ("tokenizer.json", "tokenizer.model", "vocab.json", "tokenizer_config.json")
_INDEX: Final = "model.safetensors.index.json"


def problems(spec: Weights) -> list[Problem]:
    """Return everything wrong with a spec that can be seen from here; empty if nothing is.

    The problems name the spec's own key; file and line are for the caller to fill in, who knows
    where the spec stands.
    """
    match spec:
        case PresetWeights(preset=name) if name not in presets.PRESETS:
            remedy = presets.nearest(name)
            return [Problem(file="", key="preset", what=f"unknown preset `{name}`", remedy=remedy)]
        case FolderWeights(folder=folder):
            return [
                Problem(file="", key="folder", what=what, remedy=remedy)
                for what, remedy in folder_flaws(folder)
            ]
        case GgufWeights(gguf=path):
            return _gguf_problems(path)
        case _:
            return []


def folder_flaws(folder: Path) -> list[tuple[str, str]]:
    """Return what keeps a folder from being a model, each with its remedy.

    Of the weights only the headers are read.
    """
    if not folder.is_dir():
        return [(f"{folder} is no folder", "name the folder that holds config.json")]
    names = {path.name for path in folder.iterdir()}
    flaws = []
    if "config.json" not in names:
        flaws.append((f"{folder} has no config.json", "name the folder that holds it"))
    if not names.intersection(_TOKENIZERS):
        flaws.append((f"{folder} has no tokenizer", "put the model's tokenizer files beside it"))
    return flaws + _weights_flaws(folder)


def _weights_flaws(folder: Path) -> list[tuple[str, str]]:
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
    for path in weights:
        try:
            safetensors.check_length(path)
        except WeightsError as error:
            what, _, remedy = str(error).partition("; ")
            flaws.append((what, remedy))
    return flaws


def _indexed(folder: Path) -> set[str]:
    try:
        index = json.loads((folder / _INDEX).read_text(encoding="utf-8"))
        return set(index["weight_map"].values())
    except FileNotFoundError:
        return set()
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {f"a readable {_INDEX}"}


def _gguf_problems(path: Path) -> list[Problem]:
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        what, remedy = f"{path} cannot be read: {error.strerror}", "name a GGUF file"
    else:
        if magic == b"GGUF":
            return []
        what, remedy = f"{path} is no GGUF file", "name a file that begins with `GGUF`"
    return [Problem(file="", key="gguf", what=what, remedy=remedy)]
