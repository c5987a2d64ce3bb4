"""People who judge a package, as the page would save what they say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evalkit.annotate.package import Key, Pair


def judge(key: Key, person: str, choose: Callable[[Pair], str]) -> dict[str, Any]:
    """Return what a person saved who chose something for every pair."""
    return {
        "format": "evalkit preferences 1",
        "package": key.package,
        "person": person,
        "judgements": [{"pair": pair.id, "choice": choose(pair)} for pair in key.pairs],
    }


def prefer(system: str) -> Callable[[Pair], str]:
    """Return a choice that is always this system; both good where it is not shown."""
    return lambda pair: {pair.a: "a", pair.b: "b"}.get(system, "both good")


def write_export(file: Path, export: dict[str, Any]) -> Path:
    """Write what a person saved, and return the file."""
    file.write_text(json.dumps(export, ensure_ascii=False, indent=1), encoding="utf-8")
    return file
