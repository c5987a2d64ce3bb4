"""One run's folder: its files, its manifest, its lock."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from filelock import FileLock, Timeout
from pydantic import TypeAdapter, ValidationError

from evalkit.errors import LockedError, StoreError
from evalkit.records import Article, Detail, Example, Generation, PlannedRequest, ScoreLine
from evalkit.results import Summary
from evalkit.store import jsonl, manifest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from evalkit.store.manifest import Manifest

REPORTS: Final = ("summary.csv", "report.html", "report.md")
"""What people read; no other file is made of them."""
RESULTS: Final = ("scores.jsonl", "details.jsonl", "summary.json", *REPORTS)
"""The files that are made of a run's generations, and can be made again."""
_REPLACED: Final = (
    *RESULTS,
    "manifest.json",
    "articles.jsonl",
    "examples.jsonl",
    "requests.jsonl",
    "generations.jsonl",
)
_LEFTOVER: Final = re.compile(rf"\.({'|'.join(map(re.escape, _REPLACED))})\.\d+\.part")
_TIMEOUT_S: Final = 0.2  # for another process that only looks whether the folder is locked


@dataclass(frozen=True, kw_only=True, slots=True)
class RunFolder:
    """The files of `runs/<name>/`. Those that do not exist yet hold no records.

    Everything that reads raises StoreError where a file cannot be read or holds something else;
    everything that writes raises it where the file cannot be written.
    """

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
        """Lock the folder; the lock ends with its process at the latest.

        Raises:
            LockedError: another process is writing into the folder.
            StoreError: the folder cannot be made, or not be written.
        """
        lock = FileLock(self.path / ".lock")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=_TIMEOUT_S)
            for file in self.path.iterdir():
                if _LEFTOVER.fullmatch(file.name):  # of a process that was killed
                    file.unlink()
        except Timeout:
            message = f"{self.path}: another process is writing here; wait for it, or set `name`"
            raise LockedError(message) from None
        except OSError as error:
            message = f"{self.path}: cannot be written ({error.strerror}); choose another output"
            raise StoreError(message) from error
        return lock

    def is_locked(self) -> bool:
        """Return whether a process is writing into the folder now."""
        if not (self.path / ".lock").exists():
            return False
        lock = FileLock(self.path / ".lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return True
        except OSError:  # a folder without write permission
            return False
        lock.release()
        return False

    def has_results(self) -> bool:
        """Return whether a whole set of results is there."""
        return all((self.path / name).is_file() for name in RESULTS)

    def drop_results(self) -> None:
        """Delete results, whose generations or scores are about to change.

        Raises:
            StoreError: they cannot be deleted.
        """
        for name in RESULTS:
            file = self.path / name
            if name in REPORTS and file.is_dir():  # of the user's: that report will be missing
                continue
            try:
                file.unlink(missing_ok=True)
            except OSError as error:
                message = f"{file}: cannot be deleted ({error.strerror})"
                raise StoreError(message) from error

    def delete(self) -> None:
        """Delete the whole folder; renamed first, so that a part of it never looks like a run.

        A link is deleted with the folder that it leads to.

        Raises:
            LockedError: another process is writing into the folder.
            StoreError: it cannot be deleted.
        """
        real = self.path.resolve()
        renamed = real.with_name(f".{real.name}.deleted")
        with self.lock():
            try:
                shutil.rmtree(renamed, ignore_errors=True)
                real.rename(renamed)
                shutil.rmtree(renamed)
                if self.path.is_symlink():
                    self.path.unlink()
            except OSError as error:
                message = f"{self.path}: cannot be deleted ({error.strerror})"
                raise StoreError(message) from error

    def manifest(self) -> Manifest | None:
        """Return the manifest; None where there is none yet.

        Raises:
            InputError: another version of evalkit wrote the folder.
        """
        return manifest.read(self.path / "manifest.json")

    def write_manifest(self, content: Manifest) -> None:
        """Replace the manifest."""
        self._write_json("manifest.json", content.model_dump(mode="json"))

    def articles(self) -> list[Article]:
        """Return the articles of the run, in order."""
        return jsonl.read_all(self.path / "articles.jsonl", Article)

    def write_articles(self, articles: Iterable[Article]) -> None:
        """Replace the articles."""
        jsonl.write_all(self.path / "articles.jsonl", articles)

    def examples(self) -> list[Example]:
        """Return the examples of the run, in order."""
        return jsonl.read_all(self.path / "examples.jsonl", Example)

    def write_examples(self, examples: Iterable[Example]) -> None:
        """Replace the examples."""
        jsonl.write_all(self.path / "examples.jsonl", examples)

    def requests(self) -> list[PlannedRequest]:
        """Return what the latest session planned."""
        return jsonl.read_all(self.path / "requests.jsonl", PlannedRequest)

    def write_requests(self, requests: Iterable[PlannedRequest]) -> None:
        """Replace the list of what is planned."""
        jsonl.write_all(self.path / "requests.jsonl", requests)

    def generations(self) -> list[Generation]:
        """Return all generations ever written here, oldest first."""
        return jsonl.read_all(self.generations_file, Generation)

    def scores(self) -> list[ScoreLine]:
        """Return one score for each system, example, sample and metric."""
        return jsonl.read_all(self.path / "scores.jsonl", ScoreLine)

    def write_scores(self, scores: Iterable[ScoreLine]) -> None:
        """Replace the scores."""
        jsonl.write_all(self.path / "scores.jsonl", scores)

    def details(self) -> list[Detail]:
        """Return what the scores are made of."""
        return jsonl.read_all(self.path / "details.jsonl", Detail)

    def write_details(self, details: Iterable[Detail]) -> None:
        """Replace what the scores are made of."""
        jsonl.write_all(self.path / "details.jsonl", details)

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
            message = f"{file}: is not a summary ({error.errors()[0]['msg']}); run the config again"
            raise StoreError(message) from None

    def write_summary(self, summary: Summary) -> None:
        """Replace the summary."""
        self._write_json("summary.json", asdict(summary))

    def write_report(self, name: str, text: str) -> Path:
        """Replace a report, and return its path."""
        jsonl.write(self.path / name, text)
        return self.path / name

    def _write_json(self, name: str, content: object) -> None:
        text = json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)
        jsonl.write(self.path / name, text + "\n")
