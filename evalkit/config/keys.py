"""The keys of nested plain data, such as that of a YAML file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Key = tuple[str | int, ...]
ANY = "*"
"""The part of a pattern that matches every key of a mapping and every entry of a list."""


def dotted(key: Key) -> str:
    """Return `models.0.device` for `("models", 0, "device")`.

    >>> dotted(("models", 0, "device"))
    'models.0.device'
    """
    return ".".join(str(part) for part in key)


def find(data: object, pattern: str) -> Iterator[tuple[Key, object]]:
    """Yield key and value of everything that a pattern matches, in order.

    >>> list(find({"models": [{"name": "a"}, {}, {"name": "b"}]}, "models.*.name"))
    [(('models', 0, 'name'), 'a'), (('models', 2, 'name'), 'b')]
    """
    found: list[tuple[Key, object]] = [((), data)]
    for part in pattern.split("."):
        found = [
            ((*key, name), value)
            for key, parent in found
            for name, value in _children(parent)
            if part in {ANY, name}
        ]
    yield from found


def _children(parent: object) -> Iterable[tuple[str | int, object]]:
    if isinstance(parent, dict):
        return parent.items()
    return enumerate(parent) if isinstance(parent, list) else ()
