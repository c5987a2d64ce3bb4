"""The hash of a model's files, kept beside them so that gigabytes are hashed only once."""

from __future__ import annotations

import contextlib
import hashlib
import json
from typing import TYPE_CHECKING

from evalkit.providers.local.weights.model_cache import sha256

if TYPE_CHECKING:
    from pathlib import Path

_KEPT = ".evalkit-digests"
_CONFIGS = ("config.json", "adapter_config.json")


def folder_digest(folder: Path) -> str:
    """Return the hash of the weights, config and Python code of a model or adapter.

    A safetensors file is hashed again only when its size or time of change is another than at the
    last time.
    """
    kept = _read_kept(folder / _KEPT)
    fresh: dict[str, list[int | str]] = {}
    for path in sorted(folder.glob("*.safetensors")):
        stat = path.stat()
        known = kept.get(path.name)
        state: list[int | str] = [stat.st_size, stat.st_mtime_ns]
        digest = known[2] if known and known[:2] == state else sha256(path)
        fresh[path.name] = [*state, digest]
    if fresh != kept:
        with contextlib.suppress(OSError):  # a read-only folder is hashed each time
            (folder / _KEPT).write_text(json.dumps(fresh, indent=1), encoding="utf-8")
    small = [*(folder / name for name in _CONFIGS), *sorted(folder.rglob("*.py"))]
    parts = [
        f"{path.relative_to(folder).as_posix()}:{sha256(path)}" for path in small if path.exists()
    ]
    parts += [f"{name}:{fresh[name][2]}" for name in fresh]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _read_kept(path: Path) -> dict[str, list[int | str]]:
    """Return what was kept; nothing where the file is missing or not ours."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}
