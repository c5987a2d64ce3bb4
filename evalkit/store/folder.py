"""One run's folder: its files, its manifest, its lock."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout
from pydantic import TypeAdapter, ValidationError

from evalkit.errors import LockedError, StoreError
from evalkit.records import ExampleScore, Generation, PlannedRequest
from evalkit.results import Summary
from evalkit.store import jsonl as records
from evalkit.store import manifest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_PATIENCE_S = 0.2  # for another process that only looks whether the folder is locked


@dataclass(frozen=True, kw_only=True, slots=True)
class RunFolder:
    """The files of `runs/<name>/`, each written by one stage and read by the next."""

    path: Path

    @property
    def generations_file(self) -> Path:
        """The append-only file of raw generations."""
        return self.path / "generations.jsonl"

    @property
    def log_file(self) -> Path:
        """The append-only file of events."""
        return self.path / "log.jsonl"

    def lock(self) -> FileLock:
        """Return a lock on the folder, held; it goes with its process.

        Raises:
            LockedError: another process is writing into the folder.
            StoreError: the folder cannot be made, or not be written.
        """
        lock = FileLock(self.path / ".lock")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=_PATIENCE_S)
            for leftover in self.path.glob(".*.part"):  # of a process that was killed
                leftover.unlink()
        except Timeout:
            message = f"{self.path}: another process is writing here; wait for it, or set `name`"
            raise LockedError(message) from None
        except OSError as error:
            message = f"{self.path}: cannot be written ({error.strerror}); choose another output"
            raise StoreError(message) from error
        return lock

    def is_locked(self) -> bool:
        """Tell whether a process is writing into the folder now."""
        if not (self.path / ".lock").exists():
            return False
        lock = FileLock(self.path / ".lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return True
        except OSError:  # a folder in which nobody here can write
            return False
        lock.release()
        return False

    def drop_results(self) -> None:
        """Delete what was found out about generations that are about to be done again.

        Raises:
            StoreError: they cannot be deleted.
        """
        for pattern in ("scores.*", "summary.*", "report.*"):
            for file in self.path.glob(pattern):
                try:
                    file.unlink()
                except OSError as error:
                    message = f"{file}: cannot be deleted ({error.strerror})"
                    raise StoreError(message) from error

    def delete(self) -> None:
        """Delete the whole folder; under another name first, so that no half of it looks whole.

        A link goes with the folder that it leads to.

        Raises:
            LockedError: another process is writing into the folder.
            StoreError: it cannot be deleted.
        """
        real = self.path.resolve()
        grave = real.with_name(f".{real.name}.deleted")
        with self.lock():
            try:
                shutil.rmtree(grave, ignore_errors=True)
                real.rename(grave)
                shutil.rmtree(grave)
                if self.path.is_symlink():
                    self.path.unlink()
            except OSError as error:
                message = f"{self.path}: cannot be deleted ({error.strerror})"
                raise StoreError(message) from error

    def manifest(self) -> dict[str, Any]:
        """Return the manifest; empty where there is none yet.

        Raises:
            StoreError: it cannot be read, or is not such as a run writes.
        """
        return manifest.read(self.path / "manifest.json")

    def write_manifest(self, content: dict[str, Any]) -> None:
        """Replace the manifest."""
        self._write_json("manifest.json", content)

    def summary(self) -> Summary:
        """Return the summary.

        Raises:
            StoreError: there is none, or it is not one.
        """
        file = self.path / "summary.json"
        try:
            return TypeAdapter(Summary).validate_json(file.read_bytes())
        except OSError as error:
            message = f"{file}: cannot be read ({error.strerror}); run the config again"
            raise StoreError(message) from None
        except ValidationError as error:
            message = f"{file}: is no summary ({error.errors()[0]['msg']}); run the config again"
            raise StoreError(message) from None

    def write_summary(self, summary: Summary) -> None:
        """Replace the summary."""
        self._write_json("summary.json", asdict(summary))

    def generations(self) -> list[Generation]:
        """Return all generations ever written here, oldest first."""
        return records.read_all(self.generations_file, Generation)

    def planned(self) -> list[PlannedRequest]:
        """Return what the latest run planned."""
        return records.read_all(self.path / "requests.jsonl", PlannedRequest)

    def write_planned(self, planned: Iterable[PlannedRequest]) -> None:
        """Replace the list of what is planned."""
        records.write_all(self.path / "requests.jsonl", planned)

    def scores(self) -> list[ExampleScore]:
        """Return one score for each example and metric."""
        return records.read_all(self.path / "scores.jsonl", ExampleScore)

    def write_scores(self, scores: Sequence[ExampleScore]) -> None:
        """Replace the scores."""
        records.write_all(self.path / "scores.jsonl", scores)

    def write_report(self, name: str, text: str) -> Path:
        """Replace a report, and return its path."""
        records.write(self.path / name, text)
        return self.path / name

    def _write_json(self, name: str, data: dict[str, Any]) -> None:
        text = json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False)
        records.write(self.path / name, text + "\n")
