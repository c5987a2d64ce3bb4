"""Finished runs, read back from their folders alone."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeVar

from evalkit.analysis.soundness import (
    require_means_of_scores,
    require_sound_scores,
    require_sound_summary,
)
from evalkit.analysis.stored import StoredArticles, StoredGenerations
from evalkit.config.thinking import own_marks
from evalkit.errors import InputError, Problem, StoreError, refusal
from evalkit.records import model_of
from evalkit.store.folder import RunFolder
from evalkit.store.own_files import BOUND
from evalkit.values.thinking import strip_thinking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from evalkit.config.thinking import ThinkingMarks
    from evalkit.records import (
        Article,
        Detail,
        Example,
        Generation,
        PlannedRequest,
        PromptSent,
        ScoreLine,
    )
    from evalkit.results import Summary, SystemSummary
    from evalkit.store.manifest import Manifest

REMEDY = "name the folder of a run, such as runs/quickstart"
Record = TypeVar("Record")
Named = TypeVar("Named", "ScoreLine", "Detail", "PlannedRequest")


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a finished run left in its folder.

    Manifest and summary are read at once, everything else when it is first asked for; that raises
    an InputError where the file is missing or damaged.

    Attributes:
        path: the folder.
        manifest: what was run.
        summary: what was found.
        title: what the run is called beside others; empty alone.
        names: what systems are called here, by their names in the files, where these differ.
        only: the ids of the examples that are looked at; all where None.
    """

    path: Path
    manifest: Manifest
    summary: Summary
    title: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    only: frozenset[str] | None = None

    @property
    def systems(self) -> tuple[SystemSummary, ...]:
        """The systems of the run without the human references, which are the same in every run."""
        return tuple(system for system in self.summary.systems if system.role != "human")

    @cached_property
    def scores(self) -> tuple[ScoreLine, ...]:
        """One score for each system, example, sample and metric."""
        found = self._read("scores.jsonl", RunFolder.scores)
        require_sound_scores(self.path / "scores.jsonl", found, self.summary.metrics)
        renamed = tuple(self._renamed(found))
        if self.only is None:  # else the summary is made of these
            require_means_of_scores(self.path / "summary.json", self.summary, renamed)
        return renamed

    @property
    def details(self) -> Iterator[Detail]:
        """What the scores are made of, read anew each time: it may not fit into memory."""
        yield from self._renamed(self._read_each("details.jsonl", RunFolder.details))

    @cached_property
    def examples(self) -> dict[str, Example]:
        """The examples by id, in the order of the run."""
        found = self._read("examples.jsonl", RunFolder.examples)
        return {e.id: e for e in found if self.only is None or e.id in self.only}

    @cached_property
    def articles(self) -> Mapping[str, Article]:
        """The articles by id, in the order of the run, each read when it is looked at."""
        with self._readable("articles.jsonl") as folder:
            return StoredArticles(folder.articles_file)

    @cached_property
    def requests(self) -> tuple[PlannedRequest, ...]:
        """What was planned."""
        return tuple(self._renamed(self._read("requests.jsonl", RunFolder.requests)))

    @property
    def prompts(self) -> Iterator[PromptSent]:
        """The messages that requests name, read anew each time; none of an earlier version."""
        if (self.path / "prompts.jsonl").is_file():
            yield from self._read_each("prompts.jsonl", RunFolder.prompts)

    @cached_property
    def generations(self) -> StoredGenerations:
        """The generation of each request, by system, example id and number of the sample."""
        requests = self._read("requests.jsonl", RunFolder.requests)
        with self._readable("generations.jsonl") as folder:
            return stored_generations(
                folder, self.manifest, still_asked(requests, self.examples), self.names
            )

    def verify(self) -> None:
        """Raise where a file that is there is not what the run wrote, or its means are others.

        Raises:
            InputError: with a problem for each file.
        """
        RunFolder(path=self.path).require_unchanged(self.manifest, *BOUND)
        if (self.path / "scores.jsonl").is_file():
            _ = self.scores  # which are checked when they are read

    def _read(self, name: str, read: Callable[[RunFolder], Iterable[Record]]) -> list[Record]:
        return list(self._read_each(name, read))

    def _read_each(
        self, name: str, read: Callable[[RunFolder], Iterable[Record]]
    ) -> Iterator[Record]:
        with self._readable(name) as folder:
            yield from read(folder)

    @contextmanager
    def _readable(self, name: str) -> Iterator[RunFolder]:
        """Check a file of the folder before it is read in the block."""
        if not (self.path / name).is_file():
            remedy = f"copy {name} too, or the whole run folder"
            raise refusal(self.path / name, "missing", "does not exist", remedy)
        folder = RunFolder(path=self.path)
        try:
            folder.require_unchanged(self.manifest, name)
            yield folder
        except StoreError as error:
            raise _unreadable(self.path, error) from None

    def _renamed(self, records: Iterable[Named]) -> Iterable[Named]:
        asked = (r for r in records if self.only is None or r.example in self.only)
        if not self.names:
            return asked
        return (replace(r, system=self.names.get(r.system, r.system)) for r in asked)


def still_asked(
    requests: Iterable[PlannedRequest], examples: Mapping[str, Example]
) -> list[PlannedRequest]:
    """Return the requests that asked what the examples ask now; these may have been edited."""
    return [
        request
        for request in requests
        if (example := examples.get(request.example)) and request.question == example.question
    ]


def reread(generation: Generation, own: Mapping[str, ThinkingMarks]) -> Generation:
    """Return a generation with what today's rules take for its answer; they may have changed.

    Args:
        generation: as it was written, by this run or another one.
        own: the marks that models of this run have of their own around their thinking, by model.
    """
    spoken = strip_thinking(generation.text, own.get(model_of(generation.system)))
    return replace(generation, prediction=spoken.prediction, unclosed_thinking=spoken.unclosed)


def stored_generations(
    folder: RunFolder,
    manifest: Manifest,
    requests: Iterable[PlannedRequest],
    names: Mapping[str, str] | None = None,
) -> StoredGenerations:
    """Return the generations of requests where they are, each as today's rules read it.

    Raises:
        StoreError: they cannot be read.
    """
    prepare = partial(reread, own=own_marks(manifest.config))
    return StoredGenerations(folder.generations_file, requests, prepare, names or {})


def load(path: Path) -> Run:
    """Return a finished run.

    Raises:
        InputError: the folder holds none, or it cannot be read, or is not finished, or is of
            another version of evalkit.
    """
    folder = RunFolder(path=path)
    try:
        manifest = folder.manifest()
        if manifest is None:
            raise refusal(path / "manifest.json", "missing", "does not exist", _remedy(path))
        ended = manifest.status != "running" and bool(manifest.files)
        _require(path, finished=ended, status=manifest.status)
        folder.require_unchanged(manifest, "summary.json")
        summary = folder.summary()
        require_sound_summary(path / "summary.json", summary)
    except StoreError as error:
        raise _unreadable(path, error) from None
    _require(path, finished=manifest.status == summary.status, status=manifest.status)
    return Run(path=path, manifest=manifest, summary=summary)


def _remedy(folder: Path) -> str:
    """Say which folder to name instead of one that holds no run: the latest run in it, if any."""
    found = [*folder.glob("*/manifest.json"), *folder.glob("runs/*/manifest.json")]
    latest = max(found, key=lambda file: file.stat().st_mtime, default=None)
    return REMEDY if latest is None else f"did you mean `{latest.parent}`?"


def _require(path: Path, *, finished: bool, status: str) -> None:
    if not finished:
        what = f"is {status}: its results do not cover all that it holds now"
        raise refusal(path, "unfinished", what, "wait for it, or run its command again")


def _unreadable(path: Path, error: StoreError) -> InputError:
    return refusal(path, "unreadable", f"is not a finished run ({error})", REMEDY)


def load_all(paths: Iterable[Path]) -> list[Run]:
    """Return finished runs, a system that several of them have renamed `<run>/<system>`.

    Raises:
        InputError: some are not finished runs; with every problem.
    """
    problems: list[Problem] = []
    found: list[Run] = []
    for path in dict.fromkeys(path.resolve() for path in paths):
        try:
            found.append(load(path))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    n_runs = Counter(system.name for run in found for system in run.systems)
    return [_rename(run, title, n_runs) for run, title in zip(found, _titles(found), strict=True)]


def _titles(runs: Sequence[Run]) -> list[str]:
    """Return each run's name, or as much of its path as it takes to tell the runs apart."""
    depths = range(1, 1 + max((len(run.path.parts) for run in runs), default=1))
    candidates = (["/".join(run.path.parts[-depth:]) for run in runs] for depth in depths)
    return next(titles for titles in candidates if len(set(titles)) == len(runs))


def _rename(run: Run, title: str, n_runs: Mapping[str, int]) -> Run:
    names = {s.name: f"{title}/{s.name}" for s in run.systems if n_runs[s.name] > 1}
    systems = tuple(
        replace(system, name=names[system.name], model=f"{title}/{system.model}")
        if system.name in names
        else system
        for system in run.summary.systems
    )
    return replace(run, title=title, names=names, summary=replace(run.summary, systems=systems))
