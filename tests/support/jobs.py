"""Small jobs in memory, and a provider that counts characters."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evalkit.config.schema import Config
from evalkit.config.tasks import tasks_of
from evalkit.providers import generation_of
from evalkit.records import Article, Corpus, Question, References, ReferenceSummary
from evalkit.runner.job import Job, asked, load_templates
from tests.support.paths import PROMPTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from evalkit.records import Generation, Message, Request, Role


def corpus(*texts: str) -> Corpus:
    """Return a corpus with two short reference summaries and two questions for each text."""
    ids = [f"a{i}" for i in range(len(texts))]
    return Corpus(
        articles=tuple(
            Article(id=name, title="", text=text, sha256=f"sha-{text}")
            for name, text in zip(ids, texts, strict=True)
        ),
        references={
            name: References(
                summaries=(
                    ReferenceSummary(id="s1", task="short", text=f"{name}短一"),
                    ReferenceSummary(id="s2", task="short", text=f"{name}短二"),
                ),
                questions=tuple(
                    Question(
                        id=f"q{n}", question=f"{name}问{n}？", type="phrase", answers=(f"答{n}",)
                    )
                    for n in (1, 2)
                ),
            )
            for name in ids
        },
    )


def job(texts: Corpus, **changes: Any) -> Job:  # noqa: ANN401 - any key of the config
    """Return a job of one language model, `m`, on a corpus, with the project's own templates."""
    settings = {
        "name": "t",
        "output": "runs",
        "data": {"articles": "a", "references": "r"},
        "prompts": {"folder": str(PROMPTS)},
        "models": [{"name": "m", "weights": {"tiny": 0}}],
        "metrics": {"summary": ["rouge1"], "answer": ["em"]},
    }
    config = Config(**(settings | changes))
    prompts, _ = load_templates(config, tasks_of(config))
    return Job(config, texts, asked(config, texts), prompts)


@dataclass(frozen=True, kw_only=True, slots=True)
class Characters:
    """A provider with one token a character, which real tokenizers only approach.

    It answers with the last characters of what it read, and notes what it was asked.
    """

    name: str = "m"
    role: Role = "model"
    cacheable: bool = False
    fingerprint: str = "f"
    limit: int = 10_000
    asked: list[Request] = field(default_factory=list)

    @property
    def budget(self) -> Characters:
        """Itself."""
        return self

    @property
    def facts(self) -> Mapping[str, object]:
        """Nothing to record."""
        return {}

    def counts(self, conversations: Sequence[Sequence[Message]]) -> list[int]:
        """Return the characters of all turns of each."""
        return [sum(len(message.content) for message in messages) for messages in conversations]

    def count_text(self, text: str) -> int:
        """Return the length."""
        return len(text)

    def describe(self, requests: Sequence[Request]) -> str:
        """Return how many there are."""
        return str(len(requests))

    @contextmanager
    def session(self, _requests: Sequence[Request]) -> Iterator[Characters]:
        """Yield itself."""
        yield self

    def generate(self, requests: Sequence[Request]) -> Iterator[Generation]:
        """Yield the article's last characters for each request."""
        for request in requests:
            self.asked.append(request)
            yield generation_of(request, request.article[-5:])
