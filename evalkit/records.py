"""The frozen records of a run; `docs/architecture.md` says what each word means."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - records are validated when they are read back
from dataclasses import dataclass, field
from typing import Literal

from evalkit.errors import Problem  # noqa: TC001 - as above

Kind = Literal["summary", "answer"]
"""What a task asks for, and so which metrics score it."""
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
StepName = Literal["article", "closed_book", "summary_qa"]
"""A round of asking: about the article, without any text, about the system's own summary."""
STEPS: tuple[StepName, ...] = ("article", "closed_book", "summary_qa")
FinishReason = Literal["stop", "length", "refused", "error"]
"""`refused` by a content filter, which is an outcome; `error` is a failure. Neither is scored."""
Role = Literal["model", "baseline", "oracle", "human"]
"""What a system is in a comparison; `oracle` is the upper bound of extraction."""


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
    """A reference that a person wrote for a summary task such as `short`, `long` or `headline`.

    References for one focus have the same `id` and `focus`, and name the words of the article that
    they rest on; for other tasks both are empty.
    """

    id: str
    task: str
    text: str
    focus: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A question about one article, with the accepted answers that a person wrote."""

    id: str
    question: str
    type: QuestionType | None
    answers: tuple[str, ...]
    difficulty: int | None = None
    unit: str | None = None
    ordered: bool = False
    evidence: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class References:
    """The references of one article."""

    summaries: tuple[ReferenceSummary, ...] = ()
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Corpus:
    """Articles in their order, and the references of each by article id.

    Attributes:
        articles: all that are summarised or asked about.
        references: of each article; one without an entry is summarised all the same, and its
            summaries are scored by the metrics that read no reference.
        left_out: what of the data is not used, and why, such as questions without text.
        unique_questions: whether the ids of questions, as the data set gives them, need no article
            before them.
    """

    articles: tuple[Article, ...]
    references: Mapping[str, References]
    left_out: tuple[Problem, ...] = ()
    unique_questions: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """What is asked about every article.

    Attributes:
        name: such as `short`; references name it.
        kind: `answer` for the questions, `summary` for everything else.
        prompts: the folder of its templates, below the folder of all prompts.
        n_characters: the length that is asked for; 0 for answers.
        max_new_tokens: the most tokens a model may write.
    """

    name: str
    kind: Kind
    prompts: str
    n_characters: int
    max_new_tokens: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """One task on one article in one step: a line of examples.jsonl.

    `references` are the reference summaries of the task, or the accepted answers. `question` is
    what is asked: the question, or the focus of a focused summary, and empty for other summaries.
    The fields after it are those of a question; they keep their defaults for summaries.
    """

    id: str
    article_id: str
    task: str
    kind: Kind
    references: tuple[str, ...]
    step: StepName = "article"
    n_characters: int = 0
    question: str = ""
    type: QuestionType | None = None
    difficulty: int | None = None
    unit: str | None = None
    ordered: bool = False
    evidence: tuple[str, ...] = ()
    note: str = ""


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
        article: the text that the system may read.
        messages: the rendered prompt; empty for providers that read example and article themselves.
        decoding: how the answer is written; its `sample` numbers repeated requests.
        n_prompt_tokens: 0 where the provider cannot count.
        n_article_tokens_dropped: of an article that was shortened to fit.
        template_sha256: of the template; empty without messages.
        prompt_sha256: of the messages; empty without any.
    """

    key: str
    system: str
    example: Example
    article: str
    messages: tuple[Message, ...]
    decoding: Decoding
    n_prompt_tokens: int = 0
    n_article_tokens_dropped: int = 0
    template_sha256: str = ""
    prompt_sha256: str = ""


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Generation:
    """What a provider returned for one request: a line of generations.jsonl.

    Attributes:
        key: of the request. Requests of one model with one key share one generation.
        system: the system that asked first.
        example: the id of the example.
        sample: the number of the sample.
        text: as the model wrote it, after the mark of thinking that its prompt ended with, if any.
        prediction: the text without the model's thinking; what metrics read.
        unclosed_thinking: whether the thinking never came to an end, so that there is no answer.
        reasoning: what a server returned apart from the text as the model's thinking.
        finish_reason: `error` for a failure and `refused` where a content filter stepped in: never
            scored; `error` says why.
        n_prompt_tokens: of the whole prompt.
        n_prompt_tokens_cut: of the prompt as counted here, those that the server did not read.
        n_computed_tokens: the prompt tokens that were computed for this request; a prefix that
            several requests share counts at the first of them alone.
        n_new_tokens: that were written, thinking included.
        n_reasoning_tokens: of these, the thinking, where a server counts it.
        n_article_tokens_dropped: of an article that was shortened to fit.
        template_sha256: of the template.
        seconds: from its start to its end, together with the others of its batch.
        attempts: how often the request was sent.
        error: why it failed or was refused.
        cost: in the currency of the model's price; 0 where none is given.
        server: the fingerprint that a server gives its own state (`system_fingerprint`).
        answered: when a server answered, in UTC; empty for all that is not served.
        from_cache: another run generated it; all numbers are that run's.
    """

    key: str
    system: str
    example: str
    sample: int = 0
    text: str = ""
    prediction: str = ""
    unclosed_thinking: bool = False
    reasoning: str = ""
    finish_reason: FinishReason
    n_prompt_tokens: int = 0
    n_prompt_tokens_cut: int = 0
    n_computed_tokens: int = 0
    n_new_tokens: int = 0
    n_reasoning_tokens: int = 0
    n_article_tokens_dropped: int = 0
    template_sha256: str = ""
    seconds: float = 0.0
    attempts: int = 1
    error: str = ""
    cost: float = 0.0
    server: str = ""
    answered: str = ""
    from_cache: bool = False

    @property
    def is_answer(self) -> bool:
        """Whether the model answered: what is scored, and may be kept for other runs."""
        return self.finish_reason in {"stop", "length"}


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
    """One metric's score of one case.

    `value` is the headline number; `parts` the numbers it is made of (precision, recall, fmeasure);
    `rule` the rule that decided an answer; `compared` what was compared, in canonical form, so that
    a person can see why.
    """

    value: float
    parts: Mapping[str, float] = field(default_factory=dict)
    rule: str = ""
    compared: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class NothingToScore:
    """What a metric returns for an output without anything that it compares.

    A summary without numbers has no number precision: that is neither a failure nor 0, and no mean
    counts it. The fields are those of a `Score`, so that both can be read alike.
    """

    compared: Mapping[str, object] = field(default_factory=dict)
    value: None = field(default=None, init=False)
    parts: Mapping[str, float] = field(default_factory=dict, init=False)
    rule: str = field(default="nothing to score", init=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreLine:
    """One value: a line of scores.jsonl, flat; `article` and `example` are ids.

    `value` is None where there was nothing to score; `rule` says so.
    """

    system: str
    article: str
    example: str
    metric: str
    value: float | None
    rule: str = ""
    sample: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Detail:
    """What a score was made of: a line of details.jsonl, beside the line of scores.jsonl."""

    system: str
    example: str
    metric: str
    parts: Mapping[str, float]
    compared: Mapping[str, object]
    sample: int = 0
