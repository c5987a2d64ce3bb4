"""Kills or stops a run in a phase of choice: its own process sends the signal."""

from __future__ import annotations

import logging
import os
import re
import signal
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PHASES = {
    "start": r"begin",
    "inputs": r"open .*/\.lock$",
    "loading": r"log planned",
    "generating": r"log loaded tiny",
    "scoring": r"os\.mkdir .*/\.switch\.part$",
    "statistics": r"open .*/\.switch\.part/\.scores\.jsonl\.",
    "switching": r"os\.rename .*/\.switch\.part$",
    "reports": r"open .*/\.(?:summary|examples)\.csv\.",
    "drawing": r"open .*/chart\.svg\.jinja$",
}
"""The phases of a run in their order, each with the event that it begins with."""
FIRST_ANSWER = "first answer"
"""A moment of generating: the first answer that used up its tokens has been written."""
_EVENTS = PHASES | {FIRST_ANSWER: "log unfinished generation"}


@dataclass(frozen=True, kw_only=True, slots=True)
class KillIn:
    """Kill in a phase, or at `FIRST_ANSWER`, some seconds later; or send another signal."""

    phase: str
    after_s: float = 0.0
    signal: int = signal.SIGKILL


def watch(what: KillIn | Path) -> None:
    """Have this process kill itself; or write when each phase begins, and the end, into a file."""
    begun: dict[str, float] = {}
    awaited = {what.phase: _EVENTS[what.phase]} if isinstance(what, KillIn) else PHASES

    def pass_event(event: str) -> None:
        for phase, pattern in awaited.items():
            if phase not in begun and re.match(pattern, event):
                begun[phase] = time.monotonic()
                if isinstance(what, KillIn):
                    threading.Thread(target=_kill, args=[what], daemon=True).start()
                else:
                    what.write_text("".join(f"{t}\n" for t in begun.values()), encoding="utf-8")
                return

    handler = logging.Handler()
    handler.emit = lambda record: pass_event(  # type: ignore[method-assign] # one line
        f"log {record.getMessage()} {getattr(record, 'evalkit_facts', {}).get('model', '')}"
    )
    logging.getLogger("evalkit").addHandler(handler)
    sys.addaudithook(lambda event, args: pass_event(f"{event} {args[0]}") if args else None)
    pass_event("begin")


def _kill(what: KillIn) -> None:
    time.sleep(what.after_s)
    os.kill(os.getpid(), what.signal)
