"""Shows the progress of a run: a live bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import logging
import sys
import time
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from evalkit.cli.terminal_text import show_line, text
from evalkit.language import localise
from evalkit.store.log import LibraryOutput, buffering_events, handled_by, shown_facts
from evalkit.values.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import TaskID

PLAIN_EVERY_S = 10.0


@contextmanager
def terminal_progress(*, verbose: bool = False) -> Iterator[LiveProgress | PlainProgress]:
    """Yield the kind of progress that suits standard error.

    Inside the block, the output of libraries goes to the log; with `verbose` the log is shown too.
    """
    console = Console(file=sys.stderr)
    with ExitStack() as stack:
        progress: LiveProgress | PlainProgress
        if console.is_terminal:
            columns = (
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}"),
                TimeElapsedColumn(),
                TimeRemainingColumn(),
            )
            stack.callback(console.show_cursor)  # a signal may come once it is hidden, at once
            bar = stack.enter_context(Progress(*columns, console=console))
            progress = LiveProgress(bar)
        else:
            progress = PlainProgress(console)
        if verbose:
            stack.enter_context(handled_by(_Live(progress)))
        output = LibraryOutput()
        stack.enter_context(buffering_events())
        stack.enter_context(redirect_stdout(output))
        stack.enter_context(redirect_stderr(output))
        yield progress


class _Live(logging.Handler):
    """Shows the log as it is written."""

    def __init__(self, progress: LiveProgress | PlainProgress) -> None:
        super().__init__()
        self._progress = progress

    def emit(self, record: logging.LogRecord) -> None:
        """Show one event."""
        facts = " ".join(f"{name}={value}" for name, value in shown_facts(record).items())
        self._progress.say(f"{record.levelname.lower()}: {record.getMessage()} {facts}".rstrip())


class _Rate:
    """Counts the tokens of a stage."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._n_tokens = 0

    def count(self, n_tokens: int) -> str:
        """Add tokens, and return the stage's rate so far as a person reads it."""
        self._n_tokens += n_tokens
        if not self._n_tokens:
            return ""
        return localise(f"{self._n_tokens / (time.monotonic() - self._start):.0f} new tokens/s")


class LiveProgress:
    """One bar per stage, redrawn in place."""

    def __init__(self, bar: Progress) -> None:
        """Draw on a rich progress display."""
        self._bar = bar
        self._task: TaskID | None = None
        self._rate = _Rate()

    def stage(self, name: str, total: int, n_kept: int = 0) -> None:
        """Begin a bar, and stop the clock of the last one."""
        if self._task is not None:
            self._bar.stop_task(self._task)
        self._rate = _Rate()
        words = f"{name} ({n_kept:,} kept)" if n_kept else name
        self._task = self._bar.add_task(visible(localise(words)), total=total, rate="")
        self._bar.update(self._task)  # what has nothing to do is finished, and its clock stands

    def advance(self, n_new_tokens: int = 0) -> None:
        """Advance the bar by one."""
        if self._task is not None:
            self._bar.update(self._task, advance=1, rate=self._rate.count(n_new_tokens))

    def say(self, line: str) -> None:
        """Print a line above the bars, as text and nothing else."""
        self._bar.console.print(text(localise(line)))


class PlainProgress:
    """A line at the beginning of a stage, at its end, and every ten seconds in between."""

    def __init__(self, console: Console) -> None:
        """Print to a console that is not a terminal."""
        self._console = console
        self._name = ""
        self._total = 0
        self._done = 0
        self._said_at = 0.0
        self._rate = _Rate()

    def stage(self, name: str, total: int, n_kept: int = 0) -> None:
        """Begin a stage."""
        self._name, self._total, self._done = name, total, 0
        self._rate = _Rate()
        self._said_at = time.monotonic()
        kept = f"{n_kept:,} kept" if n_kept else ""
        to_do = f"{total:,} to do" if total or not n_kept else ""
        self.say(f"{name}: {', '.join(filter(None, (kept, to_do)))}")

    def advance(self, n_new_tokens: int = 0) -> None:
        """Count a step, and print a line if the last one is old."""
        self._done += 1
        rate = self._rate.count(n_new_tokens)
        now = time.monotonic()
        if self._done == self._total or now - self._said_at >= PLAIN_EVERY_S:
            self._said_at = now
            self.say(f"{self._name}: {self._done:,} of {self._total:,} done  {rate}".rstrip())

    def say(self, line: str) -> None:
        """Print a line, as text and nothing else."""
        show_line(self._console, line)
