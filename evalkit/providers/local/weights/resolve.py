"""From what a config says to a folder that can be loaded."""

from __future__ import annotations

import shutil
from functools import partial
from typing import TYPE_CHECKING, Final

from evalkit.config.sources import (
    Adapter,
    FolderWeights,
    GgufWeights,
    HubAdapter,
    HubWeights,
    PresetWeights,
    TinyWeights,
    Weights,
)
from evalkit.errors import WeightsError
from evalkit.providers.local.weights import presets, tiny
from evalkit.providers.local.weights.check import adapter_flaws, folder_flaws
from evalkit.providers.local.weights.fetch import fetch, file_in
from evalkit.providers.local.weights.model_cache import build_once, is_complete, sha256
from evalkit.records.hashing import hash_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from evalkit.providers.local.weights.model_cache import Progress
    from evalkit.providers.local.weights.presets import Preset

# Raised whenever the same GGUF file would be converted to another folder.
_CONVERTER_VERSION: Final = 1


def _ignore(_what: str, _n_done: int, _n_total: int) -> None:
    """Report nothing."""


def resolve(
    spec: Weights,
    *,
    cache: Path,
    progress: Progress = _ignore,
    texts: Iterable[str] = (),
    with_code: bool = False,
) -> Path:
    """Return a local folder in the layout of the hub, fetched, converted or made if need be.

    The cache keeps it, so that the next call costs nothing. Several processes may call this at
    once: one of them does the work.

    Args:
        spec: where the model comes from.
        cache: the user's cache folder; made if it is not there.
        progress: called with what is being done, and how much of how much of it is done.
        texts: what the tiny model is going to read; its tokenizer is made for them.
        with_code: whether Python files are fetched from a hub.

    Raises:
        WeightsError: the weights cannot be fetched or written, or are not what they claim to be.
    """
    models = cache / "weights"
    try:
        match spec:
            case PresetWeights(preset=name):
                return _resolve_preset(presets.find(name), models, progress)
            case FolderWeights(folder=folder):
                return _require(folder, folder_flaws(folder))
            case GgufWeights():
                folder = _converted(models, spec.sha256)
                make = partial(_convert, spec, progress=progress)
                return build_once(folder, make, progress, gguf_sha256=spec.sha256)
            case HubWeights():
                folder = _linked(models, spec, with_code=with_code)
                return build_once(
                    folder,
                    lambda draft: _link(spec, draft, progress, with_code=with_code),
                    progress,
                )
            case TinyWeights(tiny=seed):
                return _resolve_tiny(seed, texts, models, progress)
    except OSError as error:
        raise _unwritable(error, models) from error


def resolve_adapter(spec: Adapter, *, cache: Path, progress: Progress = _ignore) -> Path:
    """Return a local folder with an adapter, fetched if need be.

    Raises:
        WeightsError: the adapter cannot be fetched or written, or is not what it claims to be.
    """
    adapters = cache / "adapters"
    if not isinstance(spec, HubAdapter):
        return _require(spec.folder, adapter_flaws(spec.folder))
    try:
        folder = build_once(
            _linked(adapters, spec), lambda draft: _link_adapter(spec, draft, progress), progress
        )
    except OSError as error:
        raise _unwritable(error, adapters) from error
    return folder


def n_bytes_to_download(spec: Weights, cache: Path, *, with_code: bool = False) -> int | None:
    """Return how much `resolve` would fetch: 0 if nothing, None if the hub does not say."""
    models = cache / "weights"
    match spec:
        case PresetWeights(preset=name):
            preset = presets.find(name)
            folder = _converted(models, preset.sha256)
            fetched = file_in(preset, _download_folder(folder))
            return 0 if is_complete(folder, preset.sha256) or fetched.exists() else preset.n_bytes
        case HubWeights():
            return _n_bytes_on_hub(spec, _linked(models, spec, with_code=with_code))
        case _:
            return 0


def n_adapter_bytes_to_download(spec: Adapter, cache: Path) -> int | None:
    """Return how much `resolve_adapter` would fetch: 0 if nothing, None if the hub does not say."""
    if not isinstance(spec, HubAdapter):
        return 0
    return _n_bytes_on_hub(spec, _linked(cache / "adapters", spec))


def _n_bytes_on_hub(spec: HubWeights | HubAdapter, folder: Path) -> int | None:
    if is_complete(folder):
        return 0
    from evalkit.providers.local.weights import hub  # noqa: PLC0415 - HTTP, to download

    return hub.count_bytes(spec)


def _resolve_preset(preset: Preset, models: Path, progress: Progress) -> Path:
    folder = _converted(models, preset.sha256)
    downloads = _download_folder(folder)

    def make(draft: Path) -> Mapping[str, str]:
        _write_converted(fetch(preset, downloads, progress), draft, progress)
        return {"preset": preset.name, "gguf_sha256": preset.sha256}

    build_once(folder, make, progress, gguf_sha256=preset.sha256)
    shutil.rmtree(downloads, ignore_errors=True)
    return folder


def _resolve_tiny(seed: int, texts: Iterable[str], models: Path, progress: Progress) -> Path:
    characters = "".join(sorted({char for text in texts for char in text}))
    digest = hash_text(characters)

    def make(draft: Path) -> Mapping[str, str]:
        tiny.make_tiny(seed, [characters], draft)
        return {"tiny": str(seed)}

    return build_once(models / f"tiny-{seed}-{digest[:16]}-v{tiny.VERSION}", make, progress)


def _convert(spec: GgufWeights, draft: Path, progress: Progress) -> Mapping[str, str]:
    found = sha256(spec.gguf)
    if found != spec.sha256:
        message = f"{spec.gguf}: SHA-256 is {found}, the config says {spec.sha256}"
        raise WeightsError(message)
    _write_converted(spec.gguf, draft, progress)
    return {"gguf": str(spec.gguf), "gguf_sha256": spec.sha256}


def _write_converted(path: Path, draft: Path, progress: Progress) -> None:
    from evalkit.providers.local.weights.convert import convert  # noqa: PLC0415 - an extra: gguf

    convert(path, draft, progress)


def _link(
    spec: HubWeights, draft: Path, progress: Progress, *, with_code: bool
) -> Mapping[str, str]:
    from evalkit.providers.local.weights import hub  # noqa: PLC0415 - HTTP, to download

    source = hub.link_snapshot(spec, draft, progress, with_code=with_code)
    _require(draft, folder_flaws(draft))
    return source


def _link_adapter(spec: HubAdapter, draft: Path, progress: Progress) -> Mapping[str, str]:
    from evalkit.providers.local.weights import hub  # noqa: PLC0415 - HTTP, to download

    source = hub.link_snapshot(spec, draft, progress)
    _require(draft, adapter_flaws(draft))
    return source


def _require(folder: Path, flaws: Sequence[tuple[str, str]]) -> Path:
    if flaws:
        raise WeightsError("\n".join(f"{what}; {remedy}" for what, remedy in flaws))
    return folder.absolute()


def _unwritable(error: OSError, folder: Path) -> WeightsError:
    place, what = error.filename or folder, error.strerror or error
    remedy = "free space, or name another folder in EVALKIT_CACHE"
    return WeightsError(f"{place}: cannot be written ({what}); {remedy}")


def _converted(models: Path, digest: str) -> Path:
    return models / f"gguf-{digest}-v{_CONVERTER_VERSION}"


def _linked(models: Path, spec: HubWeights | HubAdapter, *, with_code: bool = False) -> Path:
    code = "-code" if with_code else ""
    return models / f"hub-{spec.hub.replace('/', '--')}-{spec.revision}{code}"


def _download_folder(folder: Path) -> Path:
    """Return where a model is fetched; kept when interrupted, unlike the draft of the folder."""
    return folder.with_name(f"{folder.name}.fetch")
