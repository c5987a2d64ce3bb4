"""Where a model comes from: a preset, a folder, a GGUF file, a hub, or nowhere (the tiny one).

Whatever it is, it ends as a folder in the layout of the hub, its SHA-256 checked before use, and
never as a pickle. In the cache, `weights/` holds one folder a model; a GGUF file that was fetched
is deleted once it is converted, as the folder says all that it said.
"""

from __future__ import annotations

from evalkit.providers.local.weights.check import problems
from evalkit.providers.local.weights.model_cache import fingerprint
from evalkit.providers.local.weights.resolve import bytes_to_download, resolve

__all__ = ["bytes_to_download", "fingerprint", "problems", "resolve"]
