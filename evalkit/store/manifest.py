"""What stands in a manifest that others build on: a person may have edited it."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from evalkit.errors import StoreError
from evalkit.records import Speed

if TYPE_CHECKING:
    from pathlib import Path


class _Open(BaseModel):
    """A mapping of which some keys are known; there may be more."""

    model_config = ConfigDict(extra="allow", strict=True)


class _Named(_Open):
    name: str


class _Config(_Open):
    name: str
    output: str
    models: list[_Named]


class _Machine(_Open):
    processor: str


class _Session(_Open):
    started: str
    evalkit: str
    libraries: dict[str, str]
    machine: _Machine


class _Facts(_Open):
    fingerprint: str = ""
    failure: str = ""
    n_from_cache: int = 0
    speed: dict[str, float] = {}

    @field_validator("speed")
    @classmethod
    def _known(cls, speed: dict[str, float]) -> dict[str, float]:
        if unknown := speed.keys() - {field.name for field in fields(Speed)}:
            message = f"unknown: {', '.join(sorted(unknown))}"
            raise ValueError(message)
        return speed


class _Manifest(_Session):
    status: Literal["running", "complete", "incomplete"]
    ended: str = ""
    sessions: list[_Session] = []
    config: _Config
    articles: dict[str, str]
    prompts: dict[str, str]
    references: dict[str, str] = {}
    systems: dict[str, _Facts]


def read(file: Path) -> dict[str, Any]:
    """Return a manifest; empty where there is none yet.

    Raises:
        StoreError: it cannot be read, or is not such as a run writes.
    """
    try:
        found = json.loads(file.read_bytes())
        _Manifest.model_validate(found)
    except FileNotFoundError:
        return {}
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        what = f"{place}: {first['msg'].lower()}" if place else "is no mapping"
    except (ValueError, RecursionError):
        what = "is no JSON"
    else:
        return dict(found)
    message = f"{file}: {what}; delete it and run again"
    raise StoreError(message)
