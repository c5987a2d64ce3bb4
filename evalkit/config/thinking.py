"""The marks that a model sets around its thinking, where they are its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from evalkit.config.strict import Strict

if TYPE_CHECKING:
    from collections.abc import Mapping

Mark = Annotated[str, Field(min_length=1)]


class ThinkingMarks(Strict):
    """The marks around a model's thinking; those that are known count as well."""

    start: Mark
    """What stands before the thinking, such as `<plan>`."""
    end: Mark
    """What stands behind it, such as `</plan>`."""


def own_marks(config: Mapping[str, Any]) -> dict[str, ThinkingMarks]:
    """Return the marks that the models of a config have of their own, by model.

    Args:
        config: as plain data, such as a manifest holds it.

    >>> own_marks({"models": [{"name": "a", "thinking": {"start": "(", "end": ")"}}]})
    {'a': ThinkingMarks(start='(', end=')')}
    """
    return {
        entry["name"]: ThinkingMarks(**entry["thinking"])
        for entry in config["models"]
        if entry.get("thinking")
    }
