"""A request with no more than what a test needs."""

from __future__ import annotations

from typing import Any

from evalkit.records import Decoding, Example, Message, Request, TextRead


def request(
    *turns: str,
    key: str = "k",
    system: str = "m",
    article: str = "a",
    example: Example | None = None,
    read: str = "",
    **decoding: Any,  # noqa: ANN401 - fields of Decoding
) -> Request:
    """Return a request with these turns of the user; without an example, of one with its key."""
    return Request(
        key=key,
        system=system,
        example=example
        or Example(id=key, article_id=article, task="answer", kind="answer", references=()),
        read=TextRead(article="", text=read),
        messages=tuple(Message(role="user", content=text) for text in turns),
        decoding=Decoding(**({"max_new_tokens": 1} | decoding)),
    )
