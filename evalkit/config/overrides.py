"""Changes a config before it is parsed: relative paths, and `--set` on the command line."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from evalkit.config import document as strict_yaml
from evalkit.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PATHS = (
    ("data", "articles"),
    ("data", "references"),
    ("data", "squad"),
    ("data", "table"),
    ("prompts", "folder"),
    ("output",),
)
MODEL_PATHS = (
    ("weights", "folder"),
    ("weights", "gguf"),
    ("adapter", "folder"),
    ("predictions",),
)


def anchor_paths(data: dict[str, Any], folder: Path) -> None:
    """Make the relative paths in a config's data start from a folder, in place."""
    change_paths(data, lambda path: os.path.normpath(folder / expand(path)))


def expand(path: str) -> str:
    """Return a path without `~`; as it is where there is no such user."""
    return os.path.expanduser(path)  # noqa: PTH111 - Path's own raises instead


def change_paths(data: dict[str, Any], change: Callable[[str], str]) -> None:
    """Replace every path in a config's data, in place."""
    places = [(data, key) for key in PATHS]
    models = data.get("models")
    for model in models if isinstance(models, list) else []:
        places += [(model, keys) for keys in MODEL_PATHS]
    for start, (*outer, last) in places:
        place: Any = start
        for key in outer:
            place = place.get(key) if isinstance(place, dict) else None
        if isinstance(place, dict) and isinstance(place.get(last), str):
            place[last] = change(place[last])


def override(document: strict_yaml.Document, text: str) -> list[Problem]:
    """Set one value in the document's data; return what is wrong with the override."""
    path, sign, value = text.partition("=")
    document.overridden.add(path)
    try:
        if not sign:
            raise _refused(text, "has no `=`", "write --set key=value")
        _set(document, path, _parsed(path, value))
    except InputError as error:
        return list(error.problems)
    return []


def _refused(path: str, what: str, remedy: str) -> InputError:
    return InputError([Problem(code="invalid", file="--set", key=path, what=what, remedy=remedy)])


def _parsed(path: str, value: str) -> object:
    try:
        return strict_yaml.parse_value(value)
    except InputError:
        raise _refused(path, f"{value!r} is not valid YAML", "quote the value") from None


def _set(document: strict_yaml.Document, path: str, value: object) -> None:
    """Set the value at a path; mappings that the config leaves out are made on the way."""
    place: Any = document.data
    *outer, last = path.split(".")
    for depth, part in enumerate(outer, start=1):
        if isinstance(place, dict) and part not in place:
            document.overridden.add(strict_yaml.dotted(tuple(outer[:depth])))
            place[part] = {}
        place = place[_key(place, part, path)]
    place[_key(place, last, path)] = value


def _key(place: object, part: str, path: str) -> str | int:
    """Return the key or the number of an entry that a part of a path stands for."""
    if isinstance(place, dict):
        return part
    if not isinstance(place, list):
        raise _refused(path, "lies inside a plain value", "name a key of a mapping")
    if not (part.isdecimal() and int(part) < len(place)):
        numbers = f"give 0 to {len(place) - 1}" if place else "it has none"
        raise _refused(path, f"`{part}` is no entry of the list", numbers)
    return int(part)
