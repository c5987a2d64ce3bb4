"""The tiny model as a config names it, opened and loaded."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from evalkit.config.schema import LanguageModel
from evalkit.config.sources import FolderWeights
from evalkit.providers import Setting
from evalkit.providers.local.provider import open_provider
from evalkit.records import Corpus
from tests.support.progress import Said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from evalkit.providers.local.provider import LocalProvider
    from evalkit.providers.local.session import LocalSession


def config(folder: Path, **changes: Any) -> LanguageModel:  # noqa: ANN401 - any key of the config
    """Return the config of the tiny model."""
    settings = {"device": "cpu", "dtype": "float32"} | changes
    return LanguageModel(name="tiny", weights=FolderWeights(folder=folder), **settings)


def opened(folder: Path, **changes: Any) -> LocalProvider:  # noqa: ANN401 - as above
    """Return the tiny model, opened."""
    corpus = Corpus(articles=(), references={})
    setting = Setting(corpus=corpus, examples=(), progress=Said())
    return open_provider(config(folder, **changes), setting)


@contextmanager
def loaded(folder: Path, **changes: Any) -> Iterator[LocalSession]:  # noqa: ANN401 - as above
    """Have the tiny model loaded."""
    with opened(folder, **changes).session([]) as session:
        yield session
