"""The log and what is kept out of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from evalkit.store.log import LONGEST, kept, note, warn
from evalkit.store.secrets import hide_by_key, hide_in_text

if TYPE_CHECKING:
    from pathlib import Path


def test_a_log_line_has_time_level_event_and_facts_and_nothing_long(tmp_path: Path) -> None:
    """One JSON object a line; outside of a run nothing is kept."""
    note("before")
    with kept(tmp_path / "log.jsonl"):
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
    with kept(tmp_path / "log.jsonl"):
        note("loaded")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("https://me:geheim123@mirror/x", "https://(hidden)@mirror/x"),
        ("token hf_ABCDEFGHIJKLMNOPQRSTUV was refused", "token (hidden) was refused"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer (hidden)"),
        ("with s3cret-value in it", "with (hidden) in it"),
        ("https://mirror/a@b 襄阳", "https://mirror/a@b 襄阳"),
    ],
)
def test_secrets_are_hidden_in_texts(
    text: str, hidden: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the environment calls a secret, and what is shaped like one."""
    monkeypatch.setenv("MY_API_KEY", "s3cret-value")
    assert hide_in_text(text) == hidden


def test_secrets_are_hidden_by_their_keys() -> None:
    """Also below such a key and as numbers; counts of tokens stay."""
    found = hide_by_key(
        {
            "max_new_tokens": {"answer": 8},
            "hf_token": "abc",
            "password": 1234,
            "credentials": [{"user": "me", "none": None}],
            "plain": ["x"],
        }
    )
    assert found == {
        "max_new_tokens": {"answer": 8},
        "hf_token": "(hidden)",
        "password": "(hidden)",
        "credentials": [{"user": "(hidden)", "none": None}],
        "plain": ["x"],
    }
