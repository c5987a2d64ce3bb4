"""The log and what is kept out of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from evalkit.store.log import LONGEST, logging_to, note, warn
from evalkit.store.secrets import hide_by_key, hide_in_text

if TYPE_CHECKING:
    from pathlib import Path


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


LETTERS = "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789"


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("https://me:geheim123@mirror/x", "https://(hidden)@mirror/x"),
        (f"token hf_{LETTERS} was refused", "token (hidden) was refused"),
        (f"key=sk-{LETTERS}, that is", "key=(hidden), that is"),
        (f"sk-proj-{LETTERS}_{LETTERS}-x", "(hidden)"),
        (f"sk-ant-api03-{LETTERS}-{LETTERS}AA", "(hidden)"),
        (f"sk-or-v1-{LETTERS}", "(hidden)"),
        (f"ghp_{LETTERS} github_pat_{LETTERS}_{LETTERS}", "(hidden) (hidden)"),
        ("glpat-AbCd-eFgH_iJkLmNoPqR.", "(hidden)."),
        (f"xoxb-123456789012-1234567890123-{LETTERS}", "(hidden)"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer (hidden)"),
        (f'"Bearer {LETTERS}=="', '"Bearer (hidden)"'),
        ("https://mirror/a@b 襄阳", "https://mirror/a@b 襄阳"),
    ],
)
def test_secrets_are_hidden_in_texts(text: str, hidden: str) -> None:
    """What has the shape of a known token, and only that part of a text."""
    assert hide_in_text(text) == hidden


def test_a_text_is_never_compared_with_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable with `token` in its name may hold a path; a path that is hidden is lost."""
    monkeypatch.setenv("TOKENIZED_DATA", "/data/corpus")
    text = "/data/corpus/seeds/index.yaml"
    assert hide_in_text(text) == text
    assert hide_by_key({"articles": text}) == {"articles": text}


@pytest.mark.parametrize(
    "text",
    [
        "/data/hf_models_converted_2024/qwen",
        "/data/hf_chinese_language_models_converted_in_2024_by_hand",
        "/data/sk-learn-models-converted-in-2024-by-hand",
        "/data/sk_models_converted_in_2024_by_hand_and_checked",
        "/data/ghs_models_converted_in_2024_by_hand_and_checked",
        "/data/xoxa-models-converted-in-2024-by-hand",
        "the bearer channel of ISDN",
    ],
)
def test_what_only_resembles_a_secret_is_left_as_it_is(text: str) -> None:
    """A manifest with a path taken out of it could be neither scored again nor repeated."""
    assert hide_in_text(text) == text


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


@pytest.mark.parametrize(
    "key", ["key", "pwd", "pass", "auth", "bearer", "sas", "signature", "pat", "session_id", "x"]
)
@pytest.mark.parametrize("where", ["chat_template_kwargs", "extra_body"])
def test_a_free_value_is_recorded_by_its_hash_alone(where: str, key: str) -> None:
    """Whatever its name: nobody knows here what it is; switches and numbers stay readable."""
    given = {key: "hunter2", "enable_thinking": False, "top_k": 5, "more": {key: ["hunter2"]}}
    hidden = hide_by_key({where: given})
    assert "hunter2" not in json.dumps(hidden)
    assert hidden[where]["enable_thinking"] is False
    assert hidden[where]["top_k"] == 5
    assert hide_by_key({where: {"reasoning_effort": "low"}}) == {where: {"reasoning_effort": "low"}}
    assert hide_by_key({where: {"x": "a"}}) != hide_by_key({where: {"x": "b"}})
