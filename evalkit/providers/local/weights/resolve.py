"""From what a config says to a folder that can be loaded."""

from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING, Final

from evalkit.config.schema import (
    FolderWeights,
    GgufWeights,
    HubWeights,
    PresetWeights,
    TinyWeights,
    Weights,
)
from evalkit.errors import WeightsError
from evalkit.providers.local.weights import hub, presets, tiny
from evalkit.providers.local.weights.check import folder_flaws
from evalkit.providers.local.weights.convert import convert
from evalkit.providers.local.weights.fetch import fetch, file_in
from evalkit.providers.local.weights.model_cache import sha256, shelve, whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from evalkit.providers.local.weights.model_cache import Progress
    from evalkit.providers.local.weights.presets import Preset

# Raised whenever the same GGUF file would be converted to another folder.
_CONVERTER_VERSION: Final = 1


def resolve(
    spec: Weights,
    *,
    cache: Path,
    progress: Progress | None = None,
    texts: Sequence[str] = (),
) -> Path:
    """Return a local folder in the layout of the hub, fetched, converted or made if need be.

    The cache keeps it, so that the next call costs nothing. Several processes may call this at
    once: one of them does the work.

    Args:
        spec: where the model comes from.
        cache: the user's cache folder; made if it is not there.
        progress: told what is being done, and how much of how much of it is done.
        texts: what the tiny model is going to read; its tokenizer is made for them.

    Raises:
        WeightsError: the weights cannot be fetched or written, or are not what they claim to be.
    """
    report = progress or _ignore
    shelf = cache / "weights"
    try:
        match spec:
            case PresetWeights(preset=name):
                return _resolve_preset(presets.find(name), shelf, report)
            case FolderWeights(folder=folder):
                return _require_model(folder)
            case GgufWeights():
                folder = _converted(shelf, spec.sha256)
                return shelve(folder, lambda draft: _convert_own(spec, draft, report), report)
            case HubWeights():
                folder = _linked(shelf, spec)
                return shelve(folder, lambda draft: _link(spec, draft, report), report)
            case TinyWeights(tiny=seed):
                folder = _drawn(shelf, seed, texts)
                return shelve(folder, lambda draft: _draw(seed, texts, draft), report)
    except OSError as error:
        message = f"{error.filename or shelf}: {error.strerror or error}"
        raise WeightsError(message) from error


def bytes_to_download(spec: Weights, cache: Path) -> int | None:
    """Return how much `resolve` would fetch: 0 if nothing, None if the hub does not say."""
    shelf = cache / "weights"
    match spec:
        case PresetWeights(preset=name):
            preset = presets.find(name)
            folder = _converted(shelf, preset.sha256)
            here = whole(folder) or file_in(preset, _workshop(folder)).exists()
            return 0 if here else preset.n_bytes
        case HubWeights():
            return 0 if whole(_linked(shelf, spec)) else hub.count_bytes(spec)
        case _:
            return 0


def _resolve_preset(preset: Preset, shelf: Path, report: Progress) -> Path:
    folder = _converted(shelf, preset.sha256)
    workshop = _workshop(folder)

    def make(draft: Path) -> Mapping[str, str]:
        convert(fetch(preset, workshop, report), draft, report)
        return {"preset": preset.name, "gguf_sha256": preset.sha256}

    shelve(folder, make, report)
    shutil.rmtree(workshop, ignore_errors=True)
    return folder


def _convert_own(spec: GgufWeights, draft: Path, report: Progress) -> Mapping[str, str]:
    found = sha256(spec.gguf)
    if found != spec.sha256:
        message = f"{spec.gguf}: SHA-256 is {found}, the config says {spec.sha256}"
        raise WeightsError(message)
    convert(spec.gguf, draft, report)
    return {"gguf": str(spec.gguf), "gguf_sha256": spec.sha256}


def _link(spec: HubWeights, draft: Path, report: Progress) -> Mapping[str, str]:
    source = hub.link_snapshot(spec, draft, report)
    _require_model(draft)
    return source


def _draw(seed: int, texts: Sequence[str], draft: Path) -> Mapping[str, str]:
    tiny.make_tiny(seed, texts, draft)
    return {"tiny": str(seed)}


def _require_model(folder: Path) -> Path:
    if flaws := folder_flaws(folder):
        raise WeightsError("\n".join(f"{what}; {remedy}" for what, remedy in flaws))
    return folder.absolute()


def _converted(shelf: Path, digest: str) -> Path:
    return shelf / f"gguf-{digest[:16]}-v{_CONVERTER_VERSION}"


def _linked(shelf: Path, spec: HubWeights) -> Path:
    return shelf / f"hub-{spec.hub.replace('/', '--')}-{spec.revision[:16]}"


def _drawn(shelf: Path, seed: int, texts: Sequence[str]) -> Path:
    characters = "".join(sorted({char for text in texts for char in text}))
    digest = hashlib.sha256(characters.encode("utf-8", "surrogatepass")).hexdigest()
    return shelf / f"tiny-{seed}-{digest[:16]}-v{tiny.VERSION}"


def _workshop(folder: Path) -> Path:
    """Return where a model is fetched; kept when interrupted, unlike the draft of the folder."""
    return folder.with_name(f"{folder.name}.fetch")


def _ignore(_label: str, _done: int, _total: int) -> None:
    """Tell nobody."""
