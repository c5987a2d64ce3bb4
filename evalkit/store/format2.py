"""Run folders of format 2, whose summaries had one interval and one verdict each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from evalkit.errors import StoreError
from evalkit.results import Summary
from evalkit.store.manifest import FORMAT, Manifest

if TYPE_CHECKING:
    from pathlib import Path


def is_format_2(path: Path) -> bool:
    """Return whether a run folder is of format 2."""
    return _read(path / "manifest.json").get("format") == 2  # noqa: PLR2004 - the format


def manifest(path: Path) -> Manifest:
    """Return the manifest of a run folder, of which nothing but the number has changed.

    Raises:
        StoreError: it is not such as evalkit wrote.
    """
    file = path / "manifest.json"
    try:
        return Manifest.model_validate_json(json.dumps(_read(file) | {"format": FORMAT}))
    except ValidationError:
        raise _unknown(file) from None


def summary(path: Path) -> Summary | None:
    """Return the summary without estimates and comparisons; None where there is none.

    Raises:
        StoreError: it is not such as evalkit wrote.
    """
    file = path / "summary.json"
    if not file.is_file():
        return None
    old = _read(file)
    try:
        old["systems"] = [row | {"estimates": []} for row in old["systems"]]
        return TypeAdapter(Summary).validate_json(
            json.dumps(old | {"comparisons": [], "with_refusals": []})
        )
    except (KeyError, TypeError, ValidationError):
        raise _unknown(file) from None


def _read(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_bytes())
    except ValueError:
        raise _unknown(file) from None
    if not isinstance(content, dict):
        raise _unknown(file)
    return content


def _unknown(file: Path) -> StoreError:
    message = f"{file}: is not such as evalkit wrote in format 2"
    return StoreError(message)
