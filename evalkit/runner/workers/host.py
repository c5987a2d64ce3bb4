"""What a worker runs: one session of a provider, in a process of its own."""

from __future__ import annotations

import hashlib
import logging
import os
import platform
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from traceback import format_exc
from typing import TYPE_CHECKING, Any, cast

from evalkit.errors import EvalkitError
from evalkit.providers import Setting, module_of
from evalkit.records import Article, Corpus, Generation
from evalkit.runner import provenance
from evalkit.runner.memory import peak_memory
from evalkit.store.log import LONGEST, LibraryOutput, handled_by, shown_facts, warn
from evalkit.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from evalkit.config.schema import ModelEntry
    from evalkit.interfaces import ContinuingSession
    from evalkit.records import Request


@dataclass(frozen=True, kw_only=True, slots=True)
class Assignment:
    """What a worker holds a session of.

    `entry` names the device; `characters` are all those of the articles, from which the tiny model
    is made. Texts come with the requests alone.
    """

    entry: ModelEntry
    characters: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something that happened in a worker, for the log of the run."""

    level: int
    name: str
    facts: Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What a worker returns from a call.

    Attributes:
        facts: what it runs on and with; those of its session once that is open.
        generations: of the requests given, in this call or before; not all where it failed.
        failure: why it cannot answer anything any more; empty where it can.
        said: lines for the user.
        events: for the log.
    """

    facts: Mapping[str, Any]
    generations: tuple[Generation, ...] = ()
    failure: str = ""
    said: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()


class SessionHost:
    """Holds one session of a provider; the methods are called from another process."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._stack = ExitStack()
        self._session: ContinuingSession | None = None
        self._facts = _own_facts()
        self._said = _Said()

    def open(self, assignment: Assignment) -> Report:
        """Open the provider and its session: weights are fetched where need be, and loaded."""

        def opened() -> Iterator[Generation]:
            entry = assignment.entry
            provider = module_of(entry).open_provider(entry, self._setting(assignment))
            self._facts["fingerprint"] = provider.fingerprint
            session = self._stack.enter_context(provider.session([]))
            self._session = cast("ContinuingSession", session)  # as RUNS_IN_WORKERS promises
            yield from ()

        return self._report(opened())

    def generate(self, requests: Sequence[Request], *, finish: bool) -> Report:
        """Answer requests, which are best those of whole articles: what they share is read once.

        Without `finish`, some are left for the next call, to be answered along with its requests.
        """
        if self._session is None:
            message = "a session is opened first"
            raise RuntimeError(message)
        return self._report(self._session.generate(requests, finish=finish))

    def _report(self, work: Iterator[Generation]) -> Report:
        """Return what comes of some work, with all that it logged and said."""
        log, failure = _Events(), ""
        made: list[Generation] = []
        with handled_by(log), _printing_to_the_log():
            try:
                made.extend(work)
            except EvalkitError as error:
                failure = str(error)
            except Exception as error:  # noqa: BLE001 - not to be taken for a machine that is lost
                failure = f"{type(error).__name__}: {error}"
                warn("a worker failed", traceback=format_exc()[-LONGEST:])
        facts = self._facts | {"peak_memory_bytes": peak_memory()}
        if self._session is not None:
            facts |= self._session.facts
        return Report(
            facts=facts,
            generations=tuple(made),
            failure=failure,
            said=self._said.take(),
            events=tuple(log.events),
        )

    def _setting(self, assignment: Assignment) -> Setting:
        text = Article(id="", title="", text=assignment.characters, sha256="")
        corpus = Corpus(articles=(text,), references={})
        return Setting(corpus=corpus, examples=(), progress=self._said)


def node_name() -> str:
    """Return the name of this machine."""
    return platform.node() or "unnamed"


@cache
def code_digest() -> str:
    """Return the hash of evalkit's own code: two of one version need not be the same."""
    folder = Path(__file__).parents[2]
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.py")):
        digest.update(f"{file.relative_to(folder).as_posix()}\n".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _own_facts() -> dict[str, Any]:
    return {
        "node": node_name(),
        "pid": os.getpid(),
        "evalkit": __version__,
        "code": code_digest(),
        "libraries": provenance.installed(),
        "machine": provenance.machine().model_dump(),
    }


@contextmanager
def _printing_to_the_log() -> Iterator[None]:
    output = LibraryOutput()
    with redirect_stdout(output), redirect_stderr(output):
        yield


@dataclass(slots=True)
class _Said:
    """The progress of a worker: lines for the user, which go with its next report."""

    lines: list[str] = field(default_factory=list)

    def stage(self, name: str, total: int, n_kept: int = 0) -> None:
        """Do nothing: the run counts."""

    def advance(self, n_new_tokens: int = 0) -> None:
        """Do nothing: the run counts."""

    def say(self, line: str) -> None:
        """Keep one line."""
        self.lines.append(line)

    def take(self) -> tuple[str, ...]:
        """Return the lines since the last call."""
        lines, self.lines = tuple(self.lines), []
        return lines


class _Events(logging.Handler):
    """Keeps the events of one call."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Event] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one event."""
        facts = shown_facts(record)
        self.events.append(Event(level=record.levelno, name=record.getMessage(), facts=facts))
