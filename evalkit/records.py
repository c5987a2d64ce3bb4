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
Role = Literal["contestant", "floor", "roof", "ceiling"]
"""What a system is in a comparison: the oracle is the roof, people are the ceiling."""
Verdict = Literal["better", "worse", "higher", "lower", "tied", "one article"]


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

    role: Literal["system", "user", "assistant"]
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
    share is counted at the first of them alone. `latency_s` runs from the start of its batch; of a
    generation `from_cache`, another run's, all numbers are those of that run.
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
class Estimate:
    """A system's mean on one metric, with its 95 % interval.

    `mean` is over articles, each article's examples averaged first; `low` and `high` are clustered
    by article, None where there is only one. `plain_mean` is over examples; its interval, as other
    harnesses give it, treats every example as independent. `n` of `n_planned` examples have a
    score. `method` tells how `low` and `high` were found.
    """

    metric: str
    mean: float
    low: float | None
    high: float | None
    plain_mean: float
    plain_low: float | None
    plain_high: float | None
    n: int
    n_planned: int
    n_articles: int
    method: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """How many generations of a system are odd, and in which way; `n_missing` never came."""

    n_generated: int
    n_failed: int
    n_missing: int
    n_empty: int
    n_cut_off: int
    n_shortened: int
    n_unclosed_thinking: int


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


@dataclass(frozen=True, kw_only=True, slots=True)
class SystemSummary:
    """One row of the table."""

    name: str
    estimates: tuple[Estimate, ...]
    counts: Counts
    role: Role = "contestant"
    failure: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """The paired difference of two systems on one metric: a − b, with its 95 % interval.

    `verdict` says what a is, compared with b, at the 5 % level of the whole `family` of `n_family`
    comparisons (`p_holm`); `higher` and `lower` where neither is better. `wins` are the examples
    on which a is better (or higher). `effect` is the difference in standard deviations of the
    articles' differences, None where these are all equal; `p_sign` the exact test of wins against
    losses, for right or wrong answers only (McNemar), examples taken as independent. `n_more_…`
    says how much more it would take to find a difference of this size with 80 % power at the 5 %
    level of the family (Bonferroni), with as many examples an article: 0 where there is enough,
    None where no number would be.
    """

    metric: str
    a: str
    b: str
    verdict: Verdict
    difference: float
    low: float | None
    high: float | None
    effect: float | None
    p: float | None
    p_holm: float | None
    p_sign: float | None
    family: str
    n_family: int
    n: int
    n_articles: int
    wins: int
    losses: int
    ties: int
    n_more_articles: int | None
    n_more_examples: int | None
    method: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """What a run found: the content of summary.json."""

    run: str
    status: Literal["complete", "incomplete"]
    systems: tuple[SystemSummary, ...]
    comparisons: tuple[Comparison, ...]
    signatures: Mapping[str, str]
