"""The tiny model as a config names it, opened and loaded."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from evalkit.config.schema import LanguageModel
from evalkit.config.sources import FolderWeights
from evalkit.providers import Setting
from evalkit.providers.local.provider import open_provider
from evalkit.records import Corpus

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from evalkit.providers.local.provider import LocalProvider
    from evalkit.providers.local.session import LocalSession


class Lines:
    """Progress that keeps what is said."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.said: list[str] = []

    def stage(self, name: str, total: int) -> None:
        """Begin nothing."""

    def advance(self, n_new_tokens: int = 0) -> None:
        """Count nothing."""

    def say(self, line: str) -> None:
        """Keep one line."""
        self.said.append(line)


def config(folder: Path, **changes: Any) -> LanguageModel:  # noqa: ANN401 - any key of the config
    """Return the config of the tiny model."""
    settings = {"device": "cpu", "dtype": "float32"} | changes
    return LanguageModel(name="tiny", weights=FolderWeights(folder=folder), **settings)


def opened(folder: Path, **changes: Any) -> LocalProvider:  # noqa: ANN401 - as above
    """Return the tiny model, opened."""
    corpus = Corpus(articles=(), references={})
    setting = Setting(corpus=corpus, examples=(), progress=Lines())
    return open_provider(config(folder, **changes), setting)


@contextmanager
def loaded(folder: Path, **changes: Any) -> Iterator[LocalSession]:  # noqa: ANN401 - as above
    """Have the tiny model loaded."""
    with opened(folder, **changes).session([]) as session:
        yield session
