"""Ctrl-C between two answers: after the one in flight is on disk."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType


@contextmanager
def deferred_interrupt() -> Iterator[Callable[[], None]]:
    """Defer the first Ctrl-C while inside; a second one raises at once.

    Yields:
        A function to call between two answers: it raises KeyboardInterrupt if one was deferred.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None  # signals go to the main thread alone
        return
    asked = False

    def remember(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True

    def check() -> None:
        if asked:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, remember)
    try:
        yield check
    finally:
        signal.signal(signal.SIGINT, before)
    check()
