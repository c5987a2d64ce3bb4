"""Says what is wrong with a value that does not fit a model, and what would: in YAML's words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING

from evalkit.config.json_schema import EACH, Form, choices, key_names, listed, telling_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails

    from evalkit.config.json_schema import Place, Schema
    from evalkit.errors import Code

_UNKNOWN: Code = "unknown"
_CONFLICT: Code = "conflict"
_MOST = 40  # characters of a wrong value that are shown: one line on a screen


@dataclass(frozen=True, kw_only=True, slots=True)
class Mismatch:
    """The key of a value that does not fit, what is wrong with it and what to do."""

    code: Code
    place: Place
    what: str
    remedy: str


def mismatches(model: type[BaseModel], error: ValidationError) -> list[Mismatch]:
    """Return all that does not fit a model.

    A value that is none of several kinds is one mismatch, not one for each of them.
    """
    form = _form(model)
    found = [mismatch for item in error.errors() for mismatch in _explain(form, item)]
    return list(dict.fromkeys(found))


@cache
def _form(model: type[BaseModel]) -> Form:
    return Form(model)


def _explain(form: Form, error: ErrorDetails) -> Iterator[Mismatch]:
    if error["type"] == "extra_forbidden":
        *outer, name = error["loc"]
        yield _Spot(form, outer).unknown(str(name))
        return
    spot, given = _Spot(form, error["loc"]), error["input"]
    if error["type"] == "too_short" and given:
        return  # none of its entries fits, and each of them is told
    if error["type"] == "union_tag_not_found" and isinstance(given, dict):
        yield from spot.of_no_kind(given)
    elif error["type"] == "missing":
        yield spot.mismatch("is missing", f"give {form.wanted(spot.kinds)}", code="missing")
    elif error["type"] == "value_error":
        what, _, remedy = error["msg"].removeprefix("Value error, ").partition("; ")
        yield spot.mismatch(what, remedy)
    elif error["type"] == "string_type" and isinstance(given, bool | int | float):
        yield spot.mismatch(f"is read as {shown(given)}, not as text", "put it in quotes")
    else:
        what = "is empty" if given in (None, "", [], {}) else f"cannot be {shown(given)}"
        words = [word for word in choices(spot.kinds) if isinstance(word, str)]
        near = _near(given, words) if isinstance(given, str) else ""
        remedy = f"did you mean `{near}`?" if near else f"give {form.wanted(spot.kinds)}"
        yield spot.mismatch(what, remedy)


def shown(value: object) -> str:
    """Return a value as a person may recognise it, on one line."""
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = repr(value) if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _MOST else text[: _MOST - 3] + "..."


class _Spot:
    """Where a value stands: the keys that lead there, and the kinds of value that may."""

    def __init__(self, form: Form, location: Sequence[str | int]) -> None:
        self.form = form
        self.place: Place = ()
        self.kinds: list[Schema] = form.root
        self.others: list[Schema] = []  # kinds that this mapping might have been, and is not
        for part in location:
            self._step(part)

    def _step(self, part: str | int) -> None:
        """Go one step of pydantic's location down; some only tell which kind was taken."""
        if isinstance(part, int):
            below = self.form.entries(self.kinds)
        else:
            below = self.form.values(self.kinds, part)
        if below:
            self.place, self.kinds, self.others = (*self.place, part), below, []
            return
        taken = [kind for kind in self.kinds if str(part).strip("<>") in key_names([kind])]
        if taken:
            self.others = [kind for kind in self.kinds if kind not in taken]
            self.kinds = taken

    def mismatch(self, what: str, remedy: str, *, code: Code = "invalid") -> Mismatch:
        """Return what is wrong here."""
        return Mismatch(code=code, place=self.place, what=what, remedy=remedy)

    def of_no_kind(self, given: dict[str, object]) -> Iterator[Mismatch]:
        """Yield what is wrong with a mapping without the one key that tells its kind."""
        unknown = [name for name in given if name not in key_names(self.kinds)]
        yield from (self.unknown(name) for name in unknown)
        keys = [telling_key(kind, self.kinds) for kind in self.kinds]
        if not any(_near(name, keys) for name in unknown):
            none = ", ".join(f"`{key}:`" for key in keys)
            yield self.mismatch(f"has none of {none}", "give it one of them", code="missing")

    def unknown(self, name: str) -> Mismatch:
        """Return what to do about a key that this mapping does not have."""
        what, code = "unknown key", _UNKNOWN
        if name in key_names(self.others):
            taken = telling_key(self.kinds[0], [*self.kinds, *self.others])
            what, remedy = f"does not go with `{taken}:`", "keep one of the two"
            code = _CONFLICT
        elif near := _near(name, key_names([*self.kinds, *self.others])):
            remedy = f"did you mean `{near}`?"
        else:
            known = listed([f"`{key}`" for key in key_names(self.kinds)])
            remedy = self._elsewhere(name) or f"use {known}"
        return Mismatch(code=code, place=(*self.place, name), what=what, remedy=remedy)

    def _elsewhere(self, name: str) -> str:
        """Return where the key belongs, below this mapping if possible; empty if nowhere."""
        here = tuple(EACH if isinstance(part, int) else part for part in self.place)
        paths = list(self.form.paths(self.form.root))
        near = _near(name, sorted({key for *_, key in paths}))
        homes = [tuple(home) for *home, key in paths if key == near]
        if not homes:
            return ""
        home = min(homes, key=lambda path: (path[: len(here)] != here, len(path)))
        where = _whereabouts(home[len(here) :] if home[: len(here)] == here else home)
        return f"it belongs {where}" if near == name else f"did you mean `{near}` {where}?"


def _near(name: str, known: Sequence[str]) -> str:
    """Return the known name that is most like another; empty if none is."""
    return next(iter(get_close_matches(name, known, n=1, cutoff=0.7)), "")


def _whereabouts(path: Sequence[str]) -> str:
    """Return such as `under `generation` of an entry of `models``."""
    words = ""
    for part in path:
        of = f" of {words}" if words else ""
        words = f"an entry{of}" if part == EACH else f"`{part}`{of}"
    return f"under {words}" if words else "at the top of the file"
