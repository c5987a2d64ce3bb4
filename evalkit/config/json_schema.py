"""What a model takes, in YAML's words, read off its JSON Schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import BaseModel

Schema = dict[str, Any]
Place = tuple[str | int, ...]
EACH = "*"
"""Stands in a path for the number of an entry of a list."""


class Form:
    """A model's JSON Schema; what may stand in one place is a list of kinds, often of one alone."""

    def __init__(self, model: type[BaseModel]) -> None:
        """Read the model's schema."""
        self.schema: Schema = model.model_json_schema()

    @property
    def root(self) -> list[Schema]:
        """The one kind of the whole file."""
        return self.kinds(self.schema)

    def kinds(self, schema: Schema) -> list[Schema]:
        """Return the kinds of a value, references followed; null is none of them."""
        if name := schema.get("$ref"):
            return self.kinds(self.schema["$defs"][name.rpartition("/")[2]])
        members = schema.get("anyOf") or schema.get("oneOf") or ()
        if not members:
            return [] if schema.get("type") == "null" else [schema]
        return [kind for member in members for kind in self.kinds(member)]

    def entries(self, kinds: Sequence[Schema]) -> list[Schema]:
        """Return the kinds of the entries of lists."""
        return [kind for each in kinds for kind in self.kinds(each.get("items", {"type": "null"}))]

    def values(self, kinds: Sequence[Schema], name: str) -> list[Schema]:
        """Return the kinds of the value of a key; none where no mapping has such a key."""
        below = (each["properties"][name] for each in kinds if name in key_names([each]))
        found = [kind for schema in below for kind in self.kinds(schema)]
        return [kind for i, kind in enumerate(found) if kind not in found[:i]]

    def paths(
        self, kinds: Sequence[Schema], start: tuple[str, ...] = ()
    ) -> Iterator[tuple[str, ...]]:
        """Yield the path of every key, at whatever depth."""
        for name in key_names(kinds):
            yield (*start, name)
            yield from self.paths(self.values(kinds, name), (*start, name))
        if entries := self.entries(kinds):
            yield from self.paths(entries, (*start, EACH))

    def wanted(self, kinds: Sequence[Schema]) -> str:
        """Return what to write, such as `auto or a whole number, 1 or more`."""
        if all("properties" in kind for kind in kinds) and len(kinds) > 1:
            return "a mapping with " + ", or with ".join(_required(kind) for kind in kinds)
        return listed([self._wanted(kind) for kind in kinds])

    def _wanted(self, kind: Schema) -> str:
        if words := kind.get("patternErrorMessage"):
            return str(words).removeprefix("give ")
        if values := choices([kind]):
            return listed([str(value) for value in values])
        if kind["type"] == "object":
            return _mapping(kind)
        if kind["type"] == "array":
            some = " one or more" if kind.get("minItems") else ""
            return f"a list of{some} `- ` entries, each {self.wanted(self.entries([kind]))}"
        return _plain(kind)


def key_names(kinds: Sequence[Schema]) -> list[str]:
    """Return the keys that mappings of some kinds may have, each once."""
    return list(dict.fromkeys(name for kind in kinds for name in kind.get("properties", ())))


def choices(kinds: Sequence[Schema]) -> list[object]:
    """Return the values of which one is to be written, where only some are allowed."""
    some = [value for kind in kinds for value in kind.get("enum", ())]
    return some + [kind["const"] for kind in kinds if "const" in kind]


def telling_key(kind: Schema, kinds: Sequence[Schema]) -> str:
    """Return the first of a mapping's required keys that no other of its kinds has."""
    others = key_names([other for other in kinds if other is not kind])
    return next(str(name) for name in kind["required"] if name not in others)


def listed(words: Sequence[str], joint: str = "or") -> str:
    """Return words as a list to be read.

    >>> listed(["lead", "textrank", "oracle"])
    'lead, textrank or oracle'
    """
    *most, last = words
    return f"{', '.join(most)} {joint} {last}" if most else last


def _mapping(kind: Schema) -> str:
    needed = kind.get("required", [])
    others = ", ".join(f"`{name}:`" for name in key_names([kind]) if name not in needed)
    if needed:
        return f"a mapping with {_required(kind)}" + (f", and perhaps {others}" if others else "")
    return f"a mapping with any of {others}" if others else "a mapping"


def _required(kind: Schema) -> str:
    return listed([f"`{name}:`" for name in kind["required"]], "and")


def _plain(kind: Schema) -> str:
    if kind["type"] == "integer":
        least = f", {kind['minimum']} or more" if "minimum" in kind else ""
        return f"a whole number{least}"
    if kind["type"] == "boolean":
        return "true or false"
    if kind.get("format") == "path":
        return "a path"
    return "text that is not empty" if kind.get("minLength") else "text"
