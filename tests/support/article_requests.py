"""Requests about the beginnings of the project's articles, for the tiny model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evalkit.records import Decoding, Example, Message, Request, TextRead
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.providers.local.session import LocalSession
    from evalkit.records import Generation

SHOT = (
    Message(role="user", content="一篇短文。\n问题：谁？"),
    Message(role="assistant", content="某人"),
)


def beginnings() -> list[str]:
    """Return the beginnings of three articles."""
    files = sorted((ROOT / "seeds").glob("*.txt"))
    return [file.read_text(encoding="utf-8")[:260] for file in files][:3]


def ask(articles: list[str], *, few_shot: bool = False, **decoding: Any) -> list[Request]:  # noqa: ANN401 - fields of Decoding
    """Return three questions and a summary of each article, of different lengths."""
    tasks = ("问题：谁？", "问题：在哪里，什么时候？", "问题：多少？", "写一段摘要。")
    return [
        Request(
            key=f"{a}-{t}",
            system=("tiny@terse", "tiny@default")[t % 2],
            example=Example(
                id=f"{a}/{t}", article_id=str(a), task="answer", kind="answer", references=()
            ),
            read=TextRead(article="", text=article),
            messages=(
                *(SHOT if few_shot else ()),
                Message(role="user", content=f"{article}\n\n{task}"),
            ),
            decoding=Decoding(max_new_tokens=24 if t == len(tasks) - 1 else 9, **decoding),
            n_article_tokens_dropped=a,
            template_sha256="f" * 64,
        )
        for a, article in enumerate(articles)
        for t, task in enumerate(tasks)
    ]


def answers(session: LocalSession, requests: Sequence[Request]) -> dict[str, Generation]:
    """Return what a session generates, by key."""
    return {one.key: one for one in session.generate(requests)}
