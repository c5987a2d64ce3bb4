"""Files of a model hub: Hugging Face's, or the mirror that `HF_ENDPOINT` names.

All go through the hub library's own client, so that proxies, certificates and tokens are those
that it is configured for.
"""

from __future__ import annotations

import re
import shutil
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from huggingface_hub import HfApi, constants, get_session, hf_hub_url, snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError
from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined] # its __all__ is lazy
from huggingface_hub.utils.tqdm import tqdm

from evalkit.errors import WeightsError, first_line
from evalkit.providers.local.weights.model_cache import sha256
from evalkit.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from evalkit.config.endpoint import HubTokenizer
    from evalkit.config.sources import HubAdapter, HubWeights
    from evalkit.providers.local.weights.model_cache import Progress
    from evalkit.providers.local.weights.presets import Preset

_TIMEOUT_S: Final = 5.0
_OFFLINE: Final = "the hub is switched off (HF_HUB_OFFLINE)"
# Whatever a repository keeps beside its weights, pickles are never fetched.
_SUFFIXES: Final = (".safetensors", ".json", ".txt", ".model", ".jinja", ".tiktoken")
_SUBFOLDERS: Final = "*/*"
# The bases are the root of whichever HTTP client this version of the library uses, and OSError.
_FAILURES: Final[tuple[type[Exception], ...]] = (*HfHubHTTPError.__bases__, HFValidationError)
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


def fetch(preset: Preset, work: Path, progress: Progress) -> tuple[Path, str]:
    """Fetch the preset's official file, going on where an interrupted call stopped.

    Args:
        preset: what to fetch.
        work: a folder of this preset's own, used by one process at a time.
        progress: called with what is being fetched, and how many of how many bytes are there.

    Returns:
        The file, and its SHA-256, not checked yet.

    Raises:
        WeightsError: the hub cannot be reached, or does not have the file.
    """
    if constants.HF_HUB_OFFLINE:
        raise WeightsError(_OFFLINE)
    url = hf_hub_url(preset.repository, preset.filename, revision=preset.revision)
    path = work / "fetched.part"
    path.touch()
    reason, n_before, n_done = "", -1, path.stat().st_size
    while n_before < n_done < preset.n_bytes:  # a connection that breaks off has still helped
        reason = _append(
            url, path, lambda n: progress(f"fetching {preset.name}", n, preset.n_bytes)
        )
        n_before, n_done = n_done, path.stat().st_size
    if n_done < preset.n_bytes:
        message = f"the hub does not give {url}: {reason or f'it ends after {n_done} bytes'}"
        raise WeightsError(message)
    return path, sha256(path)


def _append(url: str, path: Path, progress: Callable[[int], None]) -> str:
    """Append to a file what is still missing of it; return what went wrong on the way, if it did.

    The library's own download resumes within one call only; this one resumes after a kill.
    """
    missing = {"Range": f"bytes={path.stat().st_size}-", "Accept-Encoding": "identity"}
    client = get_session()
    try:
        with client.stream(
            "GET", url, headers=_headers() | missing, timeout=_TIMEOUT_S
        ) as response:
            response.raise_for_status()
            resumes = response.status_code == HTTPStatus.PARTIAL_CONTENT
            with path.open("ab" if resumes else "wb") as file:
                for chunk in response.iter_raw():
                    file.write(chunk)
                    file.flush()
                    progress(file.tell())
    except _FAILURES as error:
        return first_line(error)
    return ""


def _headers() -> dict[str, str]:
    headers: dict[str, str] = build_hf_headers(library_name="evalkit", library_version=__version__)
    return headers


def link_snapshot(
    spec: HubWeights | HubAdapter, draft: Path, progress: Progress, *, with_code: bool = False
) -> Mapping[str, str]:
    """Fill a folder with links into the hub library's own cache, once every file there is sound.

    The library's cache is shared with other programs, so nothing is stored twice.

    Args:
        spec: the repository and its revision.
        draft: an empty folder.
        progress: called with what is being fetched, and how many of how many bytes are there.
        with_code: whether the model's own Python files come with it.

    Returns:
        Where the model comes from.

    Raises:
        WeightsError: the hub cannot be reached, does not have the model, has it as pickles
            only, or what it gave is not what it announced.
        OSError: the folder cannot be written.
    """
    suffixes = (*_SUFFIXES, ".py") if with_code else _SUFFIXES
    snapshot = _download(spec, suffixes, progress)
    for path in snapshot.iterdir():
        if path.suffix in suffixes:
            _require_announced_hash(path)
            _link(path.resolve(), draft / path.name)
    if not any(draft.glob("*.safetensors")):
        message = f"{spec.hub} at {spec.revision} has no *.safetensors, and pickles are not opened"
        raise WeightsError(message)
    return {"hub": spec.hub, "revision": spec.revision}


def _link(file: Path, link: Path) -> None:
    """Link a file; copy it where the user may make no links, as usually on Windows."""
    try:
        link.symlink_to(file)
    except OSError:
        shutil.copyfile(file, link)


def fetch_tokenizer(spec: HubTokenizer) -> Path:
    """Return the folder with a model's tokenizer, in the hub library's own cache.

    Raises:
        WeightsError: the hub cannot be reached, or does not have the model.
    """
    suffixes = [suffix for suffix in _SUFFIXES if suffix != ".safetensors"]
    return _download(spec, suffixes, lambda _what, _n_done, _n_total: None)


def _download(
    spec: HubWeights | HubAdapter | HubTokenizer, suffixes: Sequence[str], progress: Progress
) -> Path:
    unreached = _why_no_hub()
    try:
        snapshot = snapshot_download(
            spec.hub,
            revision=spec.revision,
            allow_patterns=[f"*{suffix}" for suffix in suffixes],
            ignore_patterns=_SUBFOLDERS,
            etag_timeout=_TIMEOUT_S,
            tqdm_class=_bar(f"fetching {spec.hub}", progress),
            local_files_only=bool(unreached),
        )
    except _FAILURES as error:
        reason = unreached or first_line(error)
        message = f"the hub does not give {spec.hub} at {spec.revision}: {reason}"
        raise WeightsError(message) from error
    return Path(snapshot)


def count_bytes(spec: HubWeights | HubAdapter) -> int | None:
    """Return how much a model on the hub weighs; None if the hub does not say."""
    if _why_no_hub():
        return None
    try:
        info = HfApi().model_info(
            spec.hub, revision=spec.revision, files_metadata=True, timeout=_TIMEOUT_S
        )
    except _FAILURES:
        return None
    return sum(
        file.size or 0
        for file in info.siblings or ()
        if "/" not in file.rfilename and file.rfilename.endswith(_SUFFIXES)
    )


def _why_no_hub() -> str:
    """Return at once why no hub answers, or nothing; the library itself tries for half a minute."""
    if constants.HF_HUB_OFFLINE:
        return _OFFLINE
    try:  # any answer will do, an unfriendly one too
        get_session().head(constants.ENDPOINT, headers=_headers(), timeout=_TIMEOUT_S)
    except _FAILURES as error:
        return (
            f"the hub {constants.ENDPOINT} cannot be reached ({first_line(error)}); set "
            "HF_ENDPOINT to a mirror, or give a folder or gguf instead"
        )
    return ""


def _require_announced_hash(path: Path) -> None:
    """Raise unless a file of the library's cache has the hash that names it (large files do)."""
    announced = path.resolve().name
    if not _SHA256.fullmatch(announced):
        return
    found = sha256(path)
    if found != announced:
        path.resolve().unlink()
        message = f"{path.name}: SHA-256 is {found}, the hub says {announced}; it is deleted"
        raise WeightsError(message)


def _bar(label: str, progress: Progress) -> type[Any]:
    """Return a progress bar class, as the hub library wants one, that shows nothing itself."""

    class Bar(tqdm):
        def __init__(self, *args: object, **options: object) -> None:
            super().__init__(*args, **{**options, "disable": True})  # type: ignore[no-untyped-call]

        def update(self, n: float | None = 1) -> None:
            self.n += n or 0
            progress(label, int(self.n), int(self.total or 0))

    return Bar
