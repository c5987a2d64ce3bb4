"""The log and what is kept out of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from evalkit.store.log import LONGEST, logging_to, note, warn

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_log_line_has_time_level_event_and_facts_and_nothing_long(tmp_path: Path) -> None:
    """One JSON object per line; outside of a run nothing is kept."""
    note("before")
    with logging_to(tmp_path / "log.jsonl"):
        note("loaded", model="m", seconds=1.23456, n=3)
        warn("halved", reason=ValueError("x" * 2 * LONGEST))
    note("after")
    first, second = map(json.loads, (tmp_path / "log.jsonl").read_text("utf-8").splitlines())
    assert first.pop("time").endswith("+00:00")
    assert first == {"level": "info", "event": "loaded", "model": "m", "seconds": 1.235, "n": 3}
    assert second["level"] == "warning"
    assert len(second["reason"]) == LONGEST + 1


def test_a_log_that_cannot_be_written_stops_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What must not be lost is elsewhere."""
    (tmp_path / "log.jsonl").mkdir()
    with logging_to(tmp_path / "log.jsonl"):
        note("loaded")
    assert capsys.readouterr() == ("", "")
