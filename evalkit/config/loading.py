"""Reads a config from a file, a mapping or Python, and checks what types cannot say."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from evalkit.config import document as documents
from evalkit.config.conditions import KNOWN, noise_label
from evalkit.config.document import dotted
from evalkit.config.overrides import anchor_paths, override
from evalkit.config.schema import Config, LanguageModel
from evalkit.config.validation import mismatches
from evalkit.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from evalkit.config.document import Key
    from evalkit.errors import Code

HUMAN = "human"
"""The name of the row of the references themselves, which no model may have."""


def load(file: Path, overrides: Sequence[str] = ()) -> tuple[Config, documents.Document]:
    """Return the config of a file, changed by overrides such as `models.0.device=cpu`.

    Relative paths of the file start from its folder, those of overrides from the current one. The
    document tells where each value was written, for problems that are found later.

    Raises:
        InputError: with every problem of the file and the overrides.
    """
    document = documents.read(file)
    anchor_paths(document.data, file.parent)
    problems = [problem for text in overrides for problem in override(document, text)]
    if problems:
        raise InputError(problems)
    anchor_paths(document.data, Path())  # those of overrides: the shell leaves the `~` of `key=~/x`
    config = document.parse(Config)
    _require_consistent(config, document.problem)
    return config, document


def parse(data: Mapping[str, Any], *, file: str = "config") -> Config:
    """Return the config of plain data, such as a manifest holds or Python makes.

    Relative paths start from the current folder.

    Args:
        data: the keys and values of a config file; paths may be text.
        file: what problems name.

    Raises:
        InputError: with every problem, each with its key.
    """

    def locate(key: Key, what: str, remedy: str = "", *, code: Code) -> Problem:
        return Problem(code=code, file=file, key=dotted(key), what=what, remedy=remedy)

    try:
        # surrogate pairs are left as they are: what JSON escapes, pydantic's parser puts together
        config = Config.model_validate_json(json.dumps(data, default=str), strict=True)
    except ValidationError as error:
        found = mismatches(Config, error)
        raise InputError([locate(m.place, m.what, m.remedy, code=m.code) for m in found]) from None
    _require_consistent(config, locate)
    return config


def change(config: Config, changes: Mapping[str, object]) -> Config:
    """Return a config with some values changed, named as by `--set`.

    Args:
        config: left as it is.
        changes: such as `{"limit": 1, "models.0.device": "cpu"}`.

    Raises:
        InputError: a key is unknown, or a value is not allowed.
    """
    document = documents.Document("config", json.dumps(config.model_dump(mode="json")))
    texts = [f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in changes.items()]
    problems = [problem for text in texts for problem in override(document, text)]
    if problems:
        raise InputError(problems)
    return parse(document.data)


def _require_consistent(config: Config, locate: Callable[..., Problem]) -> None:
    """Raise where values that are each allowed do not go together."""
    found = [*_name_flaws(config), *_task_flaws(config), *_condition_flaws(config)]
    if found:
        raise InputError(
            [locate(key, what, remedy, code=code) for key, what, remedy, code in found]
        )


_Flaw = tuple["Key", str, str, "Code"]


def _name_flaws(config: Config) -> Iterator[_Flaw]:
    names = [entry.name for entry in config.models]
    for i, name in enumerate(names):
        key = ("models", i, "name")
        if name in names[:i]:
            yield key, f"duplicate name `{name}`", "give each model its own name", "duplicate"
        if name == HUMAN:
            yield key, f"`{HUMAN}` is the row of the references", "choose another name", "conflict"


def _task_flaws(config: Config) -> Iterator[_Flaw]:
    for name, settings in config.tasks.items():
        if name not in KNOWN and settings.n_characters is None:
            what = "is missing, as evalkit knows no task of that name"
            remedy = f"give the length of the summary, or use {', '.join(KNOWN)}"
            yield ("tasks", name, "n_characters"), what, remedy, "missing"
    for i, entry in enumerate(config.models):
        if isinstance(entry, LanguageModel):
            for name in entry.generation.max_new_tokens:
                if name not in config.tasks and name not in KNOWN:
                    key = ("models", i, "generation", "max_new_tokens", name)
                    yield key, f"no task `{name}`", f"use {', '.join(config.tasks)}", "unknown"


def _condition_flaws(config: Config) -> Iterator[_Flaw]:
    yield from _repeated(("prompts", "wordings"), config.prompts.wordings)
    yield from _repeated(("few_shot",), config.shot_counts)
    yield from _repeated(("noise",), [noise_label(noise) for noise in config.noise])
    for i, entry in enumerate(config.models):
        if isinstance(entry, LanguageModel):
            yield from _repeated(("models", i, "wordings"), entry.wordings or ())
            if entry.generation.samples > 1 and entry.generation.temperature == 0:
                key = ("models", i, "generation", "samples")
                what = "greedy decoding would give the same text each time"
                yield key, what, "set a temperature above 0, or leave out samples", "conflict"


def _repeated(key: Key, values: Iterable[object]) -> Iterator[_Flaw]:
    for value, n in Counter(values).items():
        if n > 1:
            yield key, f"duplicate `{value}`", "keep one of them", "duplicate"


def cache_folder() -> Path:
    """Return the user's cache folder: `$EVALKIT_CACHE`, else evalkit's place in the usual one.

    Raises:
        InputError: it is not named, and the user has no home folder.
    """
    if named := os.environ.get("EVALKIT_CACHE"):
        return Path(named)
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "evalkit"
    except RuntimeError:  # no HOME, and nobody knows this user
        what, remedy = "is not set, and this user has no home folder", "name a folder for the cache"
        problem = Problem(code="missing", file="EVALKIT_CACHE", what=what, remedy=remedy)
        raise InputError([problem]) from None
