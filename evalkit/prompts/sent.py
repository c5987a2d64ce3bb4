"""Keeps the prompts that were sent, without the articles that many of them share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, overload

from evalkit.records import Message, MessageParts, PromptSent, TextRead, text_of
from evalkit.records.hashing import hash_messages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def take_apart(
    messages: Sequence[Message], read: Mapping[str, str], articles: Mapping[str, str]
) -> PromptSent:
    """Return messages in parts.

    Args:
        messages: as they are sent.
        read: the texts that stand in them, by the id of the article: the one that is asked about,
            and those of worked examples.
        articles: the articles' own texts by id, as articles.jsonl has them.
    """
    texts = {
        text: TextRead(article=id_, text=None if text == articles.get(id_) else text)
        for id_, text in read.items()
        if text
    }
    return PromptSent(
        sha256=hash_messages(messages),
        messages=tuple(
            MessageParts(role=message.role, parts=_parts(message.content, texts))
            for message in messages
        ),
    )


def put_together(prompt: PromptSent, articles: Mapping[str, str]) -> tuple[Message, ...]:
    """Return the messages of a prompt as they were sent, with the articles' texts by id."""
    return tuple(
        Message(
            role=message.role,
            content="".join(
                part if isinstance(part, str) else text_of(part, articles) for part in message.parts
            ),
        )
        for message in prompt.messages
    )


class SentMessages(Sequence[Message]):
    """The messages of a prompt, put together whenever they are read.

    So a plan need not hold the articles, however many requests are about them.
    """

    __slots__ = ("_prompt", "_texts")

    def __init__(self, prompt: PromptSent, texts: Mapping[str, str]) -> None:
        """Hold a prompt, and the articles' own texts by id, of those that it names."""
        self._prompt = prompt
        self._texts = texts

    def __len__(self) -> int:
        """Return how many messages there are."""
        return len(self._prompt.messages)

    @overload
    def __getitem__(self, at: int) -> Message: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Message, ...]: ...
    def __getitem__(self, at: int | slice) -> Message | tuple[Message, ...]:
        """Return a message, or some of them."""
        return put_together(self._prompt, self._texts)[at]

    def __iter__(self) -> Iterator[Message]:
        """Yield the messages in order."""
        return iter(put_together(self._prompt, self._texts))


class TextsRead(Mapping[str, str]):
    """The texts of some articles by id, read whenever they are looked at.

    Another process, which cannot read them, is sent the texts.
    """

    __slots__ = ("_ids", "_texts")

    def __init__(self, reads: Iterable[TextRead], texts: Mapping[str, str]) -> None:
        """Take what is read, and the texts of all articles by id."""
        self._ids = tuple(dict.fromkeys(read.article for read in reads if read.text is None))
        self._texts = texts

    def __getitem__(self, id_: str) -> str:
        """Return the text of an article."""
        if id_ not in self._ids:
            raise KeyError(id_)
        return self._texts[id_]

    def __iter__(self) -> Iterator[str]:
        """Yield the ids."""
        return iter(self._ids)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._ids)

    def __reduce__(self) -> tuple[type[dict[str, str]], tuple[dict[str, str]]]:
        """Return the texts themselves."""
        return dict, (dict(self),)


def reads_of(prompt: PromptSent) -> Iterator[TextRead]:
    """Yield the texts that stand in a prompt."""
    for message in prompt.messages:
        yield from (part for part in message.parts if isinstance(part, TextRead))


def _parts(content: str, texts: Mapping[str, TextRead]) -> tuple[str | TextRead, ...]:
    """Return a content with the first place of the first text that it holds taken out."""
    for text, read in texts.items():
        before, found, after = content.partition(text)
        if found:
            return tuple(part for part in (before, read, after) if part)
    return (content,)
