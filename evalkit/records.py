"""The frozen records that pass between rooms; `docs/architecture.md` says what each word means."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - records are validated when they are read back
from dataclasses import dataclass, field
from typing import Literal

Task = Literal["summary", "answer"]
Length = Literal["short", "long"]
QuestionType = Literal[
    "number",
    "date",
    "person",
    "organization",
    "place",
    "list",
    "phrase",
    "yesno",
    "unanswerable",
]
Source = Literal["article", "summary", "nothing"]
"""What a question is asked of: the article, the system's own summary of it, or no text at all."""
FinishReason = Literal["stop", "length", "error"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Article:
    """A text that is summarised and asked about."""

    id: str
    title: str
    text: str
    sha256: str
    encoding: str = "utf-8"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferenceSummary:
    """A reference summary that a person wrote."""

    id: str
    length: Length
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A question about one article, with the accepted answers that a person wrote."""

    id: str
    question: str
    type: QuestionType | None
    answers: tuple[str, ...]
    difficulty: int = 1
    unit: str | None = None
    ordered: bool = False
    evidence: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class References:
    """All that people wrote about one article."""

    summaries: tuple[ReferenceSummary, ...] = ()
    questions: tuple[Question, ...] = ()
    headline: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Corpus:
    """Articles in their order, and the references of each by article id."""

    articles: tuple[Article, ...]
    references: Mapping[str, References]


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """One thing to do with one article: summarise it, or answer one question about it.

    `references` are the reference summaries of the asked length, or the accepted answers;
    `n_characters` is the asked length of a summary; `source` is what the system reads.
    """

    id: str
    article_id: str
    task: Task
    references: tuple[str, ...]
    question: Question | None = None
    length: Length | None = None
    n_characters: int = 0
    source: Source = "article"


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One turn of the conversation that a prompt is rendered into."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One example made ready for one system.

    `key` changes with everything that can change the generation. `article` is the text the system
    may read. Baselines read `example` and `article`; language models read `prompt_ids` alone.
    """

    key: str
    example: Example
    article: str
    prompt_ids: tuple[int, ...] = ()
    max_new_tokens: int = 0
    n_article_tokens_dropped: int = 0
    template_sha256: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Generation:
    """The raw record of what one system wrote for one example: one line of generations.jsonl.

    `n_computed_tokens` are the prompt tokens read for this request; a prefix that several requests
    share is counted at the first of them alone. `latency_s` runs from when it was begun, others
    beside it, to its end; of a generation `from_cache`, another run's, all numbers are that run's.
    """

    key: str
    model: str
    example_id: str
    text: str
    finish_reason: FinishReason
    n_prompt_tokens: int = 0
    n_computed_tokens: int = 0
    n_new_tokens: int = 0
    n_article_tokens_dropped: int = 0
    template_sha256: str = ""
    latency_s: float = 0.0
    error: str = ""
    from_cache: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One prediction beside its references: all that a metric may read."""

    id: str
    prediction: str
    references: tuple[str, ...]
    question: str = ""
    type: QuestionType | None = None
    unit: str | None = None
    ordered: bool = False
    article: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """One metric's judgement of one case.

    `value` is the headline number in [0, 1]; `parts` the numbers it is made of (precision, recall,
    fmeasure); `decided_by` the rule that decided an answer; `compared` what was set side by side,
    in canonical form, so that a person can see why.
    """

    value: float
    parts: Mapping[str, float] = field(default_factory=dict)
    decided_by: str = ""
    compared: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedRequest:
    """What a run means to ask one system: one line of requests.jsonl.

    `question` is empty for a summary, and None where an older evalkit did not write it down.
    """

    model: str
    example_id: str
    key: str
    n_prompt_tokens: int
    question: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ExampleScore:
    """One metric's judgement of one system on one example: one line of scores.jsonl."""

    model: str
    example_id: str
    article_id: str
    metric: str
    value: float
    parts: Mapping[str, float]
    decided_by: str
    prediction: str
    compared: Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Speed:
    """What a system's generations took, over all sessions of a run.

    Kept in the manifest, not in the summary, which comes out the same however often a run was
    interrupted. `peak_memory_bytes` is that of the whole process.
    """

    load_s: float = 0.0
    generate_s: float = 0.0
    n_prompt_tokens: int = 0
    n_computed_tokens: int = 0
    n_new_tokens: int = 0
    peak_memory_bytes: int = 0
