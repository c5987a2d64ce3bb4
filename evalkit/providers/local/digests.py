"""The hash of a model's files, kept in the user's cache so that gigabytes are hashed only once.

Never beside the model: whoever hands a folder on would choose its fingerprint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evalkit.providers.local.kept import KeptFacts
from evalkit.providers.local.weights.model_cache import sha256
from evalkit.records.hashing import hash_text

if TYPE_CHECKING:
    from pathlib import Path

    State = list[int | str]

_KEPT: Final = KeptFacts(name="digests.json")
_CONFIGS: Final = ("config.json", "adapter_config.json")


def folder_digest(folder: Path) -> str:
    """Return the hash of the weights, config and Python code of a model or adapter.

    A safetensors file is hashed again only when its size, its time of change or the file itself
    is another than at the last time.
    """
    weights = sorted(folder.glob("*.safetensors"))
    small = [*(folder / name for name in _CONFIGS), *sorted(folder.rglob("*.py"))]
    parts = [
        f"{path.relative_to(folder).as_posix()}:{sha256(path)}" for path in small if path.exists()
    ]
    parts += [
        f"{path.name}:{digest}" for path, digest in zip(weights, _digests(weights), strict=True)
    ]
    return hash_text("\n".join(parts))


def kept_digest(path: Path) -> str:
    """Return the SHA-256 of a file, hashed again only when the file is another."""
    return _digests([path])[0]


def _digests(files: list[Path]) -> list[str]:
    """Return the hash of each file, from what is kept where it has not changed."""
    kept = _KEPT.read()
    fresh: dict[str, State] = {}
    for path in files:
        real = path.resolve()
        stat = real.stat()
        # the time of change of the inode cannot be set back, unlike that of the content
        state: State = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
        known = kept.get(str(real))
        same = isinstance(known, list) and known[:-1] == state
        fresh[str(real)] = known if known and same else [*state, sha256(real)]
    if any(kept.get(name) != state for name, state in fresh.items()):
        _KEPT.add(fresh)
    return [str(state[-1]) for state in fresh.values()]
