"""Changes a config before it is parsed: relative paths, and `--set` on the command line."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from evalkit import strict_yaml
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
        places += [(model, ("weights", "folder")), (model, ("weights", "gguf"))]
    for start, (*outer, last) in places:
        place: Any = start
        for key in outer:
            place = place.get(key) if isinstance(place, dict) else None
        if isinstance(place, dict) and isinstance(place.get(last), str):
            place[last] = change(place[last])


def override(document: strict_yaml.Document, text: str) -> list[Problem]:
    """Set one value in the document's data; return what is wrong with the override."""

    def problem(what: str, remedy: str) -> list[Problem]:
        return [Problem(file="--set", key=path or text, what=what, remedy=remedy)]

    path, sign, value = text.partition("=")
    document.overridden.add(path)
    if not sign:
        return problem("has no `=`", "write --set key=value")
    try:
        parsed = strict_yaml.parse_value(value)
    except InputError:
        return problem(f"{value!r} is not valid YAML", "quote the value")
    place: Any = document.data
    *outer, last = path.split(".")
    for part in outer:
        place = _step(place, part)
        if place is None:
            return problem(f"`{part}` is not in the config", "name a place that exists")
    if isinstance(place, list):
        if not (last.isdecimal() and int(last) < len(place)):
            return problem(f"`{last}` is not an entry of the list", "count from 0")
        place[int(last)] = parsed
    elif isinstance(place, dict):
        place[last] = parsed
    else:
        return problem("lies inside a plain value", "name a key of a mapping")
    return []


def _step(place: object, part: str) -> object:
    if isinstance(place, list):
        return place[int(part)] if part.isdecimal() and int(part) < len(place) else None
    if isinstance(place, dict):
        return place.setdefault(part, {})
    return None
