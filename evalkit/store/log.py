"""What happened in a run, and when: `log.jsonl`, one event a line, without texts or secrets."""

from __future__ import annotations

import io
import json
import logging
from collections import deque
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from evalkit.store.secrets import hide_in_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOGGER: Final = logging.getLogger("evalkit")
LOGGER.addHandler(logging.NullHandler())  # nothing goes to the screen by itself
LONGEST: Final = 500  # characters of a value that are kept
N_BUFFERED: Final = 1000  # events before there is a file for them
_FACTS: Final = "evalkit_facts"


def note(event: str, **facts: object) -> None:
    """Log that something happened; facts are ids, counts and seconds, never texts."""
    LOGGER.info(event, extra={_FACTS: facts})


def warn(event: str, **facts: object) -> None:
    """Log that something happened that a person may have to look at."""
    LOGGER.warning(event, extra={_FACTS: facts})


@contextmanager
def buffering_events() -> Iterator[None]:
    """Buffer the latest events inside the block, for the first file that is written there."""
    with handled_by(_Buffer()):
        yield


@contextmanager
def logging_to(file: Path) -> Iterator[None]:
    """Append the events of this process to a file inside the block, buffered ones first."""
    handler = _BestEffortFile(file, encoding="utf-8", errors="backslashreplace", delay=True)
    handler.setFormatter(Lines())
    try:
        for buffer in [found for found in LOGGER.handlers if isinstance(found, _Buffer)]:
            LOGGER.removeHandler(buffer)
            for record in buffer.records:
                handler.handle(record)
        with handled_by(handler):
            yield
    finally:
        handler.close()


@contextmanager
def handled_by(handler: logging.Handler) -> Iterator[None]:
    """Send every event to a handler inside the block; restore the logger's level after it."""
    level = LOGGER.level
    LOGGER.setLevel(logging.INFO)
    LOGGER.addHandler(handler)
    try:
        yield
    finally:
        LOGGER.removeHandler(handler)
        LOGGER.setLevel(level)


class Lines(logging.Formatter):
    """An event as a line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        moment = datetime.fromtimestamp(record.created, UTC)
        return json.dumps(
            {
                "time": moment.isoformat(timespec="milliseconds"),
                "level": record.levelname.lower(),
                "event": _short(record.getMessage()),
                **shown_facts(record),
            },
            ensure_ascii=False,
        )


def shown_facts(record: logging.LogRecord) -> dict[str, object]:
    """Return the facts of an event, shortened and without secrets."""
    facts: dict[str, object] = getattr(record, _FACTS, {})
    return {name: _plain(value) for name, value in facts.items()}


class LibraryOutput(io.TextIOBase):
    """Logs every line that libraries print and that is not a progress bar."""

    def __init__(self) -> None:
        """Begin at the start of a line."""
        self._begun = ""

    def write(self, text: str) -> int:
        """Log the lines that end here."""
        *whole, self._begun = (self._begun + text).split("\n")
        for said in whole:
            line = said.rpartition("\r")[2].strip()
            if line and "%|" not in line:
                warn("a library said", text=line)
        return len(text)


class _Buffer(logging.Handler):
    """A buffer of the latest events of a process that has no log file yet."""

    def __init__(self) -> None:
        super().__init__()
        self.records: deque[logging.LogRecord] = deque(maxlen=N_BUFFERED)

    def emit(self, record: logging.LogRecord) -> None:
        """Buffer one event."""
        self.records.append(record)


class _BestEffortFile(logging.FileHandler):
    """A log file whose failures are ignored: nothing that must not be lost is only here."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one event, if the file can be opened."""
        with suppress(OSError):
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Do nothing."""


def _plain(value: object) -> object:
    if isinstance(value, float):
        return round(value, 3)
    return value if isinstance(value, int | None) else _short(str(value))


def _short(text: str) -> str:
    hidden = hide_in_text(text)
    return hidden if len(hidden) <= LONGEST else f"{hidden[:LONGEST]}…"
