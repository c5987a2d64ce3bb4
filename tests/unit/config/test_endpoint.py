"""The entries of `models:` that name a server."""

from __future__ import annotations

from typing import Any

import pytest

from evalkit.config.loading import parse
from tests.support.problems import problems_of

SERVED = {"name": "served", "endpoint": "http://host:8000/v1", "model": "Qwen3-32B"}
SETTINGS: dict[str, Any] = {
    "name": "trial",
    "data": {"squad": "dev.json"},
    "prompts": {"folder": "prompts"},
    "output": "runs",
}
PRICE = {"input": 0.5, "output": 2.0, "currency": "CNY"}


def found(**changes: object) -> list[tuple[str, str]]:
    """Return key and code of each problem of an endpoint with some settings changed."""
    problems = problems_of(lambda: parse(SETTINGS | {"models": [SERVED | changes]}))
    return [(problem.key.removeprefix("models.0."), problem.code) for problem in problems]


def test_an_address_and_a_name_are_enough() -> None:
    """Everything else has a default."""
    assert parse(SETTINGS | {"models": [SERVED]}).models[0].name == "served"


def test_several_addresses_are_a_list() -> None:
    """Equal replicas; an empty list is refused."""
    assert parse(SETTINGS | {"models": [SERVED | {"endpoint": ["http://a/v1", "http://b/v1"]}]})
    assert found(endpoint=[]) == [("endpoint", "empty")]


@pytest.mark.parametrize(
    "address",
    [
        "server:9000",
        "ftp://host/v1",
        "http://me:secret@host/v1",
        "https://host/v1?key=s3",
        "http://:8000/v1",
        "http://host:99999/v1",
        "http://host:eight/v1",
        "http://[::1/v1",
        "http://host/v1/\x1b[31m",
        "http://host/v1/chat/completions",
    ],
)
def test_an_address_holds_nothing_but_the_server(address: str) -> None:
    """No user, password or query; the refusal does not repeat what it refuses."""
    problems = problems_of(lambda: parse(SETTINGS | {"models": [SERVED | {"endpoint": address}]}))
    assert [problem.key for problem in problems] == ["models.0.endpoint"]
    assert address not in str(problems[0])


@pytest.mark.parametrize(
    "fields",
    [
        {"max_tokens": 5},
        {"messages": []},
        {"model": "other"},
        {"prompt": "问"},
        {"n": 2},
        {"temperature": float("nan")},
        {"nested": {"x": [float("inf")]}},
    ],
)
def test_further_fields_are_json_and_do_not_change_what_is_asked(fields: object) -> None:
    """Found before anything is sent."""
    assert found(extra_body=fields) == [("extra_body", "invalid")]


@pytest.mark.parametrize("key", ["sk-0123456789abcdef0123456789abcdef", "abcdef0123.XYZ", "a b"])
def test_a_literal_key_is_refused_and_not_repeated(key: str) -> None:
    """`key_env` names an environment variable; what does not look like one may be a key."""
    problems = problems_of(lambda: parse(SETTINGS | {"models": [SERVED | {"key_env": key}]}))
    assert [problem.key for problem in problems] == ["models.0.key_env"]
    assert key not in str(problems[0])


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"budget": 20.0}, "budget"),
        ({"max_context": 8192}, "max_context"),
        ({"api": "tokens"}, "api"),
    ],
)
def test_a_setting_without_what_it_needs_is_a_conflict(
    changes: dict[str, object], key: str
) -> None:
    """A budget needs a price; a context and token ids need a tokenizer."""
    assert found(**changes) == [(key, "conflict")]
    complete = SERVED | changes | {"price": PRICE, "tokenizer": {"folder": "model"}}
    assert parse(SETTINGS | {"models": [complete]})


def test_a_served_model_is_asked_with_the_templates_of_evalkit_by_default() -> None:
    """Prompts are needed only where they are the user's own."""
    settings = {name: value for name, value in SETTINGS.items() if name != "prompts"}
    assert parse(settings | {"models": [SERVED]}).prompts is None
