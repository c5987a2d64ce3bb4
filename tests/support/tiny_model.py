"""The tiny model as a config names it, and loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evalkit.config.schema import FolderWeights, LanguageModel
from evalkit.providers.local.chat import Chat
from evalkit.providers.local.model import TransformersBackend

if TYPE_CHECKING:
    from pathlib import Path


def config(folder: Path, **changes: Any) -> LanguageModel:  # noqa: ANN401 - any key of the config
    """Return the config of the tiny model."""
    settings = {"device": "cpu", "dtype": "float32"} | changes
    return LanguageModel(name="tiny", weights=FolderWeights(folder=folder), **settings)


def load(folder: Path, **changes: Any) -> TransformersBackend:  # noqa: ANN401 - as above
    """Return the tiny model, loaded."""
    return TransformersBackend.load(folder, config(folder, **changes), Chat.load(folder, {}))
