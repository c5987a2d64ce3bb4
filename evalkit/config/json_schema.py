"""Describes in the words of YAML what a model accepts, from the model's JSON Schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evalkit.config.keys import ANY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import BaseModel

Schema = dict[str, Any]


class ModelSchema:
    """The JSON Schema of a model.

    What a value may be is a list of variants: schemas without references and unions, mostly one.
    """

    def __init__(self, model: type[BaseModel]) -> None:
        """Generate the schema of the model."""
        self.schema: Schema = model.model_json_schema()
        self.paths = tuple(self._paths(self.root))
        """The path of every key, at any depth; `*` stands for an entry."""

    @property
    def root(self) -> list[Schema]:
        """The variants of the whole file."""
        return self.variants(self.schema)

    def variants(self, schema: Schema) -> list[Schema]:
        """Return the variants of a schema, except null."""
        if name := schema.get("$ref"):
            return self.variants(self.schema["$defs"][name.rpartition("/")[2]])
        members = schema.get("anyOf") or schema.get("oneOf") or ()
        if not members:
            return [] if schema.get("type") == "null" else [schema]
        return [variant for member in members for variant in self.variants(member)]

    def entries(self, variants: Sequence[Schema]) -> list[Schema]:
        """Return the variants of the entries of lists, and of mappings with free keys."""
        schemas = [each["items"] for each in variants if "items" in each]
        schemas += [s for each in variants for s in each.get("patternProperties", {}).values()]
        return [variant for schema in schemas for variant in self.variants(schema)]

    def values(self, variants: Sequence[Schema], name: str) -> list[Schema]:
        """Return the variants of the value of a key; none where no mapping has such a key."""
        schemas = (each["properties"][name] for each in variants if name in key_names([each]))
        found = [variant for schema in schemas for variant in self.variants(schema)]
        return [variant for i, variant in enumerate(found) if variant not in found[:i]]

    def _paths(
        self, variants: Sequence[Schema], start: tuple[str, ...] = ()
    ) -> Iterator[tuple[str, ...]]:
        for name in key_names(variants):
            yield (*start, name)
            yield from self._paths(self.values(variants, name), (*start, name))
        if entries := self.entries(variants):
            yield from self._paths(entries, (*start, ANY))

    def describe(self, variants: Sequence[Schema]) -> str:
        """Return what to write, such as `auto or a whole number, 1 or more`."""
        if all("properties" in each for each in variants) and len(variants) > 1:
            return "a mapping with " + ", or with ".join(_required(each) for each in variants)
        return joined([self._describe(each) for each in variants])

    def _describe(self, variant: Schema) -> str:
        if words := variant.get("patternErrorMessage"):
            return str(words).removeprefix("give ")
        if values := choices([variant]):
            return joined([str(value) for value in values])
        if "patternProperties" in variant:
            return f"`name: value` lines, each value {self.describe(self.entries([variant]))}"
        if variant["type"] == "array":
            some = " one or more" if variant.get("minItems") else ""
            return f"a list of{some} `- ` entries, each {self.describe(self.entries([variant]))}"
        return _mapping(variant) if variant["type"] == "object" else _plain(variant)


def key_names(variants: Sequence[Schema]) -> list[str]:
    """Return the keys that mappings of some variants may have, each once."""
    return list(dict.fromkeys(name for each in variants for name in each.get("properties", ())))


def choices(variants: Sequence[Schema]) -> list[object]:
    """Return the allowed values, where the schema lists them."""
    some = [value for each in variants for value in each.get("enum", ())]
    return some + [each["const"] for each in variants if "const" in each]


def distinguishing_key(variant: Schema, variants: Sequence[Schema]) -> str:
    """Return the first required key of a mapping that none of the other variants has."""
    others = key_names([other for other in variants if other is not variant])
    return next(str(name) for name in variant["required"] if name not in others)


def joined(words: Sequence[str], conjunction: str = "or") -> str:
    """Return words as an English list.

    >>> joined(["lead", "textrank", "oracle"])
    'lead, textrank or oracle'
    """
    *most, last = words
    comma = "," if any("," in word for word in most) else ""
    return f"{', '.join(most)}{comma} {conjunction} {last}" if most else last


def _mapping(variant: Schema) -> str:
    required = variant.get("required", [])
    optional = ", ".join(f"`{name}:`" for name in key_names([variant]) if name not in required)
    if required:
        return f"a mapping with {_required(variant)}" + (
            f", and optionally {optional}" if optional else ""
        )
    return f"a mapping with any of {optional}" if optional else "a mapping"


def _required(variant: Schema) -> str:
    return joined([f"`{name}:`" for name in variant["required"]], "and")


def _plain(variant: Schema) -> str:
    match variant["type"]:
        case "integer":
            return f"a whole number{_range(variant)}"
        case "number":
            return f"a number{_range(variant)}"
        case "boolean":
            return "true or false"
    if variant.get("format") == "path":
        return "a path"
    return "text that is not empty" if variant.get("minLength") else "text"


def _range(variant: Schema) -> str:
    above, least, most = (
        variant.get(bound) for bound in ("exclusiveMinimum", "minimum", "maximum")
    )
    if above is not None:
        return f" above {above:g}" + ("" if most is None else f", at most {most:g}")
    if most is not None:
        return f" from {least:g} to {most:g}"
    return "" if least is None else f", {least:g} or more"
