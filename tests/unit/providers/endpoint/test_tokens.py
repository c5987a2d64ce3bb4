"""A served model with a tokenizer: token ids, counts and the context."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.errors import ProviderError
from evalkit.providers.local.chat import Chat
from evalkit.providers.local.weights.tiny import make_tiny
from evalkit.records import Message
from tests.support.endpoints import ask, facts, opened, request
from tests.support.served import MODEL, answer, is_calibration, same, serving, status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from evalkit.records import Generation
    from tests.support.served import Asked, Reaction, Script, Served

TEXT = "从一数到二十，只写阿拉伯数字，用逗号隔开。问文章"
OLLAMA: Mapping[str, Any] = {"data": [{"id": MODEL, "owned_by": "library"}]}
LOADED: Mapping[str, Any] = {"/api/ps": {"models": [{"name": MODEL, "context_length": 4096}]}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a tokenizer and a chat template."""
    found = tmp_path_factory.mktemp("tiny")
    make_tiny(0, [TEXT], found)
    return found


def counting(folder: Path, extra: int = 0) -> Script:
    """Return a script that counts prompts as the tokenizer does, and some tokens more."""

    def script(asked: Asked) -> Reaction:
        ids = asked.body.get("prompt")
        n = len(ids) if ids else tokens_of(folder, asked.body["messages"][-1]["content"])
        return answer("武汉", usage={"prompt_tokens": n + extra, "completion_tokens": 2})

    return script


@cache
def chat_of(folder: Path) -> Chat:
    """Return the tokenizer of a folder."""
    return Chat.load(folder, {})


def tokens_of(folder: Path, content: str) -> int:
    """Return how many tokens a conversation of one message has."""
    return len(chat_of(folder).encode([Message(role="user", content=content)]))


def test_token_ids_are_sent_where_a_server_takes_them(folder: Path) -> None:
    """`auto` tries them first; `chat` never does."""
    tokenizer = {"folder": str(folder)}
    with serving(counting(folder), calibrates=False) as server:
        assert facts(server, tokenizer=tokenizer)["api"] == "tokens"
        assert facts(server, tokenizer=tokenizer, api="chat")["api"] == "chat"

    def textual(asked: Asked) -> Reaction:
        if "prompt" in asked.body:
            return status(400, {"detail": "prompt must be a string."})
        return counting(folder)(asked)

    with serving(textual, calibrates=False) as server:
        assert facts(server, tokenizer=tokenizer)["api"] == "chat"
        with pytest.raises(ProviderError, match="must be a string"):
            facts(server, tokenizer=tokenizer, api="tokens")


def test_control_tokens_in_an_article_are_sent_as_text(folder: Path) -> None:
    """As token ids they are those of the characters: none ends the turn."""
    chat = chat_of(folder)
    special = [t.content for t in chat.tokenizer.added_tokens_decoder.values() if t.special]
    control = chat.special_ids(special)
    plain = sum(at in control for at in chat.encode(request("问", article="文章").messages))
    asked = [request("问", article=f"文{hostile}章") for hostile in special]
    with serving(counting(folder), calibrates=False) as server:
        ask(server, asked, tokenizer={"folder": str(folder)}, api="tokens")
        sent = [chat.tokenizer.decode(one.body["prompt"]) for one in server.asked]
        counts = [sum(at in control for at in one.body["prompt"]) for one in server.asked]
    for hostile in special:
        (at,) = (i for i, text in enumerate(sent) if f"文{hostile}章" in text)
        assert counts[at] == plain


def test_token_ids_that_are_counted_otherwise_are_not_trusted(folder: Path) -> None:
    """A server may read a list of numbers as a list of texts."""

    def script(asked: Asked) -> Reaction:
        extra = 50 if "prompt" in asked.body else 0
        return counting(folder, extra)(asked)

    with serving(script, calibrates=False) as server:
        assert facts(server, tokenizer={"folder": str(folder)})["api"] == "chat"


def test_another_tokenizer_or_template_is_noticed(folder: Path) -> None:
    """The server's count of one prompt differs from the local one."""
    with serving(counting(folder, 7), calibrates=False) as server:
        assert (
            facts(server, tokenizer={"folder": str(folder)}, api="chat")[
                "n_tokens_more_than_tokenizer"
            ]
            == 7
        )


def answered(server: Served, folder: Path, article: str) -> Generation:
    """Return the answer about an article, with the prompt counted as planning does."""
    provider = opened(server, tokenizer={"folder": str(folder)}, api="chat")
    asked = request("问", article=article)
    assert provider.budget is not None
    counted = request(
        "问", article=article, n_prompt_tokens=provider.budget.counts([asked.messages])[0]
    )
    with provider.session([counted]) as session:
        (found,) = session.generate([counted])
    return found


def test_a_prompt_that_the_server_cut_is_reported(folder: Path) -> None:
    """Ollama cuts it without a word, and counts what is left."""

    def script(asked: Asked) -> Reaction:
        n = tokens_of(folder, asked.prompt)
        kept = n if is_calibration(asked.body) else min(n, 60)
        return answer("武汉", usage={"prompt_tokens": kept, "completion_tokens": 2})

    with serving(script, calibrates=False) as server:
        assert answered(server, folder, "文章").n_prompt_tokens_cut == 0
        assert answered(server, folder, "文章" * 100).n_prompt_tokens_cut > 100


def test_the_context_is_the_server_s_where_the_config_has_none(folder: Path) -> None:
    """And must be told by one of the two."""
    tokenizer = {"folder": str(folder)}
    with serving(same(answer("武汉"))) as server:
        found = opened(server, tokenizer=tokenizer).budget
        assert found is not None
        assert found.limit == 4096
        assert opened(server, tokenizer=tokenizer, max_context=1000).budget.limit == 1000  # type: ignore[union-attr] # there is one
        server.models = OLLAMA
        with pytest.raises(ProviderError, match="set max_context"):
            opened(server, tokenizer=tokenizer)


def test_a_context_that_is_shorter_than_the_config_says_stops(folder: Path) -> None:
    """Ollama loads models with a short one; prompts would be cut without a word."""
    script = counting(folder)
    tokenizer = {"folder": str(folder)}
    with (
        serving(script, models=OLLAMA, other=LOADED) as server,
        pytest.raises(ProviderError) as error,
    ):
        facts(server, tokenizer=tokenizer, max_context=8192, api="chat")
    assert str(error.value).endswith("set it to 4096")
    assert error.value.key == "max_context"
