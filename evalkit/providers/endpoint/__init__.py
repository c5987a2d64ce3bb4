"""Language models that an OpenAI-compatible server runs; light to import."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING

from evalkit.config.endpoint import FolderTokenizer
from evalkit.errors import Problem, missing_extra
from evalkit.providers.local.weights.check import odd_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from evalkit.config.schema import Endpoint
    from evalkit.interfaces import Provider
    from evalkit.providers import Setting

READS_PROMPTS = True
RUNS_IN_WORKERS = False


def problems(entry: Endpoint) -> list[Problem]:
    """Return which packages are missing, and what is wrong with key and tokenizer."""
    return list(_problems(entry))


def _problems(entry: Endpoint) -> Iterator[Problem]:
    if find_spec("httpx2") is None:
        yield missing_extra("endpoint", "httpx2", key="endpoint")
    if entry.tokenizer is not None and find_spec("transformers") is None:
        yield missing_extra("local", "transformers", key="tokenizer")
    if isinstance(entry.tokenizer, FolderTokenizer):
        yield from _folder_problems(entry.tokenizer.folder)
    if entry.key_env is not None:
        yield from _key_problems(os.environ.get(entry.key_env, "").strip())


def _folder_problems(folder: Path) -> Iterator[Problem]:
    key = "tokenizer.folder"
    if not folder.is_dir():
        what, remedy = f"{folder} is not a folder", "name the folder that holds the tokenizer"
        yield Problem(code="missing", file="", key=key, what=what, remedy=remedy)
    for what, remedy in odd_files(folder):
        yield Problem(code="unusable", file="", key=key, what=what, remedy=remedy)


def _key_problems(key: str) -> Iterator[Problem]:
    """Yield what is wrong with a key; its variable may be the key itself, so neither is shown."""
    if not key:
        what, remedy = "the environment variable that it names is not set", "export it"
        yield Problem(code="missing", file="", key="key_env", what=what, remedy=remedy)
    elif not (key.isascii() and key.isprintable()):
        what = "the environment variable that it names holds what no key is made of"
        remedy = "export the key alone"
        yield Problem(code="invalid", file="", key="key_env", what=what, remedy=remedy)


def n_bytes_to_download(_entry: Endpoint) -> int:
    """Return 0: the model stays where it is, and a tokenizer is small."""
    return 0


def open_provider(entry: Endpoint, setting: Setting) -> Provider:
    """Return the provider of an entry.

    The server is asked here only where its context is needed to shorten articles.

    Raises:
        ProviderError: the tokenizer cannot be used, or the context is not known.
    """
    from evalkit.providers.endpoint import opening  # noqa: PLC0415 - needs the extra `endpoint`

    return opening.open_provider(entry, setting)
