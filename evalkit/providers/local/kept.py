"""What was found out once about this machine and its files, kept in the user's cache."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evalkit.config.environment import cache_folder
from evalkit.errors import StoreError
from evalkit.store.files import write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_MOST = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptFacts:
    """A JSON object in the cache folder. It only saves work: losing it loses nothing."""

    name: str

    @property
    def _file(self) -> Path:
        return cache_folder() / self.name

    def read(self) -> dict[str, Any]:
        """Return what was kept; nothing where the file is missing or not ours."""
        try:
            kept = json.loads(self._file.read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        return kept if isinstance(kept, dict) else {}

    def add(self, facts: Mapping[str, Any]) -> None:
        """Keep more facts, the latest `_MOST`; nothing where the cache cannot be written."""
        latest = list({**self.read(), **facts}.items())[-_MOST:]
        with contextlib.suppress(OSError, StoreError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write(self._file, json.dumps(dict(latest), indent=1))
