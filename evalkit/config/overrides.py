"""Changes a config before it is validated: relative paths, and `--set` on the command line."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from evalkit.config.document import parse_value
from evalkit.config.json_schema import ModelSchema
from evalkit.config.keys import dotted, find
from evalkit.config.schema import Config
from evalkit.config.strict import expand
from evalkit.config.validation import validate
from evalkit.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from evalkit.config.document import Document
    from evalkit.errors import Code


@cache
def path_keys() -> tuple[str, ...]:
    """Return the keys of a config whose values are paths, such as `models.*.predictions`."""
    schema = ModelSchema(Config)

    def is_path(key: tuple[str, ...]) -> bool:
        variants = schema.root
        for part in key:
            variants = schema.values(variants, part) or schema.entries(variants)
        return any(variant.get("format") == "path" for variant in variants)

    return tuple(".".join(key) for key in schema.paths if is_path(key))


def anchor_paths(data: dict[str, Any], folder: Path) -> None:
    """Make the relative paths in a config's data start from a folder, in place."""
    change_paths(data, lambda path: os.path.normpath(folder / expand(path)))


def change_paths(data: dict[str, Any], change: Callable[[str], str]) -> None:
    """Replace every path in a config's data, in place."""
    for pattern in path_keys():
        for (*parents, last), path in list(find(data, pattern)):
            if isinstance(path, str):
                parent: Any = data
                for part in parents:
                    parent = parent[part]
                parent[last] = change(path)


def override(document: Document, text: str) -> list[Problem]:
    """Set one value in the document's data; return what is wrong with the override."""
    path, sign, value = text.partition("=")
    document.overridden.add(path)
    try:
        if not sign:
            raise _refused(text, "has no `=`", "write --set key=value", code="malformed")
        document.overridden.update(_set(document.data, path, _parsed(path, value)))
    except InputError as error:
        return list(error.problems)
    return []


def change(config: Config, changes: Mapping[str, object]) -> Config:
    """Return a config with some values changed, named as by `--set`.

    Args:
        config: left as it is.
        changes: such as `{"limit": 1, "models.0.device": "cpu"}`.

    Raises:
        InputError: a key does not exist, or the config would not be valid.
    """
    data = config.model_dump(mode="json", exclude_unset=True)
    for path, value in changes.items():
        _set(data, path, value)
    return validate(type(config), data, lambda problem: problem.in_file("config"))


def _refused(path: str, what: str, remedy: str, *, code: Code) -> InputError:
    return InputError([Problem(code=code, file="--set", key=path, what=what, remedy=remedy)])


def _parsed(path: str, value: str) -> object:
    try:
        return parse_value(value)
    except InputError:
        what = f"{value!r} is not valid YAML"
        raise _refused(path, what, "quote the value", code="malformed") from None


def _set(data: dict[str, Any], path: str, value: object) -> list[str]:
    """Set the value at a path; return the keys of the mappings that are made on the way."""
    parent: Any = data
    *outer, last = path.split(".")
    made = []
    for depth, part in enumerate(outer, start=1):
        if isinstance(parent, dict) and part not in parent:
            made.append(dotted(tuple(outer[:depth])))
            parent[part] = {}
        parent = parent[_key(parent, part, path)]
    parent[_key(parent, last, path)] = value
    return made


def _key(parent: object, part: str, path: str) -> str | int:
    """Return the key, or the index of an entry, that a part of a path names."""
    if isinstance(parent, dict):
        return part
    if not isinstance(parent, list):
        what, remedy = "is inside a plain value", "name a key of a mapping"
        raise _refused(path, what, remedy, code="unknown")
    if not (part.isdecimal() and int(part) < len(parent)):
        remedy = f"give 0 to {len(parent) - 1}" if parent else "the list is empty"
        raise _refused(path, f"`{part}` is not an entry of the list", remedy, code="unknown")
    return int(part)
