"""Which runs there are, in what state, and what they found."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from evalkit.errors import InputError, Problem, StoreError
from evalkit.report.table import headline_metrics
from evalkit.store.folder import RunFolder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.results import Summary

State = Literal["running", "complete", "incomplete", "interrupted", "damaged"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A run as a list shows it: `touched` is when it ended, or else began; None if not known."""

    folder: RunFolder
    state: State
    manifest: Mapping[str, Any]
    summary: Summary | None
    touched: datetime | None

    @property
    def systems(self) -> tuple[str, ...]:
        """The names of its systems."""
        models = self.manifest.get("config", {}).get("models", [])
        return tuple(str(model["name"]) for model in models)

    def headline(self, system: str) -> dict[str, float]:
        """Return a system's mean on each headline metric that it has a score on."""
        if self.summary is None:
            return {}
        chosen = headline_metrics(self.summary)
        return {
            estimate.metric: estimate.mean
            for row in self.summary.systems
            if row.name == system
            for estimate in row.estimates
            if estimate.metric in chosen
        }


def list_runs(folder: Path) -> list[Listed]:
    """Return the runs that lie in a folder, the latest first; none where it does not exist."""
    if not folder.is_dir():
        return []
    found = [describe(path) for path in folder.iterdir() if _is_run(path)]
    return sorted(
        found, key=lambda run: run.touched.timestamp() if run.touched else 0, reverse=True
    )


def find_run(name: str, folder: Path) -> Listed:
    """Return the run of a path, or of a name in a folder; a name has no separator.

    Raises:
        InputError: there is none.
    """
    path = Path(name) if {os.sep, os.altsep}.intersection(name) else folder / name
    if _is_run(path):
        return describe(path)
    problem = Problem(file=name, what="is no run", remedy="list them: python -m evalkit runs")
    raise InputError([problem])


def describe(path: Path) -> Listed:
    """Return what is known of a run, however damaged it is."""
    folder = RunFolder(path=path)
    manifest: dict[str, Any] = {}
    with suppress(StoreError):
        manifest = folder.manifest()
    summary = None
    with suppress(StoreError):
        summary = folder.summary()
    return Listed(
        folder=folder,
        state=_state(folder, manifest),
        manifest=manifest,
        summary=summary,
        touched=_moment(manifest.get("ended") or manifest.get("started")),
    )


def _state(folder: RunFolder, manifest: Mapping[str, Any]) -> State:
    if folder.is_locked():
        return "running"
    match manifest.get("status"):
        case "running":
            return "interrupted"  # its process is gone
        case "complete":
            return "complete"
        case "incomplete":
            return "incomplete"
        case _:
            return "damaged"


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None


def _is_run(path: Path) -> bool:
    return (path / "manifest.json").is_file() and not path.name.startswith(".")
