"""The signals that ask a process to stop: Ctrl-C, SIGTERM of a scheduler, a closed terminal."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

_BY_SHELL: Final = 128  # what a shell adds to the number of the signal that ended a process


class Terminated(KeyboardInterrupt):
    """SIGTERM or SIGHUP, which is taken as Ctrl-C is; `exit_code` is what a shell expects."""

    def __init__(self, number: int) -> None:
        """Keep the number of the signal."""
        super().__init__()
        self.exit_code = _BY_SHELL + number


def exit_code(error: KeyboardInterrupt) -> int:
    """Return the exit code of a process that was asked to stop: 130 after Ctrl-C, as of a shell."""
    return error.exit_code if isinstance(error, Terminated) else _BY_SHELL + signal.SIGINT


@contextmanager
def raising_when_terminated() -> Iterator[None]:
    """Raise `Terminated` inside where SIGTERM or SIGHUP comes, also as process 1 of a container.

    A signal that is ignored, as under nohup, stays ignored.
    """
    defaults = [number for number in _others() if signal.getsignal(number) == signal.SIG_DFL]
    with _handling(_stop, defaults):
        yield


@contextmanager
def deferred_interrupt() -> Iterator[Callable[[], None]]:
    """Defer the first request to stop while inside; a second one raises at once.

    Yields:
        A function to call between two answers: it raises KeyboardInterrupt, or Terminated, if a
        signal was deferred.
    """
    asked: list[int] = []

    def remember(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        if len(asked) > 1:
            check()

    def check() -> None:
        if asked:
            _stop(asked[-1])

    with _handling(remember, _heeded()):
        yield check
    check()


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise at once inside, although requests to stop are deferred around it.

    For waiting in which nothing that could be kept is being made.
    """
    with _handling(_stop, _heeded()):
        yield


@contextmanager
def keeping_handlers() -> Iterator[None]:
    """Undo at the end what a library does inside to the handlers of requests to stop."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, *_others())}
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            for number, handler in before.items():
                signal.signal(number, handler)


@contextmanager
def _handling(
    handler: Callable[[int, FrameType | None], None], numbers: list[int]
) -> Iterator[None]:
    """Handle signals inside the block; they go to the main thread alone."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


def _stop(number: int, _frame: FrameType | None = None) -> None:
    """Raise what a signal means."""
    raise KeyboardInterrupt if number == signal.SIGINT else Terminated(number)


def _heeded() -> list[int]:
    """Return the signals that ask to stop, without those that are ignored, as under nohup."""
    others = [number for number in _others() if signal.getsignal(number) != signal.SIG_IGN]
    return [signal.SIGINT, *others]


def _others() -> list[int]:
    names = ("SIGTERM", "SIGHUP")  # Windows has no SIGHUP
    return [int(getattr(signal, name)) for name in names if hasattr(signal, name)]
