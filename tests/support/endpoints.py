"""A served model as a config names it, opened and asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from evalkit.config.schema import Endpoint
from evalkit.providers import Setting
from evalkit.providers.endpoint import asking
from evalkit.providers.endpoint.opening import open_provider
from evalkit.records import Corpus, Decoding, Example, Message, Request, TextRead
from tests.support.progress import Said
from tests.support.served import MODEL, in_turn, serving

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pytest

    from evalkit.providers.endpoint.provider import EndpointProvider
    from evalkit.records import Generation
    from tests.support.served import Reaction, Served

QUICK: Mapping[str, Any] = {"silence_s": 5.0, "retry_for_s": 20.0, "concurrency": 4}


def entry(served: Served, **changes: Any) -> Endpoint:  # noqa: ANN401 - any key of the config
    """Return the entry of a server, impatient enough for a test."""
    settings = {"name": "served", "endpoint": served.address, "model": MODEL, **QUICK, **changes}
    return Endpoint.model_validate_json(json.dumps(settings))


def opened(served: Served, *, spent: float = 0.0, **changes: Any) -> EndpointProvider:  # noqa: ANN401 - as above
    """Return the provider of a server."""
    setting = Setting(
        corpus=Corpus(articles=(), references={}),
        examples=(),
        progress=Said(),
        costs={"served": spent},
    )
    return open_provider(entry(served, **changes), setting)


def request(
    question: str,
    *,
    article: str = "文章",
    system: str = "served",
    n_prompt_tokens: int = 0,
    **decoding: Any,  # noqa: ANN401 - fields of Decoding
) -> Request:
    """Return a request for an answer; the question is its id."""
    example = Example(
        id=question, article_id=article, task="answer", kind="answer", references=("答",)
    )
    return Request(
        key=f"{article}/{question}",
        system=system,
        example=example,
        read=TextRead(article="", text=article),
        messages=(Message(role="user", content=f"{article}{question}"),),
        decoding=Decoding(**({"max_new_tokens": 32} | decoding)),
        n_prompt_tokens=n_prompt_tokens,
    )


def ask(
    served: Served,
    requests: Sequence[Request] | int = 1,
    **changes: Any,  # noqa: ANN401 - as above
) -> list[Generation]:
    """Return what becomes of requests, or of so many about one article, in their order."""
    asked = [request(f"问{i}") for i in range(requests)] if isinstance(requests, int) else requests
    with opened(served, **changes).session(asked) as session:
        found = {generation.key: generation for generation in session.generate(asked)}
    return [found[each.key] for each in asked if each.key in found]


def outcome(*reactions: Reaction, **changes: Any) -> tuple[Generation, int]:  # noqa: ANN401 - keys of the config
    """Return what becomes of one request, and how often it arrived."""
    with serving(in_turn(*reactions)) as server:
        (generation,) = ask(server, 1, **changes)
        return generation, len(server.asked)


def facts(server: Served, **changes: Any) -> Mapping[str, Any]:  # noqa: ANN401 - keys of the config
    """Return what a session knows of its server."""
    with opened(server, **changes).session([]) as session:
        return session.facts


def shorten_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have sessions wait hundredths of a second between attempts, not half a minute."""
    monkeypatch.setattr(asking, "_BACKOFF_S", 0.01)
    monkeypatch.setattr(asking, "_MOST_BACKOFF_S", 0.05)
