"""Ctrl-C at a good moment: after the answer in flight is on disk, not in the middle of it."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType


@contextmanager
def held_back() -> Iterator[Callable[[], None]]:
    """Hold the first Ctrl-C back while inside; a second one raises at once.

    Yields:
        A function to call at every good moment: it raises KeyboardInterrupt if one is held back.
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
