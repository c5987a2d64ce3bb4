"""Validates plain data, and explains in the words of YAML what is wrong and what to write."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError, from_json, to_json

from evalkit.config.json_schema import ModelSchema, choices, distinguishing_key, joined, key_names
from evalkit.config.keys import ANY
from evalkit.config.problems import ValidationProblem, nearest, shown
from evalkit.errors import InputError, Problem
from evalkit.language import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pydantic_core import ErrorDetails

    from evalkit.config.json_schema import Schema
    from evalkit.config.keys import Key
    from evalkit.config.strict import Strict
    from evalkit.errors import Code

    Model = TypeVar("Model", bound=Strict)

_KEYS_ELSEWHERE = {
    "api_base": "endpoint",
    "api_key": "key_env",
    "base_url": "endpoint",
    "key": "key_env",
    "url": "endpoint",
}
"""What clients of servers call a key."""
MAX_EXPLAINED = 100  # problems of one file: each takes milliseconds, and nobody reads more


def validate(
    model: type[Model],
    data: Mapping[str, object],
    problem_at: Callable[[ValidationProblem], Problem],
    *,
    instance: Model | None = None,
) -> Model:
    """Return data as a strict model: lists become tuples, paths are parsed, mappings become models.

    Args:
        model: the class of the model.
        data: what JSON can express; tuples, paths and models are accepted as well.
        problem_at: adds to a problem the file and the line where its value is.
        instance: an empty model to fill, for a constructor.

    Raises:
        InputError: with every problem of the data.
    """
    try:
        text = to_json(data)
    except PydanticSerializationError as error:
        what = (
            f"cannot be written as JSON ({str(error).removeprefix('Error serializing to JSON: ')})"
        )
        found = [ValidationProblem(key=(), what=what, remedy="give plain data", code="invalid")]
        raise InputError([problem_at(problem) for problem in found]) from None
    target = model.__new__(model) if instance is None else instance
    found = []
    try:
        model.__pydantic_validator__.validate_json(text, self_instance=target)
    except ValidationError as error:
        found += explain(model, error)
    broken = list(model.broken_rules(from_json(text)))
    found += [*broken[:MAX_EXPLAINED], *more(len(broken))]
    if found:
        raise InputError([problem_at(problem) for problem in dict.fromkeys(found)])
    return target


def explain(model: type[Strict], error: ValidationError) -> list[ValidationProblem]:
    """Return all that does not fit a model.

    A value that fits none of several variants is one problem, not one for each of them. After
    a hundred problems the others are only counted.
    """
    schema, errors = _schema_of(model), error.errors()
    found = [p for item in errors[:MAX_EXPLAINED] for p in _explain(schema, item)]
    return list(dict.fromkeys([*found, *more(len(errors))]))


def more(n: int) -> list[ValidationProblem]:
    """Return how many of n problems are not explained, as a problem of the whole file."""
    if n <= MAX_EXPLAINED:
        return []
    what = f"has {counted(n - MAX_EXPLAINED, 'more problem')}"
    return [ValidationProblem(key=(), what=what, remedy="solve these first", code="invalid")]


@cache
def _schema_of(model: type[Strict]) -> ModelSchema:
    return ModelSchema(model)


def _explain(schema: ModelSchema, error: ErrorDetails) -> Iterator[ValidationProblem]:
    if error["type"] == "extra_forbidden":
        *outer, name = error["loc"]
        yield _Location(schema, outer).unknown(str(name))
        return
    location, given = _Location(schema, error["loc"]), error["input"]
    if error["type"] == "too_short" and given:
        return  # none of its entries fits, and each of them is a problem of its own
    if error["type"] == "union_tag_not_found" and isinstance(given, dict):
        yield from location.without_variant(given)
    elif error["type"] == "missing":
        remedy = f"give {schema.describe(location.variants)}"
        yield location.problem("is missing", remedy, code="missing")
    elif error["type"] == "value_error":
        what, _, remedy = error["msg"].removeprefix("Value error, ").partition("; ")
        yield location.problem(what, remedy)
    elif error["type"] == "string_type" and isinstance(given, bool | int | float):
        yield location.problem(f"is read as {shown(given)}, not as text", "put it in quotes")
    elif given in (None, "", [], {}):
        remedy = f"give {schema.describe(location.variants)}"
        yield location.problem("is empty", remedy, code="empty")
    else:
        words = [word for word in choices(location.variants) if isinstance(word, str)]
        near = nearest(given, words) if isinstance(given, str) else ""
        remedy = f"did you mean `{near}`?" if near else f"give {schema.describe(location.variants)}"
        yield location.problem(f"cannot be {shown(given)}", remedy)


def _key_meant(name: str, known: Sequence[str]) -> str:
    """Return the known key that an unknown one stands for; empty if none."""
    elsewhere = _KEYS_ELSEWHERE.get(name, "")
    return elsewhere if elsewhere in known else nearest(name, known)


class _Location:
    """Where a value is: the key that leads there, and the variants of its schema."""

    def __init__(self, schema: ModelSchema, location: Sequence[str | int]) -> None:
        self.schema = schema
        self.key: Key = ()
        self.path: tuple[str, ...] = ()  # the key, with `*` for every entry
        self.variants: list[Schema] = schema.root
        self.others: list[Schema] = []  # variants that this mapping could have been, and is not
        for part in location:
            self._descend(part)

    def _descend(self, part: str | int) -> None:
        """Follow one part of pydantic's location; some only name the variant that was taken."""
        named = self.schema.values(self.variants, part) if isinstance(part, str) else []
        if below := named or self._entries(part):
            self.key, self.path = (*self.key, part), (*self.path, str(part) if named else ANY)
            self.variants, self.others = below, []
            return
        taken = [each for each in self.variants if str(part).strip("<>") in key_names([each])]
        if taken:
            self.others = [each for each in self.variants if each not in taken]
            self.variants = taken

    def _entries(self, part: str | int) -> list[Schema]:
        """Return the variants of an entry of a list, or of a mapping with free keys."""
        kind = "array" if isinstance(part, int) else "object"
        return self.schema.entries([each for each in self.variants if each.get("type") == kind])

    def problem(self, what: str, remedy: str, *, code: Code = "invalid") -> ValidationProblem:
        """Return what is wrong here."""
        return ValidationProblem(key=self.key, what=what, remedy=remedy, code=code)

    def without_variant(self, given: dict[str, object]) -> Iterator[ValidationProblem]:
        """Yield what is wrong with a mapping that lacks the key that selects its variant."""
        unknown = [name for name in given if name not in key_names(self.variants)]
        yield from (self.unknown(name) for name in unknown)
        keys = [distinguishing_key(each, self.variants) for each in self.variants]
        if not any(_key_meant(name, keys) for name in unknown):
            none = ", ".join(f"`{key}:`" for key in keys)
            remedy = self._variant_of(given) or "give it one of them"
            yield self.problem(f"has none of {none}", remedy, code="missing")

    def _variant_of(self, given: dict[str, object]) -> str:
        """Return the remedy where a key tells which variant is meant; empty where none does."""
        for name in given:
            having = [each for each in self.variants if name in key_names([each])]
            if len(having) == 1:
                key = distinguishing_key(having[0], self.variants)
                return f"`{name}` goes with `{key}:`, so give that too"
        return ""

    def unknown(self, name: str) -> ValidationProblem:
        """Return what to do about a key that this mapping does not have."""
        what = "unknown key"
        code: Code = "unknown"
        if name in key_names(self.others):
            taken = distinguishing_key(self.variants[0], [*self.variants, *self.others])
            what, code = f"does not go with `{taken}:`", "conflict"
            remedy = "keep one of the two"
        elif near := _key_meant(name, key_names([*self.variants, *self.others])):
            remedy = f"did you mean `{near}`?"
        else:
            known = joined([f"`{key}`" for key in key_names(self.variants)])
            remedy = self._elsewhere(name) or f"use {known}"
        return ValidationProblem(key=(*self.key, name), what=what, remedy=remedy, code=code)

    def _elsewhere(self, name: str) -> str:
        """Return where the key belongs, below this mapping if possible; empty if nowhere."""
        here = self.path
        paths = self.schema.paths
        near = nearest(name, sorted({key for *_, key in paths}))
        parents = [tuple(parent) for *parent, key in paths if key == near]
        if not parents:
            return ""
        parent = min(parents, key=lambda path: (path[: len(here)] != here, len(path)))
        where = _described(parent[len(here) :] if parent[: len(here)] == here else parent)
        return f"it belongs {where}" if near == name else f"did you mean `{near}` {where}?"


def _described(path: Sequence[str]) -> str:
    """Return such as `under `generation` of an entry of `models``."""
    words = ""
    for part in path:
        of = f" of {words}" if words else ""
        words = f"an entry{of}" if part == ANY else f"`{part}`{of}"
    return f"under {words}" if words else "at the top of the file"
