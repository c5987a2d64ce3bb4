"""How systems are asked: conditions, prompts, requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence  # noqa: TC003 - validated when read back
from dataclasses import dataclass, field
from typing import Literal

from evalkit.records.data import Example, StepName  # noqa: TC001 - validated when read back

Role = Literal["model", "baseline", "oracle", "human"]
"""What a system is in a comparison; `oracle` is the upper bound of extraction."""
HUMAN = "human"
"""The name of the row of references scored against each other; no model may be called so."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Noise:
    """Seeded disturbances of an article, each at a rate from 0 (none) to 1 (wherever it can be).

    Attributes:
        full_width: of ASCII digits and punctuation turned into their full-width forms.
        line_breaks: of places within a sentence at which the line is broken.
        ocr: of characters replaced by one that character recognition confuses them with.
        seed: draws the places.
    """

    full_width: float = 0.0
    line_breaks: float = 0.0
    ocr: float = 0.0
    seed: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """How a model is asked: with which wording of the prompts, worked examples and noise."""

    wording: str = "default"
    n_shots: int = 0
    noise: Noise = Noise()


PROMPT_FACTORS = ("wording", "n_shots")
"""The fields of a condition that make no difference to what reads no prompt."""


@dataclass(frozen=True, kw_only=True, slots=True)
class System:
    """A row of the table: a model under one condition.

    `name` is the model's own where the config names one condition for it, else `model@condition`.
    """

    name: str
    model: str
    role: Role
    condition: Condition = Condition()


def model_of(system: str) -> str:
    """Return the model of a system, by the system's name.

    >>> model_of("qwen@terse+3-shot")
    'qwen'
    """
    return system.partition("@")[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One turn of the conversation that a prompt is rendered into."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TextRead:
    """Where a message holds the text that was to be read.

    Attributes:
        article: the id of the article that it is, or that it is made of.
        text: None where it is just what articles.jsonl has; else the text, as noise, shortening or
            an earlier step left it.
    """

    article: str
    text: str | None = None


def text_of(read: TextRead, articles: Mapping[str, str]) -> str:
    """Return the text that was read, with the articles' own texts by id."""
    return articles[read.article] if read.text is None else read.text


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageParts:
    """A message in parts, so that the text which many of them share is not in each."""

    role: Literal["user", "assistant"]
    parts: tuple[str | TextRead, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PromptSent:
    """The messages of one or more requests: a line of prompts.jsonl.

    Attributes:
        sha256: of the whole messages; requests name it.
        messages: as they were sent, before a model's chat template.
    """

    sha256: str
    messages: tuple[MessageParts, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Decoding:
    """How a model writes one generation; greedy where `temperature` is 0.

    A sample is drawn by a generator of its own, seeded with `seed`, the messages and the number of
    the sample: the other requests of its batch change nothing.
    """

    max_new_tokens: int
    stop: tuple[str, ...] = ()
    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    seed: int = 0
    sample: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One example made ready for one system.

    Attributes:
        key: the hash of all that can change the generation: the provider's fingerprint, the
            messages and the decoding.
        system: the name of the system that is asked.
        example: what is asked.
        read: the text that the system may read.
        messages: the rendered prompt; empty for providers that read example and article themselves.
        decoding: how the answer is written; its `sample` numbers repeated requests.
        n_prompt_tokens: 0 where the provider cannot count.
        n_article_tokens_dropped: of an article that was shortened to fit.
        template_sha256: of the template; empty without messages.
        prompt_sha256: of the messages; empty without any.
        texts: the articles' own texts by id, of those that `read` names.
    """

    key: str
    system: str
    example: Example
    read: TextRead
    messages: Sequence[Message]
    decoding: Decoding
    n_prompt_tokens: int = 0
    n_article_tokens_dropped: int = 0
    template_sha256: str = ""
    prompt_sha256: str = ""
    texts: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def article(self) -> str:
        """The text that the system may read, which need not be in memory before."""
        return text_of(self.read, self.texts)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedRequest:
    """What one system is to be asked: a line of requests.jsonl, written before the first answer.

    Attributes:
        system: the name of the system.
        step: the step that asks.
        example: the id of the example.
        sample: the number of the sample, 0 for greedy decoding.
        key: of the generation that answers it; empty while an earlier step has to be done first,
            and where it cannot be asked.
        problem: why it cannot be asked; empty where it can.
        n_prompt_tokens: 0 where the provider cannot count.
        evidence_altered: whether noise changed the evidence of the question.
        question: as it was asked; references may be edited later. The focus of a focused summary;
            empty for other summaries.
        prompt: the hash of its messages in prompts.jsonl; empty without any.
    """

    system: str
    step: StepName
    example: str
    question: str = ""
    sample: int = 0
    key: str = ""
    problem: str = ""
    n_prompt_tokens: int = 0
    evidence_altered: bool = False
    prompt: str = ""
