"""The prompts of the outputs for the page's script: what they share is there once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from evalkit.analysis.stored import Texts
from evalkit.records import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.records import PromptSent, TextRead
    from evalkit.report.material import Material

_QUESTION = -1


class PromptTable:
    """The prompts of a page.

    Attributes:
        texts: the parts of messages, each once.
        prompts: a prompt is its messages; a message its role, then its parts: the place of a text,
            -1 for the question of the example, or [id of the article, how many characters of it
            were read, whether these are other than its own].
    """

    def __init__(self, material: Material) -> None:
        """Collect all prompts."""
        self.texts: list[str] = []
        self.prompts: list[list[list[Any]]] = []
        self._places: dict[str, int] = {}
        self._outputs: dict[tuple[str, str], int] = {}
        self._articles = Texts(material.articles)
        questions = {example.id: example.question for example in material.examples}
        found: dict[str, int] = {}
        for (system, example), prompt in material.prompts.items():
            if example in questions:
                messages = list(self._messages(prompt, questions[example]))
                key = json.dumps(messages)
                if key not in found:
                    found[key] = len(self.prompts)
                    self.prompts.append(messages)
                self._outputs[system, example] = found[key]

    def place(self, system: str, example: str) -> int | None:
        """Return the place of an output's prompt; None where none is known."""
        return self._outputs.get((system, example))

    def _messages(self, prompt: PromptSent, question: str) -> Iterator[list[Any]]:
        for message in prompt.messages:
            parts: list[Any] = [message.role]
            for part in message.parts:
                if isinstance(part, str):
                    parts += self._shared(part, question)
                else:
                    parts.append(self._read(part))
            yield parts

    def _read(self, part: TextRead) -> list[Any]:
        return [part.article, len(text_of(part, self._articles)), part.text is not None]

    def _shared(self, text: str, question: str) -> Iterator[int]:
        """Yield the places of a text in parts, the question apart, as it differs in each."""
        before, found, after = text.rpartition(question) if question else ("", "", text)
        if before:
            yield self._place(before)
        if found:
            yield _QUESTION
        if after:
            yield self._place(after)

    def _place(self, text: str) -> int:
        if text not in self._places:
            self._places[text] = len(self.texts)
            self.texts.append(text)
        return self._places[text]
