"""One run's folder: its files and its manifest."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from pydantic import TypeAdapter, ValidationError

from evalkit.errors import InputError, Problem, StoreError, refusal
from evalkit.records import (
    Article,
    Detail,
    Example,
    Generation,
    PlannedRequest,
    PromptSent,
    ScoreLine,
)
from evalkit.results import Summary
from evalkit.store import jsonl, manifest, own_files
from evalkit.store.files import digest, encode, write, write_bytes
from evalkit.store.own_files import REPORTS, RESULTS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from evalkit.store.manifest import Manifest
    from evalkit.store.switch import Draft

_AGAIN: Final = {
    True: "score the run again: python -m evalkit rescore",
    False: "run the config again",
}
"""How a file is made again, by whether it is a result."""


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
    def articles_file(self) -> Path:
        """The file of the articles."""
        return self.path / "articles.jsonl"

    @property
    def log_file(self) -> Path:
        """The append-only file of events."""
        return self.path / "log.jsonl"

    def has_results(self) -> bool:
        """Return whether a whole set of results is there."""
        return all((self.path / name).is_file() for name in RESULTS)

    def drop_results(self) -> None:
        """Delete results, whose generations or scores are about to change.

        Raises:
            StoreError: they cannot be deleted.
        """
        for file in (*(self.path / name for name in RESULTS), *self._reports()):
            try:
                file.unlink(missing_ok=True)
            except OSError as error:
                message = (
                    f"{file}: cannot be deleted ({error.strerror}); "
                    "close the program that shows it, and run again"
                )
                raise StoreError(message) from error

    def replace_together(self, new: Draft, content: Manifest, *, drop_reports: bool) -> None:
        """Replace files, and the manifest, all or none; the manifest gets all digests.

        Args:
            new: the new files.
            content: the manifest.
            drop_reports: whether the reports are of other results from then on.

        Raises:
            StoreError: the disk is full, say; then everything is as before.
        """
        content.files = _digests({name: new.file(name) for name in own_files.BOUND})
        new.write("manifest.json", [_json(content.model_dump(mode="json"))])
        new.take_place(drop=self._reports() if drop_reports else ())

    def seal(self, content: Manifest, names: Collection[str] = own_files.BOUND) -> None:
        """Replace the manifest, with the digests of those files as they are now."""
        content.files |= _digests({name: self.path / name for name in names})
        self.write_manifest(content)

    def require_unchanged(self, content: Manifest, *names: str) -> None:
        """Raise where a file is another than the one that the run wrote.

        Args:
            content: the run's manifest; one of an unfinished run binds no files.
            names: the files, of which those that are missing are passed over.

        Raises:
            InputError: with a problem for each file.
            StoreError: one cannot be read.
        """
        changed = [
            Problem(
                code="changed",
                file=str(self.path / name),
                what="is not what the run wrote: manifest.json has another SHA-256 of it",
                remedy=f"restore it, or {_AGAIN[name in RESULTS]}",
            )
            for name in names
            if (self.path / name).is_file()
            and content.files.get(name, "") != digest(jsonl.lines(self.path / name))
        ]
        if content.files and changed:
            raise InputError(changed)

    def _reports(self) -> list[Path]:
        """Return the paths of reports; a folder is the user's, and that report will be missing."""
        files = [self.path / name for name in REPORTS]
        return [file for file in files if not file.is_dir()]

    def manifest(self) -> Manifest | None:
        """Return the manifest; None where there is none yet.

        Raises:
            InputError: another version of evalkit wrote the folder, or it is a file.
        """
        if self.path.is_file():
            what, remedy = "is a file, not the folder of a run", "name a folder"
            raise refusal(self.path, "unreadable", what, remedy)
        return manifest.read(self.path / "manifest.json")

    def write_manifest(self, content: Manifest) -> None:
        """Replace the manifest."""
        self._write_json("manifest.json", content.model_dump(mode="json"))

    def articles(self) -> Iterator[Article]:
        """Yield the articles of the run, in order."""
        return jsonl.read_each(self.articles_file, Article)

    def write_articles(self, articles: Iterable[Article]) -> None:
        """Replace the articles."""
        jsonl.write_all(self.articles_file, articles)

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

    def prompts(self) -> Iterator[PromptSent]:
        """Yield the messages that requests name; none in a folder of an earlier version."""
        return jsonl.read_each(self.path / "prompts.jsonl", PromptSent)

    def write_prompts(self, prompts: Iterable[PromptSent]) -> None:
        """Replace the messages that requests name."""
        jsonl.write_all(self.path / "prompts.jsonl", prompts)

    def generations(self) -> Iterator[Generation]:
        """Yield all generations ever written here, oldest first."""
        return jsonl.read_each(self.generations_file, Generation)

    def scores(self) -> list[ScoreLine]:
        """Return one score for each system, example, sample and metric."""
        return jsonl.read_all(self.path / "scores.jsonl", ScoreLine)

    def details(self) -> Iterator[Detail]:
        """Yield what the scores are made of."""
        return jsonl.read_each(self.path / "details.jsonl", Detail)

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

    def write_report(self, name: str, text: str) -> Path:
        """Replace a report, and return its path."""
        write(self.path / name, text)
        return self.path / name

    def write_rows(self, name: str, lines: Iterable[str]) -> None:
        """Replace a report, line by line."""
        write_bytes(self.path / name, map(encode, lines))

    @property
    def preferences_key(self) -> Path:
        """The file that says which systems wrote the outputs that people judge."""
        return self.path / "preferences-key.json"

    def write_preferences_key(self, content: object) -> None:
        """Replace the key of the page on which people judge outputs."""
        self._write_json(self.preferences_key.name, content)

    def write_preferences(self, content: object) -> Path:
        """Replace what people preferred, and return the path of its file."""
        self._write_json("preferences.json", content)
        return self.path / "preferences.json"

    def preferences(self) -> bytes | None:
        """Return what people preferred; None where nobody was asked.

        Raises:
            StoreError: it cannot be read.
        """
        file = self.path / "preferences.json"
        try:
            return file.read_bytes() if file.is_file() else None
        except OSError as error:
            message = f"{file}: cannot be read ({error.strerror})"
            raise StoreError(message) from None

    def _write_json(self, name: str, content: object) -> None:
        write(self.path / name, _json(content))


def summary_text(summary: Summary) -> str:
    """Return the content of summary.json."""
    return _json(asdict(summary))


def _digests(files: Mapping[str, Path]) -> dict[str, str]:
    return {name: digest(jsonl.lines(file)) for name, file in files.items() if file.is_file()}


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
