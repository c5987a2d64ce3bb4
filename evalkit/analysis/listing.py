"""Lists runs, with their state and what they found."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from evalkit.errors import InputError, StoreError, refusal
from evalkit.records import model_of
from evalkit.store import format1_manifest
from evalkit.store.folder import RunFolder
from evalkit.store.folder_lock import is_locked

if TYPE_CHECKING:
    from evalkit.results import Summary
    from evalkit.store.manifest import Manifest

_RUN = "RUN"  # as the command line calls the argument
_SEPARATORS = os.sep + (os.altsep or "")
State = Literal["running", "complete", "incomplete", "interrupted", "outdated", "damaged"]
"""`outdated` has to be upgraded first; the manifest of `damaged` cannot be read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedRun:
    """A run as a list shows it; `manifest` is None where it cannot be read."""

    folder: RunFolder
    state: State
    manifest: Manifest | None
    summary: Summary | None

    @property
    def updated(self) -> datetime | None:
        """When it ended, or else began; None if that is not known."""
        if self.manifest is None:
            return None
        try:
            return datetime.fromisoformat(self.manifest.ended or self.manifest.started)
        except ValueError:
            return None

    @property
    def systems(self) -> tuple[str, ...]:
        """The names of its systems."""
        return tuple(system.name for system in self.manifest.systems) if self.manifest else ()

    def headline(self, system: str) -> dict[str, float]:
        """Return a system's mean on each headline metric that it has a score on."""
        if self.summary is None:
            return {}
        chosen = self.summary.headline()
        return {
            estimate.metric: self.summary.metric(estimate.metric).published(estimate)
            for row in self.summary.systems
            if row.name == system
            for estimate in row.estimates
            if estimate.metric in chosen
        }

    def count_from_cache(self) -> Counter[str]:
        """Return how many generations of what is asked now each model has from the cache."""
        with suppress(StoreError):
            latest = {(model_of(g.system), g.key): g.from_cache for g in self.folder.generations()}
            asked = ((model_of(r.system), r.key) for r in self.folder.requests())
            return Counter(place[0] for place in asked if latest.get(place))
        return Counter()


def list_runs(folder: Path) -> list[ListedRun]:
    """Return the runs in a folder, the latest first; none where it does not exist."""
    if not folder.is_dir():
        return []
    found = [describe(path) for path in folder.iterdir() if _is_run(path)]
    return sorted(
        found, key=lambda run: run.updated.timestamp() if run.updated else 0, reverse=True
    )


def find_run(name: str, folder: Path) -> ListedRun:
    """Return the run of a path, or of a name in a folder; a name has no separator.

    Raises:
        InputError: there is no such run, or the name is empty or only dots, as that of a shell
            variable that is not set: it would be the folder of all runs.
    """
    if name.rstrip(_SEPARATORS).rpartition(os.sep)[2] in {"", ".", ".."}:
        what = "is empty" if not name else f"`{name}` is not the name of a run"
        raise refusal(_RUN, "unsafe", what, "list them: python -m evalkit runs")
    path = Path(name) if {os.sep, os.altsep}.intersection(name) else folder / name
    if _is_run(path):
        return describe(path)
    raise refusal(name, "missing", "is not a run", "list them: python -m evalkit runs")


def describe(path: Path) -> ListedRun:
    """Return what is known of a run, however damaged it is."""
    folder = RunFolder(path=path)
    manifest, summary = None, None
    try:
        manifest = folder.manifest()
        state = _state(folder, manifest)
        summary = folder.summary()
    except InputError:
        with suppress(StoreError):
            manifest = format1_manifest.read(path / "manifest.json")
        state = "outdated" if manifest else _state(folder, None)
    except StoreError:
        state = _state(folder, manifest)
    return ListedRun(folder=folder, state=state, manifest=manifest, summary=summary)


def _state(folder: RunFolder, manifest: Manifest | None) -> State:
    if is_locked(folder.path):
        return "running"
    if manifest is None:
        return "damaged"
    return "interrupted" if manifest.status == "running" else manifest.status


def _is_run(path: Path) -> bool:
    return (path / "manifest.json").is_file() and not path.name.startswith(".")
