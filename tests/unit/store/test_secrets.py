"""Promise: what a user passes on in free form is written down only where it cannot be a secret."""

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
