"""The prompts that were sent, taken apart so that an article is kept once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from evalkit.prompts.sent import SentMessages, put_together, take_apart
from evalkit.records import Message, TextRead
from evalkit.records.hashing import hash_messages

TEXTS = st.text(alphabet="文章甲乙\n", min_size=1, max_size=6)


@given(st.lists(st.tuples(TEXTS, st.booleans()), min_size=1, max_size=3), TEXTS, TEXTS, TEXTS)
def test_messages_come_back_as_they_were_sent(
    wanted: list[tuple[str, bool]], before: str, article: str, other: str
) -> None:
    """Whatever the texts, also where an article stands in its own instructions."""
    messages = tuple(
        Message(role="user", content=f"{before}{article if asked else other}{text}")
        for text, asked in wanted
    )
    articles = {"a": article, "b": other}
    read = {"a": article, "b": f"{other}…"}
    prompt = take_apart(messages, read, articles)
    assert put_together(prompt, articles) == messages
    sent = SentMessages(prompt, articles)
    assert (tuple(sent), sent[0], sent[1:], len(sent)) == (
        messages,
        messages[0],
        messages[1:],
        len(messages),
    )
    assert prompt.sha256 == hash_messages(messages)


def test_an_article_is_named_and_an_altered_one_is_kept() -> None:
    """Its own text stands in articles.jsonl; one with noise stands nowhere else."""
    articles = {"a": "原来的文章"}
    for read, kept in (("原来的文章", None), ("原来的交章", "原来的交章")):
        messages = (Message(role="user", content=f"文章：{read}\n请写摘要。"),)
        (message,) = take_apart(messages, {"a": read}, articles).messages
        assert message.parts == (
            "文章：",
            TextRead(article="a", text=kept),
            "\n请写摘要。",
        )
