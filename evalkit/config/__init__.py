"""The config of a run: read from YAML, or made in Python. Importing it is free."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalkit.config.conditions import systems_of
    from evalkit.config.environment import cache_folder
    from evalkit.config.loading import load, parse
    from evalkit.config.schema import Config
    from evalkit.config.tasks import tasks_of

__all__ = ["Config", "cache_folder", "load", "parse", "systems_of", "tasks_of"]
_MODULES = {
    "Config": "schema",
    "cache_folder": "environment",
    "load": "loading",
    "parse": "loading",
    "systems_of": "conditions",
    "tasks_of": "tasks",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used."""
    if name not in _MODULES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
