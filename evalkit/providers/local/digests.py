"""The hash of a model's weights, kept beside them so that gigabytes are hashed only once."""

from __future__ import annotations

import contextlib
import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_KEPT = ".evalkit-digests"


def weights_digest(folder: Path) -> str:
    """Return the hash of config.json and of every safetensors file of a folder.

    A file is hashed again only when its size or time of change is another than at the last time.
    """
    kept = _read_kept(folder / _KEPT)
    fresh: dict[str, list[int | str]] = {}
    for path in sorted(folder.glob("*.safetensors")):
        stat = path.stat()
        known = kept.get(path.name)
        state: list[int | str] = [stat.st_size, stat.st_mtime_ns]
        digest = known[2] if known and known[:2] == state else _sha256(path)
        fresh[path.name] = [*state, digest]
    if fresh != kept:
        with contextlib.suppress(OSError):  # a read-only folder is hashed each time
            (folder / _KEPT).write_text(json.dumps(fresh, indent=1), encoding="utf-8")
    parts = [_sha256(folder / "config.json"), *(f"{name}:{fresh[name][2]}" for name in fresh)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_kept(path: Path) -> dict[str, list[int | str]]:
    """Return what was kept; nothing where the file is missing or not ours."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}
