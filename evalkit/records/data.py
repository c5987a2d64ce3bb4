"""What is asked about: articles, references, examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence  # noqa: TC003 - validated when read back
from dataclasses import dataclass
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
        articles: all that are summarised or asked about; they may be read whenever they are looked
            at.
        references: of each article; one without an entry is summarised all the same, and its
            summaries are scored by the metrics that read no reference.
        left_out: what of the data is not used, and why, such as questions without text.
        unique_questions: whether the ids of questions, as the data set gives them, need no article
            before them.
    """

    articles: Sequence[Article]
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
