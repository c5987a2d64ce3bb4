"""Promise: no secret is written down, nor what a user passes on in free form that may be one."""

from __future__ import annotations

import json
from itertools import product

import pytest

from evalkit.store.secrets import hide_by_key, hide_in_text

SECRET = "S3cr3tV4lue"  # noqa: S105 - of no service
KEYS = (
    *("key", "pwd", "pass", "auth", "bearer", "sas", "signature", "pat", "session_id", "api-key"),
    *("apiKey", "sessionToken", "X-API-KEY", "cookie", "jwt", "otp", "dsn", "webhook", "user", "x"),
)
VALUES = (
    SECRET, [SECRET], {"a": SECRET}, [{"b": [SECRET]}], {"type": {"c": SECRET}},
    f"https://u:{SECRET}@h/x?sig={SECRET}",
)  # fmt: skip
PLACES = ("extra_body", "chat_template_kwargs", "extra_headers", "headers")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("above", ["thinking", "reasoning", "type", "other"])
def test_no_free_value_is_written_as_it_is(place: str, above: str) -> None:
    """Whatever its key, its kind and its depth; keys that may be in clear hide what is below."""
    for key, value in product(KEYS, VALUES):
        for free in ({key: value}, {above: {key: value}}, {above: [{key: value}]}):
            assert SECRET not in json.dumps(hide_by_key({"models": [{place: free}]}))


@pytest.mark.parametrize("key", ["key", "sessionId", "PIN", "otp", "x-pat", "authToken"])
def test_numbers_under_secret_keys_are_hidden(key: str) -> None:
    """A number can be a password; other numbers are settings."""
    hidden = hide_by_key({"extra_body": {"a": {key: 123_456}, "top_k": 5, "max_tokens": 9}})
    assert hidden == {"extra_body": {"a": {key: "(hidden)"}, "top_k": 5, "max_tokens": 9}}


def test_switches_and_well_known_keys_are_in_clear() -> None:
    """What a reader of the run has to know."""
    free = {"enable_thinking": True, "thinking": {"type": "enabled"}, "reasoning_effort": "low"}
    assert hide_by_key({"extra_body": free}) == {"extra_body": free}


@pytest.mark.parametrize("name", ["api_key", "sig", "access_token", "X-Amz-Signature", "key"])
def test_parameters_of_addresses_are_hidden(name: str) -> None:
    """By their names; others stay."""
    address = f"https://h/v1?version=2&{name}={SECRET}#top"
    assert hide_in_text(address) == f"https://h/v1?version=2&{name}=(hidden)#top"


def test_free_values_are_told_apart_by_their_hashes() -> None:
    """A run with another one is a run of another config."""
    first, second = (hide_by_key({"extra_body": {"x": value}}) for value in "ab")
    assert first != second


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
